/** One city server more keeps a copy of a gateway's store: after another was promoted, removed or lost. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { procedure } from './carry.ts';
import { NetworkFailure } from './failure.ts';
import { nextStandbyPort, writeToken } from './init.ts';
import { type GatewayPlace, type Layout, type StandbyPlace, standbyUrlOf, writeWhole } from './layout.ts';
import { gatewayNamed, keep, memberNamed, restartGateways } from './members.ts';
import { openNetwork, startNetwork } from './network.ts';
import { cityFolder, gatewayFolder, hostFolder, standbyName } from './programs.ts';

interface Kept {
  readonly gateway: GatewayPlace;
  readonly standby: StandbyPlace;
  readonly layout: Layout;
  /** It went on there before: what lies there is an older store of its own. */
  readonly isOld: boolean;
}

/** On machines of their own: makes what is carried there. @returns the steps */
export async function addStandbyHost(
  folder: string,
  before: Layout,
  name: string,
  to: string,
): Promise<string> {
  const { gateway, standby, layout, isOld } = await kept(before, name, to);
  const { city } = standby;
  const place = gatewayFolder(folder, gateway);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  // The secrets of its other copies are not here.
  writeWhole(join(place, `standby-tokens.${city.name}`), writeToken(folder, standby));
  const written = keep(folder, layout, before);
  const tokens = `${hostFolder(gateway)}/standby-tokens`;
  const own = `${tokens}.${city.name}`;
  // Of two lines for one address the first counts.
  const add = `touch ${tokens} && cat ${own} ${tokens} > ${tokens}.whole && mv ${tokens}.whole ${tokens} && rm ${own}`;
  const unit = `sillok-${standbyName(standby)}`;
  const data = join(hostFolder(city), standbyName(standby), 'data');
  const firewalls = written.filter((one) => one !== city.name && one !== name);
  return procedure(
    {
      folder,
      layout,
      says: `${to} keeps a copy of the store of ${name}, at ${standbyUrlOf(standby)}.`,
      written,
    },
    [
      {
        at: [city.name],
        isCarried: true,
        commands: [
          ...(isOld ? [`systemctl stop ${unit}`, `runuser -u sillok -- rm -r ${data}`] : []),
          `systemctl enable --now ${unit}`,
        ],
      },
      ...(firewalls.length === 0 ? [] : [{ at: firewalls, isCarried: true, commands: [] }]),
      {
        at: [name],
        isCarried: true,
        commands: [`runuser -u sillok -- sh -c 'umask 077 && ${add}'`, 'systemctl restart sillok-gateway'],
      },
    ],
    `Then keep anew where people keep such things: the keys of ${to} with its new token, and ${tokens} of ${name}. A restore and a take-over need them.`,
  );
}

/** On this machine: starts it, and the gateway anew with it. @returns what was done */
export async function addStandbyHere(
  folder: string,
  name: string,
  to: string,
  onProgress: (line: string) => void,
): Promise<string> {
  const network = await openNetwork(folder);
  const { gateway, standby, layout, isOld } = await kept(network.layout, name, to);
  const data = join(cityFolder(folder, standby.city), standbyName(standby), 'data');
  if (isOld && existsSync(data))
    throw new NetworkFailure(
      `Stop ${to}/${standbyName(standby)} and remove ${data} first: an older store of ${name}.`,
    );
  const tokens = join(gatewayFolder(folder, gateway), 'standby-tokens');
  const known = existsSync(tokens) ? readFileSync(tokens, 'utf8') : '';
  // Of two lines for one address the first counts.
  writeWhole(tokens, writeToken(folder, standby) + known);
  keep(folder, layout, network.layout);
  await startNetwork({ folder, kinds: ['standby'], onProgress });
  await restartGateways(folder, 'with the new list of its copies', onProgress, name);
  return `${to} keeps a copy of the store of ${name}, which has been started anew with it.`;
}

/** @throws NetworkFailure when it cannot be kept there */
async function kept(before: Layout, name: string, to: string): Promise<Kept> {
  const gateway = gatewayNamed(before, name);
  const city = memberNamed(before, to);
  if (gateway.copy === to || (before.hosts !== 'loopback' && gateway.host === city.host))
    throw new NetworkFailure(`${name} is on the machine of ${to}: a copy there would burn with it.`);
  const known = city.standbyPorts?.[name];
  const isOld = gateway.left?.includes(to) === true;
  if (known !== undefined && !isOld)
    throw new NetworkFailure(
      `${to} keeps a copy of the store of ${name} already. Where that was broken off: start ${to}/${standbyName({ gateway: name })}, restart ${name}.`,
    );
  const port = known ?? (await nextStandbyPort(before, gateway));
  const after = { ...city, standbyPorts: { ...city.standbyPorts, [name]: port } };
  const { left = [], ...place } = gateway;
  const others = left.filter((one) => one !== to);
  const next: GatewayPlace = { ...place, ...(others.length > 0 && { left: others }) };
  return {
    gateway: next,
    standby: { city: after, gateway: name, port },
    layout: {
      ...before,
      cities: before.cities.map((one) => (one === city ? after : one)),
      gateways: before.gateways.map((one) => (one === gateway ? next : one)),
    },
    isOld,
  };
}

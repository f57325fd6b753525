/** One city server more keeps a copy of a gateway's store: after another was promoted, removed or lost. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { procedure } from './carry.ts';
import { NetworkFailure } from './failure.ts';
import { nextStandbyPort, writeToken } from './init.ts';
import { type GatewayPlace, type Layout, type StandbyPlace, standbyUrlOf, writeWhole } from './layout.ts';
import { gatewayNamed, keep, memberNamed, restartGateways } from './members.ts';
import { openNetwork, startNetwork } from './network.ts';
import { gatewayFolder, hostFolder, standbyName } from './programs.ts';

interface Kept {
  readonly gateway: GatewayPlace;
  readonly standby: StandbyPlace;
  readonly layout: Layout;
}

/** On machines of their own: makes what is carried there. @returns the steps */
export async function addStandbyHost(
  folder: string,
  before: Layout,
  name: string,
  to: string,
): Promise<string> {
  const { gateway, standby, layout } = await kept(before, name, to);
  const { city } = standby;
  const place = gatewayFolder(folder, gateway);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  // The secrets of its other copies are not here.
  writeWhole(join(place, 'standby-tokens.new'), writeToken(folder, standby));
  const written = keep(folder, layout, before);
  const tokens = `${hostFolder(gateway)}/standby-tokens`;
  const add = `cat ${tokens}.new >> ${tokens} && rm ${tokens}.new`;
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
        commands: [`systemctl enable --now sillok-${standbyName(standby)}`],
      },
      ...(firewalls.length === 0 ? [] : [{ at: firewalls, isCarried: true, commands: [] }]),
      {
        at: [name],
        isCarried: true,
        commands: [`runuser -u sillok -- sh -c 'umask 077 && ${add}'`, 'systemctl restart sillok-gateway'],
      },
    ],
    `Then keep ${tokens} of ${name} anew where people keep such things: a take-over needs it.`,
  );
}

/** On this machine: starts it, and the gateway anew with it. */
export async function addStandbyHere(
  folder: string,
  name: string,
  to: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const network = await openNetwork(folder);
  const { gateway, standby, layout } = await kept(network.layout, name, to);
  const tokens = join(gatewayFolder(folder, gateway), 'standby-tokens');
  // An interrupted run may have left a line for the same address.
  const others = existsSync(tokens)
    ? readFileSync(tokens, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith(`${standbyUrlOf(standby)} `))
        .map((line) => `${line}\n`)
    : [];
  writeWhole(tokens, [...others, writeToken(folder, standby)].join(''));
  keep(folder, layout, network.layout);
  await startNetwork({ folder, kinds: ['standby'], onProgress });
  await restartGateways(folder, 'with the new list of its copies', onProgress, name);
}

/** @throws NetworkFailure when it cannot be kept there */
async function kept(before: Layout, name: string, to: string): Promise<Kept> {
  const gateway = gatewayNamed(before, name);
  const city = memberNamed(before, to);
  if (gateway.copy === to || (before.hosts !== 'loopback' && gateway.host === city.host))
    throw new NetworkFailure(`${name} is on the machine of ${to}: a copy there would burn with it.`);
  if (city.standbyPorts?.[name] !== undefined)
    throw new NetworkFailure(`${to} keeps a copy of the store of ${name} already.`);
  const port = await nextStandbyPort(before, gateway);
  const after = { ...city, standbyPorts: { ...city.standbyPorts, [name]: port } };
  const cities = before.cities.map((one) => (one === city ? after : one));
  return { gateway, standby: { city: after, gateway: name, port }, layout: { ...before, cities } };
}

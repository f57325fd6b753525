/** A gateway goes on with the copy of its store that was promoted on a city server, and everybody else finds it there. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { procedure } from './carry.ts';
import { NetworkFailure } from './failure.ts';
import { type CityServer, type GatewayPlace, gatewayUrlOf, type Layout } from './layout.ts';
import { gatewayNamed, keep, memberNamed } from './members.ts';
import { openNetwork, startNetwork } from './network.ts';
import { gatewayData, gatewayFolder, hostFolder } from './programs.ts';

interface Moved {
  readonly gateway: GatewayPlace;
  readonly city: CityServer;
  readonly layout: Layout;
}

/** On machines of their own: makes what is carried there. @returns the steps */
export function moveHost(folder: string, before: Layout, name: string, to: string): string {
  const { gateway, city, layout } = moved(before, name, to);
  const written = keep(folder, layout, before);
  const place = hostFolder(gateway);
  const isFollower = gateway !== layout.gateways[0];
  const trust = join(gatewayData(gateway, hostFolder), 'trust.json');
  const others = layout.gateways.filter((one) => one !== gateway && written.includes(one.name));
  const restart = { inTurn: true, isCarried: true };
  const says = `${name} goes on at ${city.host}: its folder goes to the machine of ${city.name}, beside that one's own.`;
  return procedure(
    { folder, layout, says, written },
    [
      {
        ...restart,
        at: layout.cities.map((one) => one.name),
        commands: ['systemctl restart sillok-witness'],
      },
      {
        at: [name],
        isCarried: true,
        commands: [
          'runuser -u sillok -- tar -C /var/lib/sillok -x < ~/gateway.tar',
          ...(isFollower ? [`runuser -u sillok -- cp ${trust} ${place}/trust.json`] : []),
          'systemctl enable --now sillok-gateway',
        ],
      },
      ...(others.length === 0
        ? []
        : [
            {
              ...restart,
              at: others.map((one) => one.name),
              commands: ['systemctl restart sillok-gateway'],
            },
          ]),
    ],
    `Then lead to ${gatewayUrlOf(gateway)} whoever reads of it besides: proxy, mirrors and monitors.
It has one copy less: npm run network -- standby ${name} CITY --folder ${relative('.', folder) || '.'}`,
  );
}

/** On this machine: starts it there. Everything that reads its address is started anew. @returns what was done */
export async function moveHere(
  folder: string,
  name: string,
  to: string,
  onProgress: (line: string) => void,
): Promise<string> {
  const network = await openNetwork(folder);
  const { gateway, layout } = moved(network.layout, name, to);
  const place = gatewayFolder(folder, gateway);
  for (const file of ['data/keys/passphrase', 'standby-tokens'])
    if (!existsSync(join(place, file)))
      throw new NetworkFailure(`Put back what people keep: ${join(place, file)}.`);
  for (const part of [...network.gateways, ...network.witnesses]) {
    onProgress(`stopping ${part.name}`);
    await part.stop();
  }
  keep(folder, layout, network.layout);
  await startNetwork({ folder, onProgress });
  return `${name} goes on at ${gatewayUrlOf(gateway)}, with the copy on ${to}.`;
}

/** @throws NetworkFailure when it cannot go on there */
function moved(before: Layout, name: string, to: string): Moved {
  const old = gatewayNamed(before, name);
  const city = memberNamed(before, to);
  if (city.standbyPorts?.[name] === undefined)
    throw new NetworkFailure(`${to} keeps no copy of the store of ${name}.`);
  if (old.left?.includes(to))
    throw new NetworkFailure(`${to} has an older store of ${name} only, with which it went on there before.`);
  const left = [...(old.left ?? []), ...(old.copy === undefined ? [] : [old.copy])];
  const gateway: GatewayPlace = { ...old, host: city.host, copy: to, ...(left.length > 0 && { left }) };
  const other = before.gateways.find(
    (one) => one !== old && before.hosts !== 'loopback' && one.host === city.host && one.port === old.port,
  );
  if (other !== undefined)
    throw new NetworkFailure(`${other.name} has port ${old.port} of the machine of ${to} already.`);
  const gateways = before.gateways.map((one) => (one === old ? gateway : one));
  return { gateway, city, layout: { ...before, gateways } };
}

/** For machines of their own: per host the systemd units and the firewall, made from the same command lines. */
import { join } from 'node:path';
import { type CityServer, type Layout, standbysOf } from './layout.ts';
import {
  gatewayProgram,
  hostFolder,
  nodeProgram,
  type Program,
  ROUND_VOTE,
  socketOf,
  standbyName,
  standbyProgram,
  witnessProgram,
} from './programs.ts';

/** Where the procedure of scripts/network/README.md puts things. */
const PLACES = { kscn: '/usr/local/bin/kscn', node: '/usr/bin/node', code: '/opt/sillok' } as const;

/** Longer than the question after a node's start may wait for an answer. */
const START_SEC = 150;

/** Text by path below the folder of all hosts. */
export function hostFilesOf(layout: Layout, genesis: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const city of layout.cities) {
    const { name } = city;
    const place = hostFolder(city);
    const node = nodeProgram(layout, city, place, PLACES);
    const witness = witnessProgram(city, place, PLACES);
    const first = join(place, 'node/genesis.json');
    const before = [PLACES.kscn, '--datadir', join(place, 'node'), 'init', first].join(' ');
    files[`${name}/node/genesis.json`] = genesis;
    files[`${name}/system/sillok-node.service`] = unit(node, { before, onceUp: operator(node) });
    files[`${name}/system/sillok-witness.service`] = unit(witness, { after: 'sillok-node.service' });
    for (const standby of standbysOf({ cities: [city] })) {
      const program = standbyProgram(standby, place, PLACES);
      files[`${name}/system/sillok-${standbyName(standby)}.service`] = unit(program, {});
    }
    files[`${name}/system/nftables.conf`] = firewallOf(layout, name);
  }
  for (const gateway of layout.gateways) {
    const { name } = gateway;
    const program = gatewayProgram(gateway, hostFolder(gateway), PLACES);
    files[`${name}/system/sillok-gateway.service`] = unit(program, {});
    files[`${name}/system/nftables.conf`] = firewallOf(layout, name);
  }
  return files;
}

/** Tells the node how long a round may last, as soon as it listens. */
function operator(node: Program): string {
  const [method, key, value] = ROUND_VOTE;
  const main = join(PLACES.code, 'scripts/network/main.ts');
  return [PLACES.node, main, 'ask', socketOf(node), method, `'"${key}"'`, value].join(' ');
}

/** As its own user, who may write nothing but its own folder. */
function unit(program: Program, more: { before?: string; onceUp?: string; after?: string }): string {
  const { before, onceUp, after } = more;
  const { name, command, args, cwd, place } = program;
  const lines = [
    '[Unit]',
    `Description=Sillok ${name}`,
    `After=network-online.target${after === undefined ? '' : ` ${after}`}`,
    'Wants=network-online.target',
    // A witness whose node is away tries until it is back.
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'User=sillok',
    `WorkingDirectory=${cwd}`,
    ...(before === undefined ? [] : [`ExecStartPre=${before}`]),
    `ExecStart=${[command, ...args].join(' ')}`,
    ...(onceUp === undefined ? [] : [`ExecStartPost=${onceUp}`]),
    `TimeoutStartSec=${START_SEC}`,
    'Restart=always',
    'RestartSec=2',
    'TimeoutStopSec=60',
    'LimitNOFILE=65536',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    `ReadWritePaths=${hostFolder({ name: place })}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The firewall of the host of this name, whatever else it carries. City servers: validators and witnesses among themselves, node and
 * witness for the gateways, a copy for its gateway and for the other copies, everything else only from the host itself. Gateways:
 * pages and the HTTP interface.
 * @param operators addresses that may reach what gateways may
 */
export function firewallOf(layout: Layout, name: string, operators: readonly string[] = []): string {
  const { cities, gateways } = layout;
  const { host } = [...cities, ...gateways].find((one) => one.name === name)!;
  return firewall([
    ...cities.filter((city) => city.host === host).flatMap((city) => cityRules(layout, city, operators)),
    // A proxy that ends TLS on another host takes the place of everybody.
    ...gateways.filter((gateway) => gateway.host === host).map(({ port }) => `tcp dport ${port} accept`),
  ]);
}

function cityRules(layout: Layout, city: CityServer, operators: readonly string[]): string[] {
  const { cities, gateways } = layout;
  const others = cities.filter((one) => one !== city).map(({ host }) => host);
  return [
    // Witnesses hand on their copies.
    ...accept(others, [city.p2pPort, city.witnessPort]),
    ...accept([...gateways.map(({ host }) => host), ...operators], [city.rpcPort, city.witnessPort]),
    ...standbysOf({ cities: [city] }).flatMap(({ gateway, port }) => {
      // The one that takes over fences the others first.
      const its = standbysOf(layout).filter((one) => one.gateway === gateway && one.city !== city);
      const { host } = gateways.find(({ name }) => name === gateway)!;
      return accept([host, ...its.map((one) => one.city.host), ...operators], [port]);
    }),
  ];
}

function accept(from: readonly string[], ports: readonly number[]): string[] {
  if (from.length === 0) return [];
  const set = (values: readonly unknown[]) => (values.length === 1 ? values[0] : `{ ${values.join(', ')} }`);
  return [`ip saddr ${set([...new Set(from)])} tcp dport ${set(ports)} accept`];
}

function firewall(rules: readonly string[]): string {
  const lines = [
    '#!/usr/sbin/nft -f',
    // Loaded again it takes the place of itself.
    'table inet sillok',
    'delete table inet sillok',
    'table inet sillok {',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    ct state established,related accept',
    '    iif lo accept',
    '    meta l4proto { icmp, ipv6-icmp } accept',
    '    tcp dport 22 accept',
    ...rules.map((rule) => `    ${rule}`),
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

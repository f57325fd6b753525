/** For machines of their own: per host the systemd units and the firewall, made from the same command lines. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, writeWhole } from './layout.ts';
import {
  cityFolder,
  gatewayFolder,
  gatewayProgram,
  hostFolder,
  nodeProgram,
  type Program,
  ROUND_VOTE,
  socketOf,
  standbyProgram,
  witnessProgram,
} from './programs.ts';

/** Where the procedure of scripts/network/README.md puts things. */
const PLACES = { kscn: '/usr/local/bin/kscn', node: '/usr/bin/node', code: '/opt/sillok' } as const;

export function writeHostFiles(folder: string, layout: Layout): void {
  for (const city of layout.cities) {
    const place = hostFolder(city);
    const node = nodeProgram(layout, city, place, PLACES);
    const witness = witnessProgram(city, place, PLACES);
    const genesis = join(place, 'node/genesis.json');
    const before = [PLACES.kscn, '--datadir', join(place, 'node'), 'init', genesis].join(' ');
    copyFileSync(join(folder, 'genesis.json'), join(cityFolder(folder, city), 'node/genesis.json'));
    write(cityFolder(folder, city), {
      'sillok-node.service': unit(node, { before, onceUp: operator(node) }),
      'sillok-witness.service': unit(witness, { after: 'sillok-node.service' }),
      ...(city.standbyPort !== undefined && {
        'sillok-standby.service': unit(standbyProgram(city, place, PLACES), {}),
      }),
      'nftables.conf': firewallOf(layout, city.name),
    });
  }
  for (const gateway of layout.gateways) {
    const program = gatewayProgram(gateway, hostFolder(gateway), PLACES);
    write(gatewayFolder(folder, gateway), {
      'sillok-gateway.service': unit(program, {}),
      'nftables.conf': firewallOf(layout, gateway.name),
    });
  }
}

function write(place: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(place, 'system'), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeWhole(join(place, 'system', name), text);
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
    '',
    '[Service]',
    'User=sillok',
    `WorkingDirectory=${cwd}`,
    ...(before === undefined ? [] : [`ExecStartPre=${before}`]),
    `ExecStart=${[command, ...args].join(' ')}`,
    ...(onceUp === undefined ? [] : [`ExecStartPost=${onceUp}`]),
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
 * The firewall of one host. City servers: validators among themselves, node and witness for the gateways, everything else only
 * from the host itself. Gateways: pages and the HTTP interface.
 * @param operators addresses that may reach what gateways may
 */
export function firewallOf(layout: Layout, name: string, operators: readonly string[] = []): string {
  const { cities, gateways } = layout;
  const gateway = gateways.find((one) => one.name === name);
  // A proxy that ends TLS on another host takes the place of everybody.
  if (gateway !== undefined) return firewall([`tcp dport ${gateway.port} accept`]);
  const city = cities.find((one) => one.name === name)!;
  const peers = cities.filter((one) => one !== city).map(({ host }) => host);
  const ports = [
    city.rpcPort,
    city.witnessPort,
    ...(city.standbyPort === undefined ? [] : [city.standbyPort]),
  ];
  const standbys = cities.filter((one) => one !== city && one.standbyPort !== undefined);
  const callers = [...gateways.map(({ host }) => host), ...operators];
  return firewall([
    ...(peers.length > 0 ? [`ip saddr { ${peers.join(', ')} } tcp dport ${city.p2pPort} accept`] : []),
    `ip saddr { ${callers.join(', ')} } tcp dport { ${ports.join(', ')} } accept`,
    // The one that takes over fences the others first.
    ...(city.standbyPort !== undefined && standbys.length > 0
      ? [`ip saddr { ${standbys.map(({ host }) => host).join(', ')} } tcp dport ${city.standbyPort} accept`]
      : []),
  ]);
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

/**
 * Separate hosts on one Linux machine: each city server and each gateway in a network namespace with a card and an address of its
 * own, all on one bridge, and with the firewall of its own where there is nftables. A partition moves cards to another bridge: nothing passes between the two, just as with a cut cable.
 */
import { spawnSync } from 'node:child_process';
import { NetworkFailure } from './failure.ts';
import { firewallOf } from './hosts.ts';
import type { Layout } from './layout.ts';

/** Last part of this machine's own address on the bridge. */
const OWN = 254;
const GATEWAYS_FROM = 101;

/** 10.a.b, the network that follows from the id. */
function subnetOf(id: string): string {
  const bytes = Buffer.from(id, 'hex');
  return `10.${128 + (bytes[0]! % 96)}.${bytes[1]!}`;
}

export function namespacedHost(id: string, kind: 'city' | 'gateway', number: number): string {
  return `${subnetOf(id)}.${kind === 'city' ? number : GATEWAYS_FROM + number - 1}`;
}

export function namespaceOf({ id }: Layout, place: string): string {
  return `sillok-${id}-${place}`;
}

/** Names of interfaces have at most 15 characters. */
const cardOf = (id: string, host: string) => `sk${id}h${host.split('.')[3]}`;
const bridgeOf = (id: string, group: number) => `sk${id}b${group}`;

interface Member {
  readonly name: string;
  readonly host: string;
}

/** A gateway that goes on at a city server has no card of its own. */
const membersOf = ({ cities, gateways }: Layout): Member[] => [
  ...cities,
  ...gateways.filter(({ copy }) => copy === undefined),
];

/** @throws NetworkFailure where there are no namespaces, or this user may not make them */
export function openNamespaces(layout: Layout): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new NetworkFailure('Network namespaces need Linux and root.');
  makeBridge(layout, 0, `${subnetOf(layout.id)}.${OWN}/24`);
  const hasFirewall = spawnSync('nft', ['--version'], { stdio: 'ignore' }).status === 0;
  for (const member of membersOf(layout)) {
    makeHost(layout, member);
    if (hasFirewall) raiseFirewall(layout, member.name);
  }
}

/** The one of a real host, but that this machine, which looks at all of them, is let through too. */
function raiseFirewall(layout: Layout, name: string): void {
  const input = firewallOf(layout, name, [`${subnetOf(layout.id)}.${OWN}`]);
  const args = ['netns', 'exec', namespaceOf(layout, name), 'nft', '-f', '-'];
  const { status, stderr } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new NetworkFailure(`The firewall of ${name} cannot be raised: ${stderr.trim()}`);
}

/** For a member that comes later too. Does nothing when it is there. */
function makeHost(layout: Layout, { name, host }: Member): void {
  const [space, card] = [namespaceOf(layout, name), cardOf(layout.id, host)];
  if (exists('netns', 'exec', space, 'true')) return;
  ip('netns', 'add', space);
  ip('-n', space, 'link', 'set', 'lo', 'up');
  ip('link', 'add', card, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
  ip('-n', space, 'addr', 'add', `${host}/24`, 'dev', 'eth0');
  ip('-n', space, 'link', 'set', 'eth0', 'up');
  ip('link', 'set', card, 'master', bridgeOf(layout.id, 0), 'up');
}

function makeBridge({ id }: Layout, group: number, address?: string): void {
  const bridge = bridgeOf(id, group);
  if (exists('link', 'show', bridge)) return;
  // One hardware address for all bridges: hosts that are moved find this machine where they knew it.
  ip('link', 'add', bridge, 'address', `02:00:${id.slice(0, 2)}:${id.slice(2)}:00:fe`, 'type', 'bridge');
  if (address !== undefined) ip('addr', 'add', address, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
}

/**
 * Members of one group reach each other and nobody else; whoever is in no group is with the first. This machine itself still
 * reaches them all, so that a test can look at every side.
 */
export function partition(layout: Layout, groups: readonly (readonly string[])[]): void {
  heal(layout);
  for (const [number, group] of groups.entries()) {
    if (number === 0) continue;
    makeBridge(layout, number);
    for (const { host } of membersOf(layout).filter(({ name }) => group.includes(name))) {
      ip('link', 'set', cardOf(layout.id, host), 'master', bridgeOf(layout.id, number));
      const own = `${subnetOf(layout.id)}.${OWN}`;
      ip('route', 'replace', `${host}/32`, 'dev', bridgeOf(layout.id, number), 'src', own);
    }
  }
}

export function heal(layout: Layout): void {
  for (const { host } of membersOf(layout)) {
    if (exists('link', 'show', cardOf(layout.id, host)))
      ip('link', 'set', cardOf(layout.id, host), 'master', bridgeOf(layout.id, 0));
  }
  for (let group = 1; exists('link', 'show', bridgeOf(layout.id, group)); group++)
    ip('link', 'del', bridgeOf(layout.id, group));
}

/** Nothing may run in them any more. */
export function closeNamespaces(layout: Layout): void {
  heal(layout);
  for (const { name, host } of [...layout.cities, ...layout.gateways]) {
    if (exists('link', 'show', cardOf(layout.id, host))) ip('link', 'del', cardOf(layout.id, host));
    if (exists('netns', 'exec', namespaceOf(layout, name), 'true'))
      ip('netns', 'del', namespaceOf(layout, name));
  }
  if (exists('link', 'show', bridgeOf(layout.id, 0))) ip('link', 'del', bridgeOf(layout.id, 0));
}

function exists(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new NetworkFailure(`ip ${args.join(' ')}: ${stderr?.trim() || 'no such program'}`);
}

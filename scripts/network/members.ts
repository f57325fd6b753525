/** Validators come and go by vote: more than half of those there are must say so, each through its own node. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkFailure } from './failure.ts';
import { makeNodeKey } from './genesis.ts';
import { makeCity, nextPlace } from './init.ts';
import { type CityServer, type GatewayPlace, type Layout, peerUrlOf, writeLayout } from './layout.ts';
import { type NodePart, openNetwork, type RunningNetwork, startNetwork } from './network.ts';
import { cityFolder, MAX_VALIDATORS } from './programs.ts';
import { ask, askOperator } from './rpc.ts';
import { writeSettings } from './settings.ts';

type Key = 'governance.addvalidator' | 'governance.removevalidator';

/** A vote goes into the next block that its node proposes; with dead members some rounds pass before. */
const VOTE_MS = 180_000;
const SYNC_MS = 300_000;
const NEW_WITNESSES = 'with the new list of witnesses';

/**
 * Makes a further city server, has it voted in, and tells the gateways of its witness. One that was made before but is no
 * validator yet is taken up again. The others take no validator for a peer that is none: it catches up after the vote, and
 * until then counts among the failures that the network bears.
 * @param onProgress one line per step
 */
export async function addValidator(folder: string, onProgress: (line: string) => void): Promise<CityServer> {
  const { layout, nodes } = await openNetwork(folder);
  const members = await membersNow(nodes);
  const voters = nodes.filter(({ validator }) => members.includes(validator));
  mustRun(voters);
  for (const node of voters) await whenLevel(node, voters);
  const city =
    layout.cities.find(({ validator }) => !members.includes(validator)) ??
    (await makeMember(folder, layout)).city;
  onProgress(`${city.name}: starting`);
  await startNetwork({ folder, kinds: ['node'] });
  if (layout.hosts === 'loopback')
    for (const node of voters) await askOperator(node.ipc, 'admin_addPeer', peerUrlOf(city));
  else await restartInTurn(folder, voters, onProgress);
  onProgress(`${city.name}: asking ${voters.length} validators for their votes`);
  await vote(voters, 'governance.addvalidator', city.validator);
  await whenMember(voters, city.validator, true);
  onProgress(`${city.name}: is a validator; catching up`);
  const network = await openNetwork(folder);
  await whenLevel(network.nodes.find(({ validator }) => validator === city.validator)!, voters);
  onProgress(`${city.name}: starting its witness`);
  await startNetwork({ folder, kinds: ['node', 'witness'] });
  await restartGateways(folder, NEW_WITNESSES, onProgress);
  return city;
}

/**
 * The folder of a further city server, and what changes for the others.
 * @param host its own address; for `separate` hosts only
 * @returns it, and the machines for which something was written
 */
export async function makeMember(
  folder: string,
  layout: Layout,
  host?: string,
): Promise<{ city: CityServer; layout: Layout; written: string[] }> {
  if (layout.cities.length >= MAX_VALIDATORS)
    throw new NetworkFailure(`A network has at most ${MAX_VALIDATORS} validators.`);
  const { name, ...place } = await nextPlace(layout, host);
  const city = await makeCity(folder, layout.origin, name, makeNodeKey(), place);
  const after = { ...layout, lastCity: layout.lastCity + 1, cities: [...layout.cities, city] };
  return { city, layout: after, written: keep(folder, after, layout) };
}

/** Takes it out of the layout and tells the others. @returns the machines for which something was written */
export function dropMember(folder: string, layout: Layout, name: string): string[] {
  const after = { ...layout, cities: layout.cities.filter((one) => one.name !== name) };
  return keep(folder, after, layout);
}

/** The layout last: interrupted before, the same command does all of it again. */
export function keep(folder: string, after: Layout, before: Layout): string[] {
  const written = writeSettings(folder, after, before);
  writeLayout(folder, after);
  return written;
}

/** @throws NetworkFailure when it is none of them, or the only one */
export function memberNamed({ cities }: Layout, name: string): CityServer {
  const city = cities.find((one) => one.name === name);
  const known = cities.map((one) => one.name).join(', ');
  if (city === undefined) throw new NetworkFailure(`There is no ${name}. There are: ${known}.`);
  return city;
}

/** @throws NetworkFailure when it is none of them */
export function gatewayNamed({ gateways }: Layout, name: string): GatewayPlace {
  const gateway = gateways.find((one) => one.name === name);
  const known = gateways.map((one) => one.name).join(', ');
  if (gateway === undefined) throw new NetworkFailure(`There is no ${name}. There are: ${known}.`);
  return gateway;
}

/** The rest of the network, without which it can do. @throws as {@link memberNamed}, and while a gateway's data lies there */
export function withoutMember(layout: Layout, name: string): { city: CityServer; others: CityServer[] } {
  const city = memberNamed(layout, name);
  if (layout.cities.length === 1) throw new NetworkFailure('The last validator cannot be removed.');
  const guest = layout.gateways.find(({ copy }) => copy === name);
  if (guest !== undefined)
    throw new NetworkFailure(
      `${guest.name} goes on with the copy on ${name}: first promote its copy on another city server, and move-gateway there.`,
    );
  return { city, others: layout.cities.filter((one) => one !== city) };
}

/** As the first node that answers shows them. */
async function membersNow(nodes: readonly NodePart[]): Promise<readonly string[]> {
  for (const { rpcUrl } of nodes) {
    const members = await ask<string[]>(rpcUrl, 'istanbul_getValidators', 'latest').catch(() => undefined);
    if (members !== undefined) return members;
  }
  throw new NetworkFailure('No node answers. Start the network first.');
}

/** Votes it out, stops its processes, and tells the gateways. Its folder stays. */
export async function removeValidator(
  folder: string,
  name: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const network = await openNetwork(folder);
  const { layout } = network;
  const { city } = withoutMember(layout, name);
  // A node may not vote itself out, and the one that is to go may be dead.
  const others = network.nodes.filter(({ validator }) => validator !== city.validator);
  const voters = others.filter(({ pid }) => pid !== undefined);
  if (2 * voters.length <= layout.cities.length)
    throw new NetworkFailure(
      `${voters.length} of ${layout.cities.length} validators run; more than half must vote.`,
    );
  onProgress(`${name}: asking ${voters.length} validators for their votes`);
  await vote(voters, 'governance.removevalidator', city.validator);
  await whenMember(voters, city.validator, false);
  onProgress(`${name}: is no validator any more; stopping its processes`);
  for (const part of network.parts) if (part.name.startsWith(`${name}/`)) await part.stop();
  dropMember(folder, layout, name);
  rmSync(`${cityFolder(folder, city)}/node/ipc`, { force: true });
  for (const node of voters) await askOperator(node.ipc, 'admin_removePeer', peerUrlOf(city)).catch(() => {});
  await restartGateways(folder, NEW_WITNESSES, onProgress);
}

/** They take peers from the members' addresses only, and read those at their start. One after another, so that the rest goes on. */
async function restartInTurn(
  folder: string,
  before: readonly NodePart[],
  onProgress: (line: string) => void,
): Promise<void> {
  const { nodes } = await openNetwork(folder);
  for (const old of before) {
    onProgress(`${old.name}: restarting with the new list of members`);
    await old.stop();
    const node = nodes.find(({ name }) => name === old.name)!;
    await node.start();
    await whenLevel(
      node,
      nodes.filter(({ pid, name }) => pid !== undefined && name !== old.name),
    );
  }
}

function mustRun(nodes: readonly NodePart[]): void {
  const dead = nodes.filter(({ pid }) => pid === undefined);
  if (dead.length > 0)
    throw new NetworkFailure(
      `Start ${dead.map(({ name }) => name).join(', ')} first: votes need running nodes.`,
    );
}

async function vote(nodes: readonly NodePart[], key: Key, validator: string): Promise<void> {
  for (const node of nodes) await askOperator(node.ipc, 'governance_vote', key, validator);
}

async function whenMember(nodes: readonly NodePart[], validator: string, wanted: boolean): Promise<void> {
  const isDone = async ({ rpcUrl }: NodePart) => {
    const validators = await ask<string[]>(rpcUrl, 'istanbul_getValidators', 'latest').catch(() => undefined);
    return validators?.includes(validator) === wanted;
  };
  for (const until = Date.now() + VOTE_MS; ; await sleep(500)) {
    if ((await Promise.all(nodes.map(isDone))).every(Boolean)) return;
    if (Date.now() > until)
      throw new NetworkFailure('The vote found no majority in time; the same command asks again.');
  }
}

async function whenLevel(node: NodePart, others: readonly NodePart[]): Promise<void> {
  const head = ({ rpcUrl }: NodePart) => ask<string>(rpcUrl, 'eth_blockNumber').then(Number, () => 0);
  const wanted = Math.max(...(await Promise.all(others.map(head))));
  for (const until = Date.now() + SYNC_MS; (await head(node)) < wanted; await sleep(500))
    if (Date.now() > until) throw new NetworkFailure(`${node.name} does not catch up; see ${node.log}.`);
}

/** They read their settings at their start. @param name of the only one; all that run when absent */
export async function restartGateways(
  folder: string,
  why: string,
  onProgress: (line: string) => void,
  name?: string,
): Promise<void> {
  const { gateways }: RunningNetwork = await openNetwork(folder);
  for (const gateway of gateways) {
    if (gateway.pid === undefined || (name !== undefined && gateway.name !== name)) continue;
    onProgress(`${gateway.name}: restarting ${why}`);
    await gateway.stop();
    await gateway.start();
  }
}

/** Compares the clients' journals with what stands on the chain, in the log and in the receipts: promises kept, once each. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { askWithin } from '../../scripts/network/rpc.ts';
import { decodeEvent } from '../../server/core/abi.ts';
import type { Hex } from '../../server/core/bytes.ts';
import type { LedgerEvent } from '../../server/core/event.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { mayMove } from '../../server/outbox/entry.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import type { Clients, Wish } from './clients.ts';

export interface Books {
  readonly clients: Clients;
  /** Where receipts are fetched. */
  readonly gateway: string;
  /** Nodes that must show one history. */
  readonly nodes: readonly string[];
  /** First block that may hold what these clients asked for, and nobody else's. */
  readonly fromBlock: number;
}

interface RpcLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly logIndex: Hex;
}

const STRETCH = 2_000;

/**
 * Nothing acknowledged is lost, nothing stands twice, no state moved back, all nodes show one history, every receipt is valid
 * with as many witnesses as the trust file demands. Waits until everything is receipted; the test's own limit ends a wait in vain.
 */
export async function expectBooksToAgree({ clients, gateway, nodes, fromBlock }: Books): Promise<void> {
  await clients.settle();
  expect(clients.complaints, 'answers that no fault excuses').to.deep.equal([]);
  const trust = await trustOf(gateway);
  const ids = new Set<Hex>();
  for (const wish of clients.acknowledged) {
    expectForwardOnly(wish);
    expect(ids.has(wish.entryId), `two wishes, one entry ${wish.entryId}`).to.equal(false);
    ids.add(wish.entryId);
    await expectReceipt(gateway, wish.entryId, trust);
  }
  expectOnce(clients, await recordedAt(nodes, fromBlock, trust));
}

/** Waits until there is one. */
export async function expectReceipt(gateway: string, entryId: Hex, trust: Trust): Promise<void> {
  const receipt = await textOf(`${gateway}/v1/entries/${entryId}/receipt`);
  const verdict = verifyReceipt(receipt, trust, { verifyEd25519 });
  expect(verdict.outcome, JSON.stringify(verdict.checks)).to.equal('valid');
}

export async function trustOf(gateway: string): Promise<Trust> {
  return parseTrust(JSON.parse(await textOf(`${gateway}/v1/trust`)));
}

export function expectForwardOnly({ entryId, shown }: Wish): void {
  for (const [i, state] of shown.entries())
    if (i > 0)
      expect(
        state === shown[i - 1] || mayMove(shown[i - 1]!, state),
        `${entryId}: ${shown.join(' -> ')}`,
      ).to.equal(true);
}

/** Records by their entry on the chain; attestations by the number that all batches together count. */
function expectOnce({ acknowledged }: Clients, { times, attested }: Recorded): void {
  const isAttestation = ({ path }: Wish) => path.startsWith('/v1/credentials');
  const records = acknowledged.filter((wish) => !isAttestation(wish));
  for (const { path, entryId } of records)
    expect(times.get(entryId), `${path} ${entryId} on the chain`).to.equal(1);
  expect(times.size, 'records on the chain').to.equal(records.length);
  expect(attested, 'attestations on the chain').to.equal(acknowledged.filter(isAttestation).length);
}

export interface Recorded {
  /** How often each record stands there. */
  readonly times: ReadonlyMap<Hex, number>;
  /** Members of all batches together. */
  readonly attested: number;
  readonly batches: readonly Hex[];
}

/** What all nodes show alike, from that block on. */
export async function recordedAt(
  nodes: readonly string[],
  fromBlock: number,
  trust: Trust,
): Promise<Recorded> {
  const times = new Map<Hex, number>();
  const batches: Hex[] = [];
  let attested = 0;
  for (const event of await oneHistory(nodes, fromBlock, trust)) {
    const decoded = decodeEvent(event, trust.contracts);
    if (decoded?.name === 'EntryRecorded')
      times.set(decoded.args.entryId, (times.get(decoded.args.entryId) ?? 0) + 1);
    if (decoded?.name !== 'BatchAnchored') continue;
    attested += decoded.args.count;
    batches.push(decoded.args.entryId);
  }
  return { times, attested, batches };
}

/** Every node's events up to the highest head, equal at all of them, and so the hash of the block there. Waits for a node that is behind. */
async function oneHistory(
  nodes: readonly string[],
  fromBlock: number,
  { contracts, chainId }: Trust,
): Promise<LedgerEvent[]> {
  const head = Math.max(...(await Promise.all(nodes.map(headOf))));
  const histories = await Promise.all(
    nodes.map(async (node) => {
      while ((await headOf(node)) < head) await pause(200);
      const block = await patiently<{ hash: Hex }>(node, 'eth_getBlockByNumber', hexOf(head), false);
      const logs: RpcLog[] = [];
      for (let from = fromBlock; from <= head; from += STRETCH) {
        const toBlock = hexOf(Math.min(head, from + STRETCH - 1));
        const filter = { address: Object.values(contracts), fromBlock: hexOf(from), toBlock };
        logs.push(...(await patiently<RpcLog[]>(node, 'eth_getLogs', filter)));
      }
      return { hash: block.hash, logs };
    }),
  );
  for (const [i, { hash, logs }] of histories.entries()) {
    expect(hash, `block ${head} at ${nodes[i]}`).to.equal(histories[0]!.hash);
    expect(logs, `events at ${nodes[i]}`).to.deep.equal(histories[0]!.logs);
  }
  return histories[0]!.logs.map(({ blockNumber, logIndex, address, topics, data }) => ({
    chainId,
    block: Number(blockNumber),
    timeSec: 0,
    logIndex: Number(logIndex),
    address,
    topics,
    data,
  }));
}

/** Newest block that the node shows. */
/** What enough nodes answered with, the first of them may lack for a moment: it is a block behind. */
export async function whenFirstHasAll([first, ...others]: readonly string[]): Promise<void> {
  const highest = Math.max(...(await Promise.all(others.map(headOf))));
  while ((await headOf(first!)) < highest) await pause(50);
}

export async function headOf(node: string): Promise<number> {
  return Number(await patiently<Hex>(node, 'eth_blockNumber'));
}

/** A node under faults may take its time. */
async function patiently<T>(node: string, method: string, ...params: readonly unknown[]): Promise<T> {
  try {
    return await askWithin<T>(undefined, node, method, ...params);
  } catch (error) {
    throw new Error(`${node} ${method}: ${(error as Error).message}`, { cause: error });
  }
}

function hexOf(value: number): Hex {
  return `0x${value.toString(16)}`;
}

/** Asks until it is there. */
async function textOf(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) return response.text();
    const problem = await response?.text();
    if (response !== undefined && ![404, 409, 429, 503].includes(response.status))
      throw new Error(`${url}: ${response.status} ${problem}`);
    await pause(200);
  }
}

/** Signs, stores, broadcasts; in this order and never the other way round. */
import { rejectionOf } from '../chain/reverts.ts';
import { signTransaction } from '../chain/transaction.ts';
import type { Hex } from '../core/bytes.ts';
import type { Op } from '../store/level.ts';
import { type Composition, compose } from './compose.ts';
import { type Desk, drop, type Lane } from './desk.ts';
import { furthest, type Refusal } from './entry.ts';
import {
  type EntryRow,
  entryKey,
  type LaneRow,
  laneKey,
  type TransactionRow,
  transactionKey,
  transactionStateKey,
} from './rows.ts';
import { type InFlight, type Item, isOpen, type Work } from './work.ts';

export type Condemnation = { readonly items: readonly Item[]; readonly refusal: Refusal };

/** A node that had no word about the bytes is asked again sooner than one that took them. */
const RETRY_AFTER_MS = 400;

/** Gas is free: a small transaction gets so much that no bound of ours is too tight for it. */
const AMPLE_GAS = 3_000_000;

/**
 * Puts signed bytes for this nonce on the disk, in the place of others if need be: of two transactions with one nonce the chain
 * takes one. Without works it only uses up the nonce.
 */
export async function storeTransaction(
  desk: Desk,
  lane: Lane,
  nonce: number,
  works: readonly Work[],
  { condemned = [], released = [] }: { condemned?: readonly Condemnation[]; released?: readonly Item[] } = {},
): Promise<InFlight> {
  const call: Composition =
    works.length > 0
      ? await compose(works, desk)
      : { to: lane.signer.address, data: '0x', gas: 0, units: [], ops: [] };
  const gas = Math.min(Math.max(call.gas, AMPLE_GAS), desk.limits.maxTxGas);
  const signed = await signTransaction(lane.signer, {
    chainId: desk.chainId,
    nonce,
    to: call.to,
    gas,
    data: call.data,
  });
  desk.fault('after-signing');
  const nextNonce = Math.max(lane.nextNonce, nonce + 1);
  const row: TransactionRow = {
    ...signed,
    units: call.units.map(({ id, items }) => ({ ...(id && { id }), entries: idsOf(items) })),
    condemned: condemned.map(({ items, refusal }) => ({ entries: idsOf(items), refusal })),
  };
  const laneRow: LaneRow = { address: lane.signer.address, nextNonce };
  await desk.store.commit([
    { type: 'put', key: transactionKey(lane.index, nonce), value: row },
    { type: 'del', key: transactionStateKey(lane.index, nonce) },
    { type: 'put', key: laneKey(lane.index), value: laneRow },
    ...call.ops,
    ...shownOps(released),
  ]);
  desk.fault('after-transaction-commit');
  lane.nextNonce = nextNonce;
  return takeUp(desk, lane, { ...signed, nonce, works, units: call.units, condemned, state: 'signed' });
}

/** Rows that keep what was shown of entries whose transaction is given up. */
export function shownOps(items: readonly Item[]): Op[] {
  return items.filter(isOpen).map(({ entryId, state }) => {
    const value: EntryRow = { state: state === 'signed' ? 'signed' : 'sent' };
    return { type: 'put', key: entryKey(entryId), value };
  });
}

type Stored = Omit<InFlight, 'lane' | 'open' | 'broadcastAtMs'>;

/** From the disk into the lane: after signing, and at the start. */
export function takeUp(desk: Desk, lane: Lane, stored: Stored): InFlight {
  const items = [
    ...stored.works.flatMap((work) => work.items),
    ...stored.condemned.flatMap((part) => part.items),
  ];
  const open = items.filter(isOpen);
  const transaction: InFlight = {
    ...stored,
    lane: lane.index,
    open: open.length,
    broadcastAtMs: desk.nowMs(),
  };
  const replaced = lane.inFlight.get(stored.nonce);
  if (replaced !== undefined) drop(desk, replaced);
  lane.inFlight.set(stored.nonce, transaction);
  for (const { id, items } of stored.units) if (id !== undefined) desk.units.set(id, items);
  for (const item of open) {
    item.transaction = transaction;
    item.state = furthest(item.state, stored.state);
  }
  // Events tell when entries are settled; nonces that carry none have to be asked for.
  if (open.length === 0 || stored.condemned.length > 0) lane.isWatchful = true;
  return transaction;
}

/** Gives the stored bytes to the node; as often as need be, they are the same bytes. Never throws. */
export async function broadcast(desk: Desk, lane: Lane, transaction: InFlight): Promise<void> {
  transaction.broadcastAtMs = desk.nowMs();
  try {
    await desk.network.send<Hex>('eth_sendRawTransaction', [transaction.raw]);
  } catch (error) {
    const { kind, reason } = rejectionOf(error);
    if (kind === 'retry') {
      transaction.broadcastAtMs += RETRY_AFTER_MS - desk.limits.stallMs;
      return;
    }
    if (kind === 'permanent') return condemn(desk, lane, transaction, reason);
    // Somebody used the nonce: these very bytes, or others.
    if (/nonce/i.test(reason) && !(await isMined(desk, transaction))) return suspect(desk, lane, reason);
  }
  desk.fault('after-send');
  await markSent(desk, lane, transaction);
}

/** While the node cannot say, it counts as not mined: the lane then waits until the chain was asked. */
async function isMined(desk: Desk, { hash }: InFlight): Promise<boolean> {
  try {
    return (await desk.network.send<object | null>('eth_getTransactionReceipt', [hash])) !== null;
  } catch {
    return false;
  }
}

async function markSent(desk: Desk, lane: Lane, transaction: InFlight): Promise<void> {
  const isCurrent = () =>
    lane.inFlight.get(transaction.nonce) === transaction && transaction.state === 'signed';
  if (!isCurrent()) return;
  const key = transactionStateKey(lane.index, transaction.nonce);
  try {
    await desk.store.commit([{ type: 'put', key, value: { state: 'sent' } }]);
  } catch {
    return; // It stays `signed`, is broadcast again and then noted.
  }
  desk.fault('after-sent-commit');
  if (isCurrent()) advance(transaction, 'sent');
}

export function advance(transaction: InFlight, state: 'sent' | 'mined'): void {
  transaction.state = state;
  for (const item of transaction.works.flatMap((work) => work.items))
    if (isOpen(item)) item.state = furthest(item.state, state);
}

/** Pauses the lane until the watcher has come as far as the node is now. */
async function suspect(desk: Desk, lane: Lane, reason: string): Promise<void> {
  lane.isWatchful = true;
  if (lane.suspicion !== undefined) return;
  const suspicion = { reason, untilBlock: Number.POSITIVE_INFINITY };
  lane.suspicion = suspicion;
  desk.alarm('LANE_PAUSED', { lane: lane.index, address: lane.signer.address, reason });
  try {
    suspicion.untilBlock = Number(await desk.network.send<Hex>('eth_blockNumber', []));
  } catch {
    suspicion.untilBlock = desk.settledBlock + 1;
  }
}

/**
 * No node takes the bytes. Half of the works keep the nonce and the others wait again, until the one at fault is alone; it is
 * refused once another transaction has used up its nonce, because only then its bytes can never be mined.
 */
async function condemn(desk: Desk, lane: Lane, transaction: InFlight, reason: string): Promise<void> {
  const replacement = await desk.turns.run(async () => {
    if (lane.inFlight.get(transaction.nonce) !== transaction) return undefined;
    const works = transaction.works.filter((work) => work.items.some(isOpen));
    desk.alarm('TRANSACTION_REJECTED', {
      lane: lane.index,
      nonce: transaction.nonce,
      reason,
      works: works.length,
    });
    if (works.length === 0) return undefined;
    const half = works.length >> 1;
    const kept = half > 0 ? works.slice(0, half) : desk.queue.take({ ...bounds(desk), works: 1 });
    const others = half > 0 ? works.slice(half) : [];
    for (const work of works) work.cap = Math.max(1, half);
    const refusal = { code: 'CHAIN_REJECTED', details: { reason } };
    const guilty = half > 0 ? [] : [{ items: works[0]!.items.filter(isOpen), refusal }];
    try {
      const released = others.flatMap((work) => work.items);
      const condemned = [...transaction.condemned, ...guilty];
      const stored = await storeTransaction(desk, lane, transaction.nonce, kept, { condemned, released });
      release(desk, others);
      return stored;
    } catch (error) {
      if (half === 0) desk.queue.putBack(kept);
      desk.alarm('SIGNING_FAILED', { lane: lane.index, error: String(error) });
      return undefined;
    }
  });
  if (replacement === undefined) return;
  desk.pump();
  await broadcast(desk, lane, replacement);
}

/** Back into the queue, before everything that came later. */
export function release(desk: Desk, works: readonly Work[]): void {
  for (const work of works) for (const item of work.items) item.transaction = undefined;
  desk.queue.putBack(works);
}

export function bounds(desk: Desk) {
  const { maxTxGas, maxTxBytes, maxWorks } = desk.limits;
  return { gas: maxTxGas, bytes: maxTxBytes, works: maxWorks };
}

function idsOf(items: readonly Item[]): Hex[] {
  return items.map(({ entryId }) => entryId);
}

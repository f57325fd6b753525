/** Signs, stores, broadcasts; in this order and never the other way round. */
import { type Rejection, rejectionOf } from '../chain/reverts.ts';
import type { RpcCall } from '../chain/rpc.ts';
import { type Fee, signTransaction } from '../chain/transaction.ts';
import type { Hex } from '../core/bytes.ts';
import type { Op } from '../store/level.ts';
import { type Composition, compose } from './compose.ts';
import { type Desk, drop, type Lane, unitsOf } from './desk.ts';
import { furthest, type Refusal } from './entry.ts';
import {
  type EntryRow,
  entryKey,
  type LaneRow,
  laneKey,
  type TransactionRow,
  transactionKey,
  transactionStateKey,
  type Unit,
} from './rows.ts';
import { type Earlier, type InFlight, type Item, isOpen, type Units, type Work } from './work.ts';

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
  rest: Rest = {},
): Promise<InFlight> {
  const call: Composition =
    works.length > 0
      ? await compose(works, desk)
      : { to: lane.signer.address, data: '0x', gas: 0, units: [], ops: [] };
  const gas = Math.min(Math.max(call.gas, AMPLE_GAS), desk.limits.maxTxGas);
  return storeCall(desk, lane, nonce, { ...call, gas, works }, rest);
}

interface Rest {
  readonly condemned?: readonly Condemnation[];
  readonly released?: readonly Item[];
  /** Bytes for the same nonce that may have been sent. */
  readonly earlier?: readonly Earlier[];
  readonly fee?: Fee | undefined;
  readonly ops?: readonly Op[];
}

/** As {@link storeTransaction}, of a call that is laid out already. */
export async function storeCall(
  desk: Desk,
  lane: Lane,
  nonce: number,
  call: Omit<Composition, 'ops'> & { readonly ops?: readonly Op[]; readonly works: readonly Work[] },
  { condemned = [], released = [], earlier = [], fee, ops = [] }: Rest,
): Promise<InFlight> {
  const { to, gas, data, units, works } = call;
  const paid = fee ?? (await desk.fees.quote());
  const signed = await signTransaction(lane.signer, {
    chainId: desk.chainId,
    nonce,
    to,
    gas,
    data,
    fee: paid,
  });
  desk.fault('after-signing');
  const nextNonce = Math.max(lane.nextNonce, nonce + 1);
  const row: TransactionRow = {
    ...signed,
    units: rowsOf(units),
    condemned: condemned.map(({ items, refusal }) => ({ entries: idsOf(items), refusal })),
    ...(earlier.length > 0 && { earlier: earlier.map((one) => ({ ...one, units: rowsOf(one.units) })) }),
  };
  const laneRow: LaneRow = { address: lane.signer.address, nextNonce };
  await desk.store.commit([
    { type: 'put', key: transactionKey(lane.index, nonce), value: row },
    { type: 'del', key: transactionStateKey(lane.index, nonce) },
    { type: 'put', key: laneKey(lane.index), value: laneRow },
    ...(call.ops ?? []),
    ...shownOps(released),
    ...ops,
  ]);
  desk.fault('after-transaction-commit');
  lane.nextNonce = nextNonce;
  return takeUp(desk, lane, { ...signed, nonce, works, units, earlier, condemned, state: 'signed' });
}

function rowsOf(units: Units): Unit[] {
  return units.map(({ id, items }) => ({ ...(id && { id }), entries: idsOf(items) }));
}

/** Rows that keep what was shown of entries whose transaction is given up. */
export function shownOps(items: readonly Item[]): Op[] {
  return items.filter(isOpen).map(({ entryId, state }) => {
    const value: EntryRow = { state: state === 'signed' ? 'signed' : 'sent' };
    return { type: 'put', key: entryKey(entryId), value };
  });
}

type Stored = Omit<InFlight, 'lane' | 'open' | 'broadcastAtMs' | 'sinceMs'>;

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
    broadcastAtMs: performance.now(),
    sinceMs: performance.now(),
  };
  const replaced = lane.inFlight.get(stored.nonce);
  if (replaced !== undefined) drop(desk, replaced);
  lane.inFlight.set(stored.nonce, transaction);
  for (const { id, items } of unitsOf(transaction)) if (id !== undefined) desk.units.set(id, items);
  for (const item of open) {
    item.transaction = transaction;
    item.state = furthest(item.state, stored.state);
  }
  // Events tell when entries are settled; nonces that carry none have to be asked for.
  if (open.length === 0 || stored.condemned.length > 0) lane.isWatchful = true;
  return transaction;
}

/**
 * Gives the stored bytes to the node, or to every node; as often as need be, they are the same bytes. Never throws.
 * What one node will never take, others may: they are all asked before anything is refused for it.
 */
export async function broadcast(
  desk: Desk,
  lane: Lane,
  transaction: InFlight,
  to: 'one' | 'all' = 'one',
): Promise<void> {
  transaction.broadcastAtMs = performance.now();
  const first = to === 'one' ? await offer(desk, transaction) : undefined;
  const verdict =
    first === undefined || first.kind === 'permanent' ? await offerAll(desk, transaction) : first;
  const { kind, reason } = verdict;
  if (kind === 'retry') {
    transaction.broadcastAtMs += RETRY_AFTER_MS - desk.limits.stallMs;
    complain(desk, lane, reason);
    return;
  }
  if (kind === 'permanent') return condemn(desk, lane, transaction, reason);
  lane.complaint = undefined;
  // Somebody used the nonce: these very bytes, or others.
  if (kind === 'known' && /nonce/i.test(reason) && !(await isMined(desk, transaction)))
    return suspect(desk, lane, reason);
  desk.fault('after-send');
  await markSent(desk, lane, transaction);
}

type Verdict = Rejection | { readonly kind: 'taken'; readonly reason: '' };
const TAKEN: Verdict = { kind: 'taken', reason: '' };
/** The better word counts. */
const RANK = ['taken', 'known', 'retry', 'permanent'];

function offer({ network }: Desk, { raw }: InFlight): Promise<Verdict> {
  return network.send<Hex>('eth_sendRawTransaction', [raw]).then(() => TAKEN, rejectionOf);
}

async function offerAll({ network }: Desk, { raw }: InFlight): Promise<Verdict> {
  const answers = await network.everywhere<Hex>('eth_sendRawTransaction', [raw]);
  const verdicts = answers.map((one) => (one.status === 'fulfilled' ? TAKEN : rejectionOf(one.reason)));
  return verdicts.sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind))[0]!;
}

/** Told once, until the node takes something again. */
function complain(desk: Desk, lane: Lane, reason: string): void {
  if (lane.complaint === reason) return;
  lane.complaint = reason;
  desk.alarm('BROADCAST_REFUSED', { lane: lane.index, address: lane.signer.address, reason });
}

/** While the node cannot say, it counts as not mined: the lane then waits until the chain was asked. */
async function isMined({ network }: Desk, transaction: InFlight): Promise<boolean> {
  try {
    const receipts = await network.sendAll<object | null>(hashesOf(transaction).map(receiptCall));
    return receipts.some((receipt) => receipt !== null);
  } catch {
    return false;
  }
}

/** Any of them may be the one that is mined. */
export function hashesOf({ hash, earlier }: InFlight): Hex[] {
  return [hash, ...earlier.map((one) => one.hash)];
}

export function receiptCall(hash: Hex): RpcCall {
  return { method: 'eth_getTransactionReceipt', params: [hash] };
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
 * No node takes the bytes now, though one may have taken them before. Half of the works keep the nonce and the others wait again,
 * until the one at fault is alone; it is refused once another transaction has used up its nonce, because only then its bytes can
 * never be mined.
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
    const { raw, hash, units } = transaction;
    const earlier = [...transaction.earlier, { raw, hash, units }];
    try {
      const released = others.flatMap((work) => work.items);
      const condemned = [...transaction.condemned, ...guilty];
      const stored = await storeTransaction(desk, lane, transaction.nonce, kept, {
        condemned,
        released,
        earlier,
      });
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
  const { maxTxGas, maxTxBytes, maxWorks, gasPerByte } = desk.limits;
  return { gas: maxTxGas, bytes: maxTxBytes, works: maxWorks, gasPerByte };
}

export function idsOf(items: readonly Item[]): Hex[] {
  return items.map(({ entryId }) => entryId);
}

/** Signed bytes for a nonce: on the disk before any node sees them. */
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
  const replaced = lane.inFlight.get(nonce);
  const shown = replaced && shownOps([...itemsOf(works), ...condemned.flatMap(({ items }) => items)]);
  const rows: Op[] = [
    { type: 'put', key: transactionKey(lane.index, nonce), value: row },
    { type: 'del', key: transactionStateKey(lane.index, nonce) },
    { type: 'put', key: laneKey(lane.index), value: laneRow },
    ...(call.ops ?? []),
    ...shownOps(released),
    ...(shown ?? []),
    ...ops,
  ];
  await (replaced === undefined ? desk.store.commit(rows) : giveUp(desk, replaced, rows));
  desk.fault('after-transaction-commit');
  lane.nextNonce = nextNonce;
  return takeUp(desk, lane, { ...signed, nonce, works, units, earlier, condemned, state: 'signed' });
}

/** Commits what comes in the place of these bytes. */
export async function giveUp(desk: Desk, transaction: InFlight, ops: readonly Op[]): Promise<void> {
  transaction.isGivenUp = true;
  await desk.store.commit(ops).catch((error) => {
    transaction.isGivenUp = false;
    throw error;
  });
}

function rowsOf(units: Units): Unit[] {
  return units.map(({ id, items }) => ({ ...(id && { id }), entries: idsOf(items) }));
}

/** Rows that keep what was shown of entries whose transaction is given up, or has other bytes that nobody has seen yet. */
export function shownOps(items: readonly Item[]): Op[] {
  return items.flatMap(({ entryId, state }): Op[] => {
    if (state !== 'signed' && state !== 'sent' && state !== 'mined') return [];
    const value: EntryRow = { state };
    return [{ type: 'put', key: entryKey(entryId), value }];
  });
}

type Stored = Omit<InFlight, 'lane' | 'open' | 'isGivenUp' | 'broadcastAtMs' | 'sinceMs'>;

/** From the disk into the lane: after signing, and at the start. */
export function takeUp(desk: Desk, lane: Lane, stored: Stored): InFlight {
  const items = [...itemsOf(stored.works), ...stored.condemned.flatMap((part) => part.items)];
  const open = items.filter(isOpen);
  const transaction: InFlight = {
    ...stored,
    lane: lane.index,
    open: open.length,
    isGivenUp: false,
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

export function itemsOf(works: readonly Work[]): Item[] {
  return works.flatMap(({ items }) => items);
}

export function idsOf(items: readonly Item[]): Hex[] {
  return items.map(({ entryId }) => entryId);
}

/** What became of an entry: the rows it leaves, and the end of its time in memory. */
import type { Op } from '../store/level.ts';
import { type Desk, drop, unitsOf } from './desk.ts';
import type { Refusal } from './entry.ts';
import {
  acceptedKey,
  type EntryRow,
  entryKey,
  heldKey,
  transactionKey,
  transactionStateKey,
} from './rows.ts';
import { type Accepted, type InFlight, type Item, isOpen, toldOf, type Work } from './work.ts';

export type Outcome = { readonly item: Item } & (
  | { readonly state: 'final'; readonly leafIndex: number; readonly block: number; readonly elsewhere?: true }
  | { readonly state: 'refused'; readonly refusal: Refusal; readonly block?: number }
);

/** Rows of the entries, and the end of what only they kept: the row of their acceptance and of their transaction. */
export function outcomeOps(outcomes: readonly Outcome[]): Op[] {
  const ops: Op[] = [];
  const accepted = new Map<Accepted, number>();
  const transactions = new Map<InFlight, number>();
  const held = new Map<Work, number>();
  for (const { item, ...outcome } of outcomes) {
    const value: EntryRow = { ...outcome, ...toldOf(item) };
    ops.push({ type: 'put', key: entryKey(item.entryId), value });
    if (item.work.isHeld) held.set(item.work, (held.get(item.work) ?? 0) + 1);
    accepted.set(item.accepted, (accepted.get(item.accepted) ?? 0) + 1);
    if (item.transaction !== undefined)
      transactions.set(item.transaction, (transactions.get(item.transaction) ?? 0) + 1);
  }
  for (const [{ items }, settled] of held)
    if (items.filter(isOpen).length === settled) ops.push({ type: 'del', key: heldKey(items[0]!.entryId) });
  for (const [{ seq, open }, settled] of accepted)
    if (open === settled) ops.push({ type: 'del', key: acceptedKey(seq) });
  for (const [{ lane, nonce, open }, settled] of transactions)
    if (open === settled)
      ops.push(
        { type: 'del', key: transactionKey(lane, nonce) },
        { type: 'del', key: transactionStateKey(lane, nonce) },
      );
  return ops;
}

/** Call when the rows are on the disk. */
export function settleItems(desk: Desk, outcomes: readonly Outcome[]): void {
  for (const { item, ...outcome } of outcomes) {
    if (!isOpen(item)) continue;
    item.state = outcome.state;
    item.accepted.open--;
    desk.open.delete(item.entryId);
    desk.settledCount++;
    const { transaction } = item;
    item.transaction = undefined;
    if (transaction !== undefined && --transaction.open === 0) close(desk, transaction);
    desk.queue.settled(item.entryId);
    desk.waiters.settled(item.entryId, outcome);
    const { elsewhere } = outcome.state === 'final' ? outcome : {};
    const leaf =
      outcome.state === 'final' ? { leafIndex: outcome.leafIndex, ...(elsewhere && { elsewhere }) } : {};
    desk.told({ state: outcome.state, ...leaf, ageMs: desk.nowMs() - item.accepted.atMs });
  }
}

/** A lower nonce that is still open although a higher one is final was used by a transaction without a result. */
function close(desk: Desk, transaction: InFlight): void {
  drop(desk, transaction);
  for (const { id } of unitsOf(transaction)) if (id !== undefined) desk.queue.settled(id);
  const lane = desk.lanes[transaction.lane]!;
  for (const nonce of lane.inFlight.keys()) if (nonce < transaction.nonce) lane.isWatchful = true;
}

/** What the administrator may do with an entry that is not final, and what its deadline does. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Op } from '../store/level.ts';
import type { Desk } from './desk.ts';
import type { Refusal } from './entry.ts';
import { outcomeOps, settleItems } from './outcome.ts';
import { replaceWithout } from './replace.ts';
import { type EntryRow, entryKey, type HeldRow, heldKey } from './rows.ts';
import { idsOf } from './signed.ts';
import { broadcast } from './transmit.ts';
import { type Item, isOpen, type Work } from './work.ts';

export interface Manage {
  /** Keeps a waiting entry from being signed. @throws AppError ENTRY_UNDER_WAY when it is signed already, ENTRY_SETTLED, ENTRY_UNKNOWN */
  hold(entryId: Hex, act: Act): Promise<void>;
  /** @throws AppError ENTRY_NOT_HELD | ENTRY_SETTLED | ENTRY_UNKNOWN */
  release(entryId: Hex, act: Act): Promise<void>;
  /**
   * A waiting entry is refused at once. One whose bytes may have been sent is taken out of its transaction, and refused when the
   * chain has used the nonce without it; should the chain take the earlier bytes all the same, it is final.
   * @throws AppError ENTRY_MINED | ENTRY_UNDER_WAY | ENTRY_BOUND {entries} | ENTRY_SETTLED | ENTRY_UNKNOWN
   */
  cancel(entryId: Hex, act: Act & { readonly isWhole?: boolean }): Promise<void>;
  /** Takes up at once what waits, and gives what is signed to every node. @throws AppError ENTRY_HELD | ENTRY_SETTLED | ENTRY_UNKNOWN */
  retry(entryId: Hex, act: Act): Promise<void>;
}

export interface Act {
  /** Committed with it. */
  readonly ops: readonly Op[];
}

const CANCELLED: Refusal = { code: 'CANCELLED', details: {} };

/** @param whenFilled resolves when what is being laid out and signed now is on the disk */
export function makeManage(desk: Desk, whenFilled: () => Promise<void>): Manage {
  /** @throws AppError ENTRY_SETTLED {state} | ENTRY_UNKNOWN */
  async function openItem(entryId: Hex): Promise<Item> {
    const item = desk.open.get(entryId);
    if (item !== undefined) return item;
    const row = await desk.store.get<EntryRow>(entryKey(entryId));
    throw row === undefined
      ? new AppError('ENTRY_UNKNOWN', { entryId })
      : new AppError('ENTRY_SETTLED', { entryId, state: row.state, code: row.refusal?.code });
  }

  async function setHeld(work: Work, isHeld: boolean, ops: readonly Op[]): Promise<void> {
    const key = heldKey(work.items[0]!.entryId);
    const value: HeldRow = { entries: idsOf(work.items) };
    work.isHeld = isHeld;
    desk.queue.sort(work);
    try {
      desk.fault('before-manage-commit');
      await desk.store.commit([isHeld ? { type: 'put', key, value } : { type: 'del', key }, ...ops]);
      desk.fault('after-manage-commit');
    } catch (error) {
      work.isHeld = !isHeld;
      desk.queue.sort(work);
      throw error;
    }
    desk.pump();
  }

  /** The transaction that carries it; undefined when it waits. */
  async function carrierOf(item: Item): Promise<Item['transaction']> {
    for (;;) {
      if (item.transaction !== undefined) return item.transaction;
      if (desk.queue.has(item.work)) return undefined;
      await whenFilled();
      if (!isOpen(item)) throw new AppError('ENTRY_SETTLED', { entryId: item.entryId, state: item.state });
    }
  }

  return {
    hold: async (entryId, { ops }) => {
      const { work, transaction, state } = await openItem(entryId);
      if (work.isHeld) return;
      // What was taken out of the queue a moment ago is as good as signed.
      if (transaction !== undefined || !desk.queue.has(work))
        throw new AppError('ENTRY_UNDER_WAY', { entryId, state });
      await setHeld(work, true, ops);
    },
    release: async (entryId, { ops }) => {
      const { work } = await openItem(entryId);
      if (!work.isHeld) throw new AppError('ENTRY_NOT_HELD', { entryId });
      await setHeld(work, false, ops);
    },
    cancel: async (entryId, { ops, isWhole = false }) => {
      const { work } = await openItem(entryId);
      const bound = work.items.filter(isOpen).length;
      if (bound > 1 && !isWhole) throw new AppError('ENTRY_BOUND', { entryId, entries: bound });
      const replacement = await desk.turns.run(async () => {
        const item = await openItem(entryId);
        const transaction = await carrierOf(item);
        if (transaction === undefined) {
          if (isExposed(desk, work)) throw new AppError('ENTRY_UNDER_WAY', { entryId, state: item.state });
          await refuse(desk, new Set([work]), () => CANCELLED, ops);
          return undefined;
        }
        if (isCondemned(item)) return undefined;
        if (transaction.state === 'mined') throw new AppError('ENTRY_MINED', { entryId });
        desk.fault('before-manage-commit');
        return replaceWithout(desk, transaction, new Set([work]), CANCELLED, ops);
      });
      if (replacement !== undefined) void broadcast(desk, desk.lanes[replacement.lane]!, replacement);
      desk.pump();
    },
    retry: async (entryId, { ops }) => {
      const { work, transaction } = await openItem(entryId);
      if (work.isHeld) throw new AppError('ENTRY_HELD', { entryId });
      await desk.store.commit(ops);
      if (transaction !== undefined) {
        const lane = desk.lanes[transaction.lane]!;
        lane.isWatchful = true;
        await broadcast(desk, lane, transaction, 'all');
        return;
      }
      for (const lane of desk.lanes) lane.notBeforeMs = 0;
      desk.pump();
    },
  };
}

/** Whether it is refused as soon as its nonce is used. */
export function isCondemned(item: Item): boolean {
  return item.transaction?.condemned.some(({ items }) => items.includes(item)) ?? false;
}

/** Refuses what waits beyond its deadline. @throws AppError STORE_*: nothing was changed, it may be called again */
export async function expire(desk: Desk): Promise<void> {
  const nowMs = desk.nowMs();
  const late = new Set<Work>();
  for (const work of desk.deadlines) {
    if (!work.items.some(isOpen)) desk.deadlines.delete(work);
    else if (isLate(work, nowMs)) late.add(work);
  }
  if (late.size === 0) return;
  // Of a ballot no moment is kept that would tell when its voter was there.
  const passed = ({ kind, deadlineSec }: Work) => ({
    code: 'DEADLINE_PASSED',
    details: kind === 'casts' ? {} : { deadlineSec },
  });
  await desk.turns.run(() => refuse(desk, late, passed, []));
  desk.pump();
}

export function isLate({ deadlineSec }: Work, nowMs: number): boolean {
  return deadlineSec !== undefined && nowMs > deadlineSec * 1_000;
}

/** Whether it waits again while bytes that carry it, given up for others with the same nonce, may yet be mined. */
function isExposed({ lanes }: Desk, { items }: Work): boolean {
  return lanes.some((lane) =>
    [...lane.inFlight.values()].some(({ earlier }) =>
      earlier.some(({ units }) => units.some((unit) => unit.items.includes(items[0]!))),
    ),
  );
}

/** Those of the works that wait, and of which nothing that was signed can be mined any more. */
async function refuse(
  desk: Desk,
  works: ReadonlySet<Work>,
  refusalOf: (work: Work) => Refusal,
  ops: readonly Op[],
): Promise<void> {
  const removed = desk.queue.remove(new Set([...works].filter((work) => !isExposed(desk, work))));
  const outcomes = removed.works.flatMap((work) => {
    const refusal = refusalOf(work);
    return work.items.filter(isOpen).map((item) => ({ item, state: 'refused' as const, refusal }));
  });
  if (outcomes.length === 0) return;
  try {
    desk.fault('before-manage-commit');
    await desk.store.commit([...outcomeOps(outcomes), ...ops]);
    desk.fault('after-manage-commit');
  } catch (error) {
    removed.undo();
    throw error;
  }
  for (const work of removed.works) desk.deadlines.delete(work);
  settleItems(desk, outcomes);
}

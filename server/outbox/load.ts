/** Brings the desk back to where the disk says it was. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { entryIdOfSubmission } from '../core/submission-id.ts';
import type { Desk } from './desk.ts';
import {
  type AcceptedRow,
  type EntryRow,
  entryKey,
  type HeldRow,
  type LaneRow,
  laneKey,
  numbersIn,
  SETTLED,
  type SettledRow,
  type TransactionRow,
  type TransactionState,
  type Unit,
  under,
} from './rows.ts';
import { takeUp } from './signed.ts';
import { type Accepted, type Item, isOpen, type Work } from './work.ts';

const SLICE = 1_000;

/** @returns the next free number of an accepted row. @throws AppError STORE_* | LANE_KEY_CHANGED */
export async function load(desk: Desk): Promise<number> {
  desk.settledBlock = (await desk.store.get<SettledRow>(SETTLED))?.block ?? -1;
  await loadLanes(desk);
  const { works, nextSeq } = await loadAccepted(desk);
  const carried = await loadTransactions(desk, works);
  for (const { value } of await desk.store.range<HeldRow>(under('held')))
    for (const id of value.entries) if (works.has(id)) works.get(id)!.isHeld = true;
  for (const work of new Set(works.values())) {
    if (work.deadlineSec !== undefined) desk.deadlines.add(work);
    if (carried.has(work)) desk.queue.note(work);
    else desk.queue.push(work);
  }
  return nextSeq;
}

async function loadLanes(desk: Desk): Promise<void> {
  const rows = await desk.store.getMany<LaneRow>(desk.lanes.map(({ index }) => laneKey(index)));
  for (const [i, lane] of desk.lanes.entries()) {
    const row = rows[i];
    if (row !== undefined && row.address !== lane.signer.address)
      throw new AppError('LANE_KEY_CHANGED', { lane: i, is: lane.signer.address, was: row.address });
    lane.nextNonce = row?.nextNonce ?? 0;
  }
}

async function loadAccepted(desk: Desk): Promise<{ works: Map<Hex, Work>; nextSeq: number }> {
  const works = new Map<Hex, Work>();
  const rows = await desk.store.range<AcceptedRow>(under('accepted'));
  const all = rows.flatMap(({ key, value }) =>
    worksOf(value, { seq: numbersIn(key)[0]!, atMs: value.atMs, open: 0 }).flatMap((work) =>
      work.items.map((item) => ({ item, work })),
    ),
  );
  for (let at = 0; at < all.length; at += SLICE) {
    const slice = all.slice(at, at + SLICE);
    const known = await desk.store.getMany<EntryRow>(slice.map(({ item }) => entryKey(item.entryId)));
    for (const [i, { item, work }] of slice.entries()) {
      item.state = known[i]?.state ?? 'accepted';
      if (!isOpen(item)) continue;
      item.accepted.open++;
      desk.open.set(item.entryId, item);
      works.set(item.entryId, work);
    }
  }
  const nextSeq = rows.length === 0 ? 1 : numbersIn(rows.at(-1)!.key)[0]! + 1;
  return { works, nextSeq };
}

/** Free submissions one by one, an authorised group as the whole that was signed. */
export function worksOf({ groups }: Pick<AcceptedRow, 'groups'>, accepted: Accepted): Work[] {
  return groups.flatMap(({ submissions, authorisation, deadlineSec }) => {
    const units = authorisation === undefined ? submissions.map((one) => [one]) : [submissions];
    return units.map((unit) => {
      const items: Item[] = [];
      const work: Work = {
        kind: unit[0]!.to,
        items,
        cap: Number.POSITIVE_INFINITY,
        isHeld: false,
        ...(authorisation !== undefined && { authorisation }),
        ...(deadlineSec !== undefined && { deadlineSec }),
      };
      for (const submission of unit) {
        const entryId = entryIdOfSubmission(submission);
        items.push({ entryId, submission, accepted, work, state: 'accepted', transaction: undefined });
      }
      return work;
    });
  });
}

async function loadTransactions(desk: Desk, works: ReadonlyMap<Hex, Work>): Promise<Set<Work>> {
  const carried = new Set<Work>();
  const states = new Map(
    (await desk.store.range<TransactionState>(under('txstate'))).map(({ key, value }) => [
      numbersIn(key).join(':'),
      value.state,
    ]),
  );
  const itemsOf = (entries: readonly Hex[]) =>
    entries.map((id) => desk.open.get(id)).filter((item) => item !== undefined);
  for (const { key, value } of await desk.store.range<TransactionRow>(under('tx'))) {
    const [index, nonce] = numbersIn(key) as [number, number];
    const lane = desk.lanes[index];
    if (lane === undefined) throw new AppError('LANE_MISSING', { lane: index, lanes: desk.lanes.length });
    const inside = new Set(
      value.units.flatMap(({ entries }) => entries).flatMap((id) => works.get(id) ?? []),
    );
    const condemned = value.condemned.map(({ entries, refusal }) => ({ items: itemsOf(entries), refusal }));
    const unitsOf = (units: readonly Unit[]) =>
      units.map(({ id, entries }) => ({ ...(id && { id }), items: itemsOf(entries) }));
    for (const { entries } of value.condemned)
      for (const id of entries) if (works.has(id)) carried.add(works.get(id)!);
    for (const work of inside) carried.add(work);
    takeUp(desk, lane, {
      nonce,
      raw: value.raw,
      hash: value.hash,
      works: [...inside],
      units: unitsOf(value.units),
      earlier: (value.earlier ?? []).map((one) => ({ ...one, units: unitsOf(one.units) })),
      condemned,
      state: states.get(`${index}:${nonce}`) ?? 'signed',
    });
    lane.nextNonce = Math.max(lane.nextNonce, nonce + 1);
  }
  return carried;
}

/**
 * Doubts of others than a record's author. The chain lets only the author and a city change a record, or any competitor could
 * freeze it; so a dispute is a record of its own, by an organisation that the city accredited for it, whose subject is the record
 * in doubt. It is closed by its own author or by the city.
 * - `dispute/<record>/<dispute>`   {@link DisputeRow}
 * - `disputing/<dispute>`          the record
 * - `doubts/<newest first>`        the dispute, while it is open
 */
import { z } from 'zod';
import type { RecordedEvent } from '../../core/abi.ts';
import type { Hex } from '../../core/bytes.ts';
import { nameToBytes32 } from '../../core/ids.ts';
import { ENTRY_KINDS } from '../../core/submission.ts';
import { type Reading, row, rows, type ViewChange } from '../define.ts';
import { entryId, field, text } from '../fields.ts';
import { disputeReason, note } from './records.ts';
import { entryRow, newestFirst, readable, rowKeyOf } from './view.ts';

export const DISPUTE_SCHEMA = 'vehicles.dispute.1';

export interface DisputeRow {
  readonly entryId: Hex;
  readonly record: Hex;
  readonly organisation: string;
  readonly openedAtSec: number;
  /** Key of its row in the list of open ones. */
  readonly listedAt: string;
  /** By its own author, or by the city. */
  readonly closed?: { readonly by: string; readonly atSec: number };
}

const VIEW = 'view:vehicles/';
export const DOUBTS = `${VIEW}doubts/`;
/** More than anybody reads; the oldest are shown. */
const MAX_SHOWN = 50;

export const disputeInput = z.strictObject({
  entryId: entryId('대상 기록', 'Record'),
  reason: disputeReason,
  note: note.optional(),
});
export type DisputeInput = z.infer<typeof disputeInput>;

export const disputeDocument = z.strictObject({
  schema: field(z.literal(DISPUTE_SCHEMA), '서식', 'Form', { public: true }),
  organisation: field(text(31), '작성 기관', 'Written by', { public: true }),
  ...disputeInput.shape,
});

export function isDispute({ schema }: { readonly schema: Hex }): boolean {
  return schema === nameToBytes32(DISPUTE_SCHEMA);
}

/** Oldest first. */
export function* disputesOf(record: Hex): Reading<readonly DisputeRow[]> {
  const found = yield* rows<DisputeRow>(`${VIEW}dispute/${record}/`, MAX_SHOWN);
  return found.map(({ value }) => value).sort((a, b) => a.openedAtSec - b.openedAtSec);
}

export function* disputeRow(dispute: Hex): Reading<DisputeRow | undefined> {
  const record = yield* row<Hex>(`${VIEW}disputing/${dispute}`);
  return record === undefined ? undefined : yield* row<DisputeRow>(keyOf(record, dispute));
}

/** Corrections of a dispute take its place; suspending one changes nothing, for that it exists is the point. */
export function* foldDispute({ args, timeSec, leafIndex }: Recorded): Reading<readonly ViewChange[]> {
  const kind = ENTRY_KINDS[args.kind - 1];
  const { entryId: id, subject: record, refersTo } = args;
  const by = readable(args.organisation);
  const old = kind === 'create' ? undefined : yield* disputeRow(refersTo);
  if (kind === 'revoke' && old !== undefined && old.closed === undefined) {
    const closed: DisputeRow = { ...old, closed: { by, atSec: timeSec } };
    return [
      { key: keyOf(old.record, old.entryId), value: closed },
      { key: old.listedAt, value: undefined },
      ...(yield* counted(closed)),
    ];
  }
  if (kind !== 'create' && kind !== 'amend' && kind !== 'supersede') return [];
  const openedAtSec = old?.openedAtSec ?? timeSec;
  const listedAt = old?.listedAt ?? DOUBTS + newestFirst(leafIndex);
  const added: DisputeRow = { entryId: id, record, organisation: by, openedAtSec, listedAt };
  return [
    { key: keyOf(record, id), value: added },
    { key: `${VIEW}disputing/${id}`, value: record },
    { key: listedAt, value: id },
    ...(old === undefined ? yield* counted(added) : [{ key: keyOf(record, refersTo), value: undefined }]),
  ];
}

type Recorded = Extract<RecordedEvent, { name: 'EntryRecorded' }>;

/** Counted anew each time: whoever disputes a record before it is there, or twice, moves no number of others. */
function* counted(changed: DisputeRow): Reading<readonly ViewChange[]> {
  const entry = yield* entryRow(changed.record);
  if (entry === undefined) return [];
  const others = (yield* disputesOf(changed.record)).filter(({ entryId: id }) => id !== changed.entryId);
  const open = [...others, changed].filter(({ closed }) => closed === undefined).length;
  const { openDisputes: _, ...rest } = entry;
  return [{ key: rowKeyOf(entry), value: { ...rest, ...(open > 0 && { openDisputes: open }) } }];
}

function keyOf(record: Hex, dispute: Hex): string {
  return `${VIEW}dispute/${record}/${dispute}`;
}

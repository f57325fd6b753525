/**
 * What the gateway remembers of the chain's events:
 * - `subject/<subject>/<newest first>`     every entry on a car, {@link EntryRow}
 * - `entry/<entryId>`                      where that row stands
 * - `stock/<organisation>/<subject>`       {@link StockRow}: the last purchase of a dealer and, once sold, its sale
 */
import type { RecordedEvent } from '../../core/abi.ts';
import type { Hex } from '../../core/bytes.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { ENTRY_KINDS, type EntryKind } from '../../core/submission.ts';
import { type Reading, row, rows, type ViewChange } from '../define.ts';
import { type RecordType, typeOfSchema } from './records.ts';

/** `change` marks an entry that only changed another record's status. */
export type RecordStatus =
  | 'active'
  | 'suspended'
  | 'disputed'
  | 'amended'
  | 'superseded'
  | 'revoked'
  | 'change';

export interface EntryRow {
  readonly entryId: Hex;
  readonly subject: Hex;
  readonly type: RecordType;
  readonly organisation: string;
  readonly kind: EntryKind;
  readonly status: RecordStatus;
  readonly leafIndex: number;
  readonly recordedAtSec: number;
  readonly occurredAtSec: number;
  readonly refersTo?: Hex;
  readonly replacedBy?: Hex;
}

export interface StockRow {
  readonly purchase: Hex;
  readonly sale?: Hex;
}

type EntryArgs = Extract<RecordedEvent, { name: 'EntryRecorded' }>['args'];

const VIEW = 'view:vehicles/';
/** Above any leaf index, so that its complement sorts the newest entry first. */
const LAST_LEAF = 10 ** 12;
/** Status that an entry of this kind gives to the record it refers to. */
const STATUS_AFTER: Readonly<Record<Exclude<EntryKind, 'create'>, RecordStatus>> = {
  amend: 'amended',
  supersede: 'superseded',
  revoke: 'revoked',
  suspend: 'suspended',
  resume: 'active',
  dispute: 'disputed',
  resolve: 'active',
};

export const stockRange = (organisation: string): string => `${VIEW}stock/${organisation}/`;

/** Newest first. */
export function* entriesOn(subject: Hex, limit: number): Reading<readonly EntryRow[]> {
  const found = yield* rows<EntryRow>(`${VIEW}subject/${subject}/`, limit);
  return found.map(({ value }) => value);
}

export function* entryRow(entryId: Hex): Reading<EntryRow | undefined> {
  const key = yield* row<string>(`${VIEW}entry/${entryId}`);
  return key === undefined ? undefined : yield* row<EntryRow>(key);
}

export function* stockRow(organisation: string, subject: Hex): Reading<StockRow | undefined> {
  return yield* row<StockRow>(stockRange(organisation) + subject);
}

export function* fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
  if (event.name !== 'EntryRecorded') return [];
  const { args } = event;
  const type = typeOfSchema(readable(args.schema));
  const kind = ENTRY_KINDS[args.kind - 1];
  // Whoever is accredited for the whole service may write other schemas straight to the chain: they are none of this fold's.
  if (type === undefined || kind === undefined) return [];
  const target = kind === 'create' ? undefined : yield* entryRow(args.refersTo);
  const isDocument = kind === 'create' || kind === 'amend' || kind === 'supersede';
  const added: EntryRow = {
    entryId: args.entryId,
    subject: args.subject,
    type,
    organisation: readable(args.organisation),
    kind,
    status: isDocument ? 'active' : 'change',
    leafIndex: event.leafIndex,
    recordedAtSec: event.timeSec,
    occurredAtSec: args.occurredAt,
    ...(kind !== 'create' && { refersTo: args.refersTo }),
  };
  const changes = [
    { key: keyOf(added), value: added },
    { key: `${VIEW}entry/${args.entryId}`, value: keyOf(added) },
  ];
  if (target !== undefined && kind !== 'create') {
    const status = STATUS_AFTER[kind];
    const changed = { ...target, status, ...(isDocument && { replacedBy: args.entryId }) };
    changes.push({ key: keyOf(target), value: changed });
  }
  const stock = yield* stockChange(type, kind, args, target);
  return stock === undefined ? changes : [...changes, stock];
}

/** A dealer's car comes with its purchase, is closed by its sale, and follows corrections and withdrawals of both. */
function* stockChange(
  type: RecordType,
  kind: EntryKind,
  args: EntryArgs,
  target: EntryRow | undefined,
): Reading<ViewChange | undefined> {
  if (type === 'inspection') return undefined;
  const organisation = target?.organisation ?? readable(args.organisation);
  const key = stockRange(organisation) + args.subject;
  const stock = yield* row<StockRow>(key);
  if (kind === 'create' && type === 'purchase') return { key, value: { purchase: args.entryId } };
  if (stock === undefined) return undefined;
  if (kind === 'create') return { key, value: { purchase: stock.purchase, sale: args.entryId } };
  if (stock[type] !== args.refersTo) return undefined;
  if (kind === 'amend' || kind === 'supersede') return { key, value: { ...stock, [type]: args.entryId } };
  if (kind !== 'revoke') return undefined;
  return { key, value: type === 'sale' ? { purchase: stock.purchase } : undefined };
}

function keyOf(entry: EntryRow): string {
  return `${VIEW}subject/${entry.subject}/${String(LAST_LEAF - entry.leafIndex).padStart(13, '0')}`;
}

/** Names on chain are free bytes; what is no name stays hexadecimal. */
function readable(name: Hex): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

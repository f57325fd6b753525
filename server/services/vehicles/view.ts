/**
 * What the gateway remembers of the chain's events:
 * - `subject/<subject>/<newest first>`     every entry on a car, {@link EntryRow}
 * - `entry/<entryId>`                      where that row stands
 * - `seen/<subject>`                       true: there are entries on the car
 * - `stock/<organisation>/<subject>`       {@link StockRow}: the last purchase of a dealer and, once sold, its sale
 * - `cars/<organisation>/<newest first>`   the subject of a stock row, for listing
 * - `written/<organisation>/<newest first>` entryId of a document
 */
import type { RecordedEvent } from '../../core/abi.ts';
import type { Hex } from '../../core/bytes.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { ENTRY_KINDS, type EntryKind, type RecordStatus, STATUS_AFTER } from '../../core/submission.ts';
import { type Reading, row, rows, type ViewChange } from '../define.ts';
import { type RecordType, typeOfSchema } from './records.ts';

export interface EntryRow {
  readonly entryId: Hex;
  readonly subject: Hex;
  readonly type: RecordType;
  readonly organisation: string;
  readonly kind: EntryKind;
  readonly status: Exclude<RecordStatus, 'none'>;
  readonly leafIndex: number;
  readonly recordedAtSec: number;
  readonly occurredAtSec: number;
  readonly refersTo?: Hex;
  readonly replacedBy?: Hex;
  /** Doubts of others, see dispute.ts. */
  readonly openDisputes?: number;
}

export interface StockRow {
  readonly purchase: Hex;
  readonly sale?: Hex;
  /** Key of its row in the list. */
  readonly listedAt?: string;
}

const VIEW = 'view:vehicles/';
/** Above any leaf index, so that its complement sorts the newest entry first. */
const LAST_LEAF = 10 ** 12;

export const writtenRange = (organisation: string): string => `${VIEW}written/${organisation}/`;
export const carsRange = (organisation: string): string => `${VIEW}cars/${organisation}/`;

export function* isRecorded(subject: Hex): Reading<boolean> {
  return (yield* row(seenKey(subject))) !== undefined;
}

/** Newest first. */
export function* entriesOn(subject: Hex, limit: number): Reading<readonly EntryRow[]> {
  // Most cars are recorded for the first time, and a row is looked up in a tenth of the time that a range takes.
  if (!(yield* isRecorded(subject))) return [];
  const found = yield* rows<EntryRow>(`${VIEW}subject/${subject}/`, limit);
  return found.map(({ value }) => value);
}

export function* entryRow(entryId: Hex): Reading<EntryRow | undefined> {
  const key = yield* row<string>(`${VIEW}entry/${entryId}`);
  return key === undefined ? undefined : yield* row<EntryRow>(key);
}

export function* stockRow(organisation: string, subject: Hex): Reading<StockRow | undefined> {
  return yield* row<StockRow>(stockKey(organisation, subject));
}

/** Whoever is accredited for the whole service may write other schemas straight to the chain: they are of no type. */
export function typeOfEntry({ schema }: { readonly schema: Hex }): RecordType | undefined {
  return typeOfSchema(readable(schema));
}

export function* fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
  if (event.name !== 'EntryRecorded') return [];
  const { args } = event;
  const type = typeOfEntry(args);
  const kind = ENTRY_KINDS[args.kind - 1];
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
  const changes: ViewChange[] = [
    { key: rowKeyOf(added), value: added },
    { key: `${VIEW}entry/${args.entryId}`, value: rowKeyOf(added) },
    { key: seenKey(args.subject), value: true },
  ];
  if (isDocument) {
    const key = writtenRange(added.organisation) + newestFirst(event.leafIndex);
    changes.push({ key, value: args.entryId });
  }
  if (target !== undefined && kind !== 'create') {
    const status = STATUS_AFTER[kind];
    const changed = { ...target, status, ...(isDocument && { replacedBy: args.entryId }) };
    changes.push({ key: rowKeyOf(target), value: changed });
  }
  return type === 'inspection' ? changes : [...changes, ...(yield* stockChanges(added, type, target))];
}

/** A dealer's car comes with its purchase, is closed by its sale, and follows corrections and withdrawals of both. */
function* stockChanges(
  { entryId, subject, organisation: author, kind, leafIndex, refersTo }: EntryRow,
  type: 'purchase' | 'sale',
  target: EntryRow | undefined,
): Reading<readonly ViewChange[]> {
  // The city may withdraw a dealer's record: the stock stays the dealer's.
  const organisation = target?.organisation ?? author;
  const key = stockKey(organisation, subject);
  const stock = yield* row<StockRow>(key);
  const unlist = stock?.listedAt === undefined ? [] : [{ key: stock.listedAt, value: undefined }];
  if (kind === 'create' && type === 'purchase') {
    const listedAt = carsRange(organisation) + newestFirst(leafIndex);
    return [...unlist, { key, value: { purchase: entryId, listedAt } }, { key: listedAt, value: subject }];
  }
  if (stock === undefined) return [];
  if (kind === 'create') return [{ key, value: { ...stock, sale: entryId } }];
  if (stock[type] !== refersTo) return [];
  if (kind === 'amend' || kind === 'supersede') return [{ key, value: { ...stock, [type]: entryId } }];
  if (kind !== 'revoke') return [];
  if (type === 'purchase') return [...unlist, { key, value: undefined }];
  const { sale: _, ...unsold } = stock;
  return [{ key, value: unsold }];
}

function seenKey(subject: Hex): string {
  return `${VIEW}seen/${subject}`;
}

function stockKey(organisation: string, subject: Hex): string {
  return `${VIEW}stock/${organisation}/${subject}`;
}

export function rowKeyOf(entry: EntryRow): string {
  return `${VIEW}subject/${entry.subject}/${newestFirst(entry.leafIndex)}`;
}

export function newestFirst(leafIndex: number): string {
  return String(LAST_LEAF - leafIndex).padStart(13, '0');
}

/** Names on chain are free bytes; what is no name stays hexadecimal. */
export function readable(name: Hex): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

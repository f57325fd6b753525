/** What a dealer and an inspector may record. Doubtful readings are recorded and named in `notices`; only what cannot be is refused. */
import type { Hex } from '../../core/bytes.ts';
import { commitmentOf, entryIdOf } from '../../core/hash.ts';
import { nameToBytes32 } from '../../core/ids.ts';
import { seoulDay, startOfSeoulDay } from '../../core/seoul.ts';
import type { EntryKind, RecordSubmission } from '../../core/submission.ts';
import { type Known, type Original, type Plan, type Reading, type Refused, row } from '../define.ts';
import { type HistoryRecord, historyOf, readingsOf } from './history.ts';
import { odometerVerdict } from './odometer.ts';
import { RECORDS, type RecordType, type VehicleDocument } from './records.ts';
import { type EntryRow, entryRow } from './view.ts';
import { lacksCheckDigit } from './vin.ts';

export const NO_RECORD: Hex = `0x${'00'.repeat(32)}`;

/** Said beside an acknowledgement: nothing is refused, but somebody should look. */
export interface Notice {
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What every recording rule starts from. */
export interface Recording {
  readonly type: RecordType;
  readonly organisation: string;
  readonly idempotency: Hex;
  readonly entryId: Hex;
  readonly subject: Hex;
  readonly fields: VehicleFields;
}

export interface VehicleFields {
  readonly vin: string;
  readonly plate: string;
  readonly odometerKm: number;
  readonly [field: string]: unknown;
}

export interface Correction {
  readonly kind: 'amend' | 'supersede';
  readonly target: EntryRow;
  readonly reason: string;
}

export function begin(type: RecordType, fields: VehicleFields, known: Known): Recording | Refused {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  const { organisation } = known.actor;
  const day = fields[RECORDS[type].day] as string;
  const today = seoulDay(known.nowSec);
  if (day > today) return { refused: 'DATE_IN_FUTURE', field: RECORDS[type].day, details: { day, today } };
  const idempotency = known.idempotency();
  const entryId = entryIdOf(nameToBytes32(organisation), idempotency);
  return { type, organisation, idempotency, entryId, subject: known.subject('vin', fields.vin), fields };
}

/** The plan of a new document, with what its readings and its VIN give reason to say. */
export function* recordPlan(
  { type, organisation, idempotency, entryId, subject, fields }: Recording,
  known: Known,
  more: {
    correction?: Correction;
    notices?: readonly Notice[];
    local?: Plan['local'];
    reply?: Plan['reply'];
  } = {},
): Reading<Plan> {
  const { correction } = more;
  const { schema, day } = RECORDS[type];
  const occurredAtSec = startOfSeoulDay(fields[day] as string);
  const document = {
    schema,
    organisation,
    ...(correction && namesOf(correction)),
    ...fields,
  };
  const salt = known.salt();
  const notices = [
    ...(lacksCheckDigit(fields.vin) ? [{ code: 'VIN_CHECK_DIGIT_UNUSED' }] : []),
    ...(yield* odometerNotices(entryId, subject, occurredAtSec, fields, correction)),
    ...(more.notices ?? []),
  ];
  return {
    submissions: [
      {
        to: 'records',
        organisation,
        service: 'vehicles',
        schema,
        subject,
        commitment: commitmentOf(document, salt),
        refersTo: correction?.target.entryId ?? NO_RECORD,
        kind: correction?.kind ?? 'create',
        occurredAtSec,
        idempotency,
      },
    ],
    originals: [{ entryId, document, salt }],
    local: [...(yield* plateRow(known, fields.plate, subject, occurredAtSec)), ...(more.local ?? [])],
    reply: { ...more.reply, notices },
  };
}

function namesOf({ kind, target: { entryId }, reason }: Correction) {
  return kind === 'amend'
    ? { amends: entryId, amendReason: reason }
    : { supersedes: entryId, supersedeReason: reason };
}

/** The record a correction or a status change means, if the actor may change it and it stands as it must. */
export function* targetOf(
  entryId: Hex,
  known: Known,
  statuses: readonly EntryRow['status'][],
): Reading<EntryRow | Refused> {
  const target = yield* recordOf(entryId);
  if ('refused' in target) return target;
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  if (target.organisation !== known.actor.organisation && !known.actor.isCity)
    return { refused: 'NOT_THE_AUTHOR', field: 'entryId', details: { organisation: target.organisation } };
  if (!statuses.includes(target.status))
    return { refused: 'RECORD_STATUS', field: 'entryId', details: { status: target.status } };
  return target;
}

export function* recordOf(entryId: Hex): Reading<EntryRow | Refused> {
  const record = yield* entryRow(entryId);
  return record === undefined || record.status === 'change'
    ? { refused: 'RECORD_UNKNOWN', field: 'entryId', details: { entryId } }
    : record;
}

/** A change of a record's, or a dispute's, status: the reason is committed to like any document. */
export function changePlan(
  target: { readonly entryId: Hex; readonly schema: string; readonly subject: Hex },
  kind: Extract<EntryKind, 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve'>,
  why: { readonly reason: string; readonly note?: string | undefined },
  known: Known,
): Plan | Refused {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  const { organisation } = known.actor;
  const { reason, note } = why;
  const document = {
    change: kind,
    organisation,
    entryId: target.entryId,
    reason,
    ...(note !== undefined && { note }),
  };
  const { schema, subject, entryId: refersTo } = target;
  return documentPlan(document, { organisation, schema, subject, refersTo, kind }, known);
}

/** One entry of now that commits to one document. */
export function documentPlan(
  document: object,
  entry: Pick<RecordSubmission, 'organisation' | 'schema' | 'subject' | 'refersTo' | 'kind'>,
  known: Known,
): Plan {
  const salt = known.salt();
  const idempotency = known.idempotency();
  const commitment = commitmentOf(document, salt);
  return {
    submissions: [
      { to: 'records', service: 'vehicles', ...entry, commitment, occurredAtSec: known.nowSec, idempotency },
    ],
    originals: [{ entryId: entryIdOf(nameToBytes32(entry.organisation), idempotency), document, salt }],
  };
}

export function* documentOf(entryId: Hex): Reading<VehicleDocument | undefined> {
  return (yield* row<Original>(`original:${entryId}`))?.document as VehicleDocument | undefined;
}

/** What the verdict says of the reading that is about to be recorded. */
function* odometerNotices(
  entryId: Hex,
  subject: Hex,
  occurredAtSec: number,
  fields: VehicleFields,
  correction: Correction | undefined,
): Reading<readonly Notice[]> {
  const { records, isTruncated } = yield* historyOf(subject);
  const amended = correction?.kind === 'amend' ? correction.target.entryId : undefined;
  const others = records.filter(({ entry }: HistoryRecord) => entry.entryId !== amended);
  const overall = fields.overall as { meterReplaced?: boolean } | undefined;
  const reading = {
    entryId,
    occurredAtSec,
    leafIndex: Number.MAX_SAFE_INTEGER,
    km: fields.odometerKm,
    meterReplaced: overall?.meterReplaced === true,
    withdrawn: false,
  };
  const { reasons } = odometerVerdict([...readingsOf({ records: others, isTruncated }), reading]);
  return reasons.filter(({ details }) => details.entryId === entryId || details.earlierEntryId === entryId);
}

/** A plate belongs to the car it was last seen on; the chain never learns of it. */
function* plateRow(known: Known, plate: string, subject: Hex, occurredAtSec: number) {
  const key = `local:vehicles/plate/${known.subject('plate', plate)}`;
  const seen = yield* row<{ subject: Hex; occurredAtSec: number }>(key);
  return seen !== undefined && seen.occurredAtSec > occurredAtSec
    ? []
    : [{ key, value: { subject, occurredAtSec } }];
}

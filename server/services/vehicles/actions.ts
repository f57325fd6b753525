/** The writes of the service. */
import type { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { seoulDay } from '../../core/seoul.ts';
import {
  type Action,
  defineAction,
  type EntryState,
  type Known,
  type Plan,
  type Reading,
  type Refused,
  row,
} from '../define.ts';
import { disputing } from './disputing.ts';
import { EXAMPLES } from './examples.ts';
import { currentInspection, historyOf, inspectionState } from './history.ts';
import type { Inspection } from './inspection.ts';
import { inspected, recorded, sold } from './output.ts';
import { namedRows, photographing } from './photograph.ts';
import {
  inputs,
  type Purchase,
  RECORD_TYPES,
  RECORDS,
  type RecordType,
  type Sale,
  type StatusChange,
  statusChange,
} from './records.ts';
import {
  begin,
  type Correction,
  changePlan,
  documentOf,
  type Notice,
  type Recording,
  recordPlan,
  targetOf,
  type VehicleFields,
} from './rules.ts';
import { rowsAfter, stockOf } from './stock.ts';
import { correctionUntil, inspectionValidUntil, warrantyOf } from './terms.ts';
import { type EntryRow, entryRow } from './view.ts';

/** Corrections of corrections are followed back this far to the first record. */
const MAX_CORRECTIONS = 20;

const NAMES = {
  purchase: { ko: '매입 기록', en: 'a purchase' },
  inspection: { ko: '점검기록부', en: 'an inspection record' },
  sale: { ko: '판매 기록', en: 'a sale' },
} as const;

export const actions: Readonly<Record<string, Action>> = {
  'register-purchase': defineAction({
    summary: { ko: '매입 등록', en: 'Register a purchase' },
    input: inputs.purchase,
    access: 'organisation',
    schema: RECORDS.purchase.schema,
    example: EXAMPLES.purchase,
    reply: recorded,
    *plan(input: Purchase, known) {
      const recording = begin('purchase', input, known);
      if ('refused' in recording) return recording;
      const { organisation, subject } = recording;
      const stock = yield* stockOf(organisation, subject);
      if (stock !== undefined && stock.sale === undefined)
        return { refused: 'ALREADY_IN_STOCK', field: 'vin', details: { entryId: stock.purchase } };
      const local = yield* rowsAfter('purchase', recording, known.nowSec);
      return yield* recordPlan(recording, known, { local });
    },
  }),
  'register-inspection': defineAction({
    summary: { ko: '성능·상태점검기록부 등록', en: 'Register an inspection record' },
    input: inputs.inspection,
    access: 'organisation',
    schema: RECORDS.inspection.schema,
    example: EXAMPLES.inspection,
    reply: inspected,
    *plan(input: Inspection, known) {
      const recording = begin('inspection', input, known);
      if ('refused' in recording) return recording;
      const taken = yield* numberTaken(input.number, recording.organisation);
      if (taken !== undefined)
        return {
          refused: 'NUMBER_TAKEN',
          field: 'number',
          details: { number: input.number, entryId: taken },
        };
      return yield* recordPlan(recording, known, {
        local: inspectionRows(recording),
        reply: { number: input.number, validUntil: inspectionValidUntil(input.inspectedOn) },
      });
    },
  }),
  'register-sale': defineAction({
    summary: { ko: '판매 등록', en: 'Register a sale' },
    input: inputs.sale,
    access: 'organisation',
    schema: RECORDS.sale.schema,
    example: EXAMPLES.sale,
    reply: sold,
    *plan(input: Sale, known) {
      const recording = begin('sale', input, known);
      if ('refused' in recording) return recording;
      const { organisation, subject } = recording;
      const stock = yield* stockOf(organisation, subject);
      if (stock === undefined) return { refused: 'NOT_IN_STOCK', field: 'vin' };
      if (stock.sale !== undefined)
        return { refused: 'ALREADY_SOLD', field: 'vin', details: { entryId: stock.sale } };
      const purchasedOn = (yield* documentOf(stock.purchase))?.purchasedOn as string | undefined;
      if (purchasedOn !== undefined && input.soldOn < purchasedOn)
        return { refused: 'SOLD_BEFORE_PURCHASE', field: 'soldOn', details: { purchasedOn } };
      const local = yield* rowsAfter('sale', recording, known.nowSec);
      return yield* salePlan(recording, input, known, { local });
    },
  }),
  ...Object.fromEntries(RECORD_TYPES.flatMap((type) => [amendment(type), replacement(type)])),
  withdraw: change('revoke', ['active', 'suspended', 'disputed'], '기록 철회', 'Withdraw a record'),
  suspend: change('suspend', ['active'], '기록 효력 정지', 'Suspend a record'),
  resume: change('resume', ['suspended'], '기록 효력 회복', 'Resume a record'),
  ...disputing,
  ...photographing,
};

function numberKey(number: string, organisation: string): string {
  return `local:vehicles/number/${number}/${organisation}`;
}

interface Change {
  readonly entryId: Hex;
  readonly reason: string;
  readonly record: VehicleFields;
}

/** A correction is a new entry that names the old one; the old one stays visible. */
function amendment(type: RecordType): [string, Action] {
  const action = defineAction({
    summary: { ko: `${NAMES[type].ko} 정정`, en: `Correct ${NAMES[type].en}` },
    input: inputs.amend[type] as z.ZodType<Change>,
    access: 'organisation',
    schema: RECORDS[type].schema,
    example: { entryId: EXAMPLES.entryId, reason: 'typing-error', record: EXAMPLES[type] },
    reply: type === 'sale' ? sold : recorded,
    *plan({ entryId, reason, record }: Change, known: Known): Reading<Plan | Refused> {
      const changing = yield* beginChange(type, entryId, record, known);
      if ('refused' in changing) return changing;
      const { recording, target, before } = changing;
      if (before !== undefined && before.number !== record.number)
        return { refused: 'NUMBER_FIXED', field: 'record.number', details: { number: before.number } };
      if (before?.odometerKm !== record.odometerKm) {
        const until = correctionUntil((yield* firstOf(target)).recordedAtSec);
        if (seoulDay(known.nowSec) > until)
          return { refused: 'CORRECTION_TOO_LATE', field: 'record.odometerKm', details: { until } };
      }
      return yield* changedPlan(recording, { kind: 'amend', target, reason }, known);
    },
  });
  return [`amend-${type}`, action];
}

/** A new record in the place of an old one, whose reading stays a reading: nobody gets rid of a high one by replacing it. */
function replacement(type: RecordType): [string, Action] {
  const action = defineAction({
    summary: { ko: `${NAMES[type].ko} 대체`, en: `Replace ${NAMES[type].en}` },
    input: inputs.supersede[type] as z.ZodType<Change>,
    access: 'organisation',
    schema: RECORDS[type].schema,
    example: { entryId: EXAMPLES.entryId, reason: 'written-anew', record: EXAMPLES[type] },
    reply: type === 'sale' ? sold : recorded,
    *plan({ entryId, reason, record }: Change, known: Known): Reading<Plan | Refused> {
      const changing = yield* beginChange(type, entryId, record, known);
      if ('refused' in changing) return changing;
      const { recording, target, before } = changing;
      if (type === 'inspection' && before?.number !== record.number) {
        const number = record.number as string;
        const taken = yield* numberTaken(number, recording.organisation);
        if (taken !== undefined)
          return { refused: 'NUMBER_TAKEN', field: 'record.number', details: { number, entryId: taken } };
      }
      return yield* changedPlan(recording, { kind: 'supersede', target, reason }, known);
    },
  });
  return [`supersede-${type}`, action];
}

function* beginChange(type: RecordType, entryId: Hex, record: VehicleFields, known: Known) {
  const recording = begin(type, record, known);
  if ('refused' in recording) return recording;
  const target = yield* targetOf(entryId, known, ['active']);
  if ('refused' in target) return target;
  if (target.type !== type)
    return { refused: 'RECORD_OF_ANOTHER_TYPE', field: 'entryId', details: { type: target.type } };
  if (target.subject !== recording.subject) return { refused: 'VEHICLE_DIFFERENT', field: 'record.vin' };
  return { recording, target, before: yield* documentOf(entryId) };
}

function* changedPlan(recording: Recording, correction: Correction, known: Known): Reading<Plan | Refused> {
  const { type, fields } = recording;
  if (type === 'sale') return yield* salePlan(recording, fields as unknown as Sale, known, { correction });
  const local = type === 'inspection' ? inspectionRows(recording) : [];
  return yield* recordPlan(recording, known, { correction, local });
}

function change(
  kind: 'revoke' | 'suspend' | 'resume',
  statuses: readonly EntryRow['status'][],
  ko: string,
  en: string,
): Action {
  const reason = { revoke: 'issued-in-error', suspend: 'under-review', resume: 'review-finished' }[kind];
  return defineAction({
    summary: { ko, en },
    input: statusChange(kind),
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId, reason },
    *plan(input: StatusChange, known: Known): Reading<Plan | Refused> {
      const target = yield* targetOf(input.entryId, known, statuses);
      if ('refused' in target) return target;
      return changePlan({ ...target, schema: RECORDS[target.type].schema }, kind, input, known);
    },
  });
}

/** A sale names the inspection record that was handed over; selling on an expired one is recorded, and said. */
function* salePlan(
  recording: Recording,
  input: Sale,
  known: Known,
  more: { local?: Plan['local']; correction?: Correction },
): Reading<Plan | Refused> {
  const soldAtSec = Math.min(known.nowSec, Date.parse(`${input.soldOn}T12:00:00+09:00`) / 1000);
  const named = input.inspection === undefined ? undefined : yield* entryRow(input.inspection);
  if (input.inspection !== undefined) {
    const details = { entryId: input.inspection };
    if (named?.type !== 'inspection' || named.status === 'change')
      return { refused: 'INSPECTION_UNKNOWN', field: 'inspection', details };
    if (named.subject !== recording.subject)
      return { refused: 'INSPECTION_OF_ANOTHER_VEHICLE', field: 'inspection', details };
  }
  const inspection = named
    ? inspectionState(named, soldAtSec)
    : currentInspection(yield* historyOf(recording.subject), soldAtSec);
  const notices: Notice[] = [];
  if (inspection === undefined) notices.push({ code: 'INSPECTION_MISSING' });
  else if (named && ['amended', 'superseded', 'revoked'].includes(named.status))
    notices.push({ code: 'INSPECTION_NOT_STANDING', details: { status: named.status } });
  else if (inspection.state === 'expired')
    notices.push({ code: 'INSPECTION_EXPIRED', details: { validUntil: inspection.validUntil } });
  else if (inspection.state !== 'in-force')
    notices.push({ code: 'INSPECTION_NOT_STANDING', details: { status: inspection.state } });
  const fields = { ...input, ...(inspection && { inspection: inspection.entryId }) };
  const reply = { warranty: warrantyOf(input.soldOn, input.odometerKm) };
  return yield* recordPlan({ ...recording, fields }, known, { ...more, notices, reply });
}

function inspectionRows({ organisation, entryId, fields }: Recording): NonNullable<Plan['local']> {
  const number = { key: numberKey(fields.number as string, organisation), value: entryId };
  return [number, ...namedRows(organisation, fields.photographs)];
}

/** The record that has it. */
function* numberTaken(number: string, organisation: string): Reading<Hex | undefined> {
  const taken = yield* row<Hex>(numberKey(number, organisation));
  return taken !== undefined && (yield* isKept(taken)) ? taken : undefined;
}

/** The record that a chain of corrections began with: the window for correcting a reading counts from there. */
function* firstOf(entry: EntryRow): Reading<EntryRow> {
  let first = entry;
  for (let i = 0; i < MAX_CORRECTIONS && first.refersTo !== undefined; i++) {
    const earlier = yield* entryRow(first.refersTo);
    if (earlier === undefined) return first;
    first = earlier;
  }
  return first;
}

/** Recorded, or on its way to be. */
function* isKept(entryId: Hex): Reading<boolean> {
  if ((yield* entryRow(entryId)) !== undefined) return true;
  const entry = yield* row<EntryState>(`entry:${entryId}`);
  return entry?.state !== 'refused';
}

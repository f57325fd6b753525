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
import { EXAMPLES } from './examples.ts';
import { currentInspection, historyOf, inspectionState } from './history.ts';
import type { Inspection } from './inspection.ts';
import { inspected, recorded, sold } from './output.ts';
import { inputs, type Purchase, RECORDS, type RecordType, type Sale, statusChange } from './records.ts';
import {
  begin,
  type Correction,
  changePlan,
  documentOf,
  type Notice,
  recordPlan,
  targetOf,
  type VehicleFields,
} from './rules.ts';
import { rowsAfter, stockOf } from './stock.ts';
import { correctionUntil, inspectionValidUntil, warrantyOf } from './terms.ts';
import { type EntryRow, entryRow } from './view.ts';

/** Corrections of corrections are followed back this far to the first record. */
const MAX_CORRECTIONS = 20;

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
      const key = numberKey(input.number, recording.organisation);
      const taken = yield* row<Hex>(key);
      if (taken !== undefined && (yield* isKept(taken)))
        return {
          refused: 'NUMBER_TAKEN',
          field: 'number',
          details: { number: input.number, entryId: taken },
        };
      return yield* recordPlan(recording, known, {
        local: [{ key, value: recording.entryId }],
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
  'amend-purchase': amendment('purchase', inputs.amendPurchase, '매입 기록 정정', 'Correct a purchase'),
  'amend-inspection': amendment(
    'inspection',
    inputs.amendInspection,
    '점검기록부 정정',
    'Correct an inspection record',
  ),
  'amend-sale': amendment('sale', inputs.amendSale, '판매 기록 정정', 'Correct a sale'),
  withdraw: change('revoke', ['active', 'suspended', 'disputed'], '기록 철회', 'Withdraw a record'),
  suspend: change('suspend', ['active'], '기록 효력 정지', 'Suspend a record'),
  resume: change('resume', ['suspended'], '기록 효력 회복', 'Resume a record'),
};

function numberKey(number: string, organisation: string): string {
  return `local:vehicles/number/${number}/${organisation}`;
}

interface Amendment {
  readonly entryId: Hex;
  readonly reason: string;
  readonly record: VehicleFields;
}

/** A correction is a new entry that names the old one; the old one stays visible. */
function amendment(type: RecordType, input: z.ZodType<Amendment>, ko: string, en: string): Action {
  return defineAction({
    summary: { ko, en },
    input,
    access: 'organisation',
    schema: RECORDS[type].schema,
    example: { entryId: EXAMPLES.entryId, reason: 'typing-error', record: EXAMPLES[type] },
    reply: type === 'sale' ? sold : recorded,
    *plan({ entryId, reason, record }: Amendment, known: Known): Reading<Plan | Refused> {
      const recording = begin(type, record, known);
      if ('refused' in recording) return recording;
      const target = yield* targetOf(entryId, known, ['active']);
      if ('refused' in target) return target;
      if (target.type !== type)
        return { refused: 'RECORD_OF_ANOTHER_TYPE', field: 'entryId', details: { type: target.type } };
      if (target.subject !== recording.subject) return { refused: 'VEHICLE_DIFFERENT', field: 'record.vin' };
      const before = yield* documentOf(entryId);
      if (before !== undefined && before.number !== record.number)
        return { refused: 'NUMBER_FIXED', field: 'record.number', details: { number: before.number } };
      if (before?.odometerKm !== record.odometerKm) {
        const until = correctionUntil((yield* firstOf(target)).recordedAtSec);
        if (seoulDay(known.nowSec) > until)
          return { refused: 'CORRECTION_TOO_LATE', field: 'record.odometerKm', details: { until } };
      }
      const correction = { target, reason };
      if (type === 'sale')
        return yield* salePlan(recording, record as unknown as Sale, known, { correction });
      const local = type === 'inspection' ? [numberRow(record, target, recording.entryId)] : [];
      return yield* recordPlan(recording, known, { correction, local });
    },
  });
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
    input: statusChange,
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId, reason },
    *plan(input: z.infer<typeof statusChange>, known: Known): Reading<Plan | Refused> {
      const target = yield* targetOf(input.entryId, known, statuses);
      return 'refused' in target ? target : changePlan(target, kind, input, known);
    },
  });
}

/** A sale names the inspection record that was handed over; selling on an expired one is recorded, and said. */
function* salePlan(
  recording: Exclude<ReturnType<typeof begin>, Refused>,
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

function numberRow(record: VehicleFields, target: EntryRow, entryId: Hex) {
  return { key: numberKey(record.number as string, target.organisation), value: entryId };
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

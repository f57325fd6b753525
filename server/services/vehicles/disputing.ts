/** Putting a record in doubt, and ending the doubt. */
import type { z } from 'zod';
import { type Action, defineAction, type Known, type Plan, type Reading, type Refused } from '../define.ts';
import { DISPUTE_SCHEMA, type DisputeInput, disputeInput, disputeRow, disputesOf } from './dispute.ts';
import { EXAMPLES } from './examples.ts';
import { isStanding } from './history.ts';
import { RECORDS, resolution } from './records.ts';
import { changePlan, documentPlan, NO_RECORD, recordOf } from './rules.ts';
import type { EntryRow } from './view.ts';

export const disputing: Readonly<Record<string, Action>> = {
  dispute: defineAction({
    summary: { ko: '기록에 이의 제기', en: 'Dispute a record' },
    input: disputeInput,
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId, reason: 'odometer' },
    *plan(input: DisputeInput, known): Reading<Plan | Refused> {
      const record = yield* recordOf(input.entryId);
      if ('refused' in record) return record;
      const { actor } = known;
      if (actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
      if (!isStanding(record))
        return { refused: 'RECORD_STATUS', field: 'entryId', details: { status: record.status } };
      if (actor.isCity || actor.organisation === record.organisation) return ownDispute(record, input, known);
      const own = (yield* disputesOf(record.entryId)).find(
        (one) => one.organisation === actor.organisation && one.closed === undefined,
      );
      if (own !== undefined)
        return { refused: 'ALREADY_DISPUTED', field: 'entryId', details: { entryId: own.entryId } };
      return disputePlan(actor.organisation, input, known);
    },
  }),
  resolve: defineAction({
    summary: { ko: '이의 처리', en: 'Resolve a dispute' },
    input: resolution,
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId, reason: 'rejected' },
    *plan(input: z.infer<typeof resolution>, known): Reading<Plan | Refused> {
      const { actor } = known;
      if (actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
      const dispute = yield* disputeRow(input.entryId);
      if (dispute !== undefined) {
        if (dispute.closed !== undefined) return { refused: 'DISPUTE_CLOSED', field: 'entryId' };
        if (!actor.isCity && dispute.organisation !== actor.organisation)
          return {
            refused: 'NOT_THE_DISPUTER',
            field: 'entryId',
            details: { organisation: dispute.organisation },
          };
        const target = { entryId: dispute.entryId, schema: DISPUTE_SCHEMA, subject: dispute.record };
        return changePlan(target, 'revoke', input, known);
      }
      const record = yield* recordOf(input.entryId);
      if ('refused' in record) return record;
      if (record.status !== 'disputed')
        return { refused: 'RECORD_STATUS', field: 'entryId', details: { status: record.status } };
      if (!actor.isCity) return { refused: 'CITY_ONLY', field: 'entryId' };
      return changePlan({ ...record, schema: RECORDS[record.type].schema }, 'resolve', input, known);
    },
  }),
};

/** The author, or the city, says so of the record itself: nobody corrects or replaces it until the city has resolved it. */
function ownDispute(record: EntryRow, input: DisputeInput, known: Known): Plan | Refused {
  if (record.status !== 'active')
    return { refused: 'RECORD_STATUS', field: 'entryId', details: { status: record.status } };
  return changePlan({ ...record, schema: RECORDS[record.type].schema }, 'dispute', input, known);
}

function disputePlan(organisation: string, input: DisputeInput, known: Known): Plan {
  const document = { schema: DISPUTE_SCHEMA, organisation, ...input };
  const { entryId: subject } = input;
  return documentPlan(
    document,
    { organisation, schema: DISPUTE_SCHEMA, subject, refersTo: NO_RECORD, kind: 'create' },
    known,
  );
}

/** What staff ask: their own records, the cars they have to do with, and what may be done with a record. */
import { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { seoulDay } from '../../core/seoul.ts';
import { type Actor, defineQuery, type Query, type Reading, rows } from '../define.ts';
import { choice, entryId, field, publicPart } from '../fields.ts';
import { type DisputeRow, DOUBTS, disputeDocument, disputeRow, disputesOf } from './dispute.ts';
import { EXAMPLES } from './examples.ts';
import { alertsOf, currentInspection, historyOf, isStanding, verdictOf } from './history.ts';
import { doubts, ownCar, ownRecord, writtenList } from './output.ts';
import { documentOf, recordOf } from './rules.ts';
import { shownRecord } from './shown.ts';
import { type EntryRow, entriesOn, writtenRange } from './view.ts';
import { maskVin } from './vin.ts';

const MAX_CHANGES = 50;

const byId = z.strictObject({ entryId: entryId('기록', 'Record') });
const bySubject = z.strictObject({ subject: entryId('차량의 참조값', "The car's reference") });
const page = z.strictObject({
  type: choice(
    { purchase: ['매입', 'Purchase'], inspection: ['성능·상태점검', 'Inspection'], sale: ['판매', 'Sale'] },
    '종류',
    'Kind',
  ).optional(),
  after: field(z.string().regex(/^[0-9]{13}$/), '이어서 볼 위치', 'Continue after').optional(),
  limit: field(z.coerce.number().int().min(1).max(200).default(50), '건수', 'At most'),
});

type Organisation = Extract<Actor, { kind: 'organisation' }>;

export const own: Readonly<Record<string, Query>> = {
  written: defineQuery({
    summary: { ko: '우리 기관이 쓴 기록', en: 'Records of the own organisation' },
    path: 'written',
    input: page,
    access: 'organisation',
    example: {},
    output: writtenList,
    *answer({ type, after, limit }: z.infer<typeof page>, { actor }) {
      if (actor.kind !== 'organisation') return undefined;
      const range = writtenRange(actor.organisation);
      const found = yield* rows<Hex>(range, limit, after && range + after);
      const records: unknown[] = [];
      for (const { value } of found) {
        const entry = yield* recordOf(value);
        if ('refused' in entry || (type !== undefined && entry.type !== type)) continue;
        const document = yield* documentOf(value);
        const { vin, plate } = document ?? {};
        records.push({
          ...shownRecord({ entry, document }),
          subject: entry.subject,
          ...(document && { vin, plate }),
        });
      }
      return { records, ...(found.length === limit && { next: found.at(-1)!.key.slice(range.length) }) };
    },
  }),
  record: defineQuery({
    summary: { ko: '기록 하나와 할 수 있는 일', en: 'One record, and what may be done with it' },
    path: 'records/{entryId}',
    input: byId,
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId },
    output: ownRecord,
    *answer({ entryId: id }: z.infer<typeof byId>, { actor }) {
      const entry = yield* recordOf(id);
      if ('refused' in entry || actor.kind !== 'organisation') return undefined;
      const document = yield* documentOf(id);
      const disputes = yield* disputesOf(id);
      const isOwn = entry.organisation === actor.organisation;
      const { schema: _, organisation: _by, ...written } = document ?? {};
      return {
        ...shownRecord({ entry, document }),
        subject: entry.subject,
        ...(document && { vin: isOwn ? document.vin : maskVin(document.vin) }),
        isOwn,
        // As it was typed, to be corrected from; strangers have the public part above.
        written: isOwn && document !== undefined ? written : null,
        changes: yield* changesOf(entry),
        disputes: yield* shownDisputes(disputes, entry, actor),
        may: actsOn(entry, actor, disputes),
      };
    },
  }),
  disputes: defineQuery({
    summary: { ko: '처리할 이의', en: 'Open disputes' },
    path: 'disputes',
    input: page.omit({ type: true }),
    access: 'organisation',
    example: {},
    output: doubts,
    *answer({ after, limit }: Omit<z.infer<typeof page>, 'type'>, { actor }) {
      if (actor.kind !== 'organisation') return undefined;
      const found = yield* rows<Hex>(DOUBTS, limit, after && DOUBTS + after);
      const disputes: unknown[] = [];
      for (const { value } of found) {
        const shown = yield* doubt(value, actor);
        if (shown !== undefined) disputes.push(shown);
      }
      return { disputes, ...(found.length === limit && { next: found.at(-1)!.key.slice(DOUBTS.length) }) };
    },
  }),
  car: defineQuery({
    summary: { ko: '거래하거나 점검한 차량', en: 'A car that the organisation traded or inspected' },
    path: 'cars/{subject}',
    input: bySubject,
    access: 'organisation',
    example: { subject: EXAMPLES.entryId },
    output: ownCar,
    *answer({ subject }: z.infer<typeof bySubject>, { actor, nowSec }) {
      if (actor.kind !== 'organisation') return undefined;
      const history = yield* historyOf(subject);
      // References stand in the public log: whoever has nothing to do with the car needs its number to look it up.
      const ownOnes = history.records.filter(({ entry }) => entry.organisation === actor.organisation);
      if (history.records.length === 0 || (ownOnes.length === 0 && !actor.isCity)) return undefined;
      const known = ownOnes.find(({ document }) => document !== undefined)?.document;
      const named = history.records.find(({ document }) => document?.modelName !== undefined)?.document;
      const inspection = currentInspection(history, nowSec);
      return {
        subject,
        ...(known && { vin: known.vin, plate: known.plate }),
        ...(named && { modelName: named.modelName }),
        ...(inspection && { inspection }),
        odometer: verdictOf(history),
        alerts: alertsOf(history),
        records: history.records.map(shownRecord),
        isTruncated: history.isTruncated,
        asOfSec: nowSec,
      };
    },
  }),
};

/** @returns what a list shows of it; undefined when it is none of the asker's business */
function* doubt(id: Hex, actor: Organisation): Reading<unknown> {
  const dispute = yield* disputeRow(id);
  const entry = dispute && (yield* recordOf(dispute.record));
  if (dispute === undefined || entry === undefined || 'refused' in entry) return undefined;
  const parties = [dispute.organisation, entry.organisation];
  if (!actor.isCity && !parties.includes(actor.organisation)) return undefined;
  const document = yield* documentOf(id);
  const { record, organisation, openedAtSec } = dispute;
  return {
    entryId: id,
    record,
    organisation,
    openedAtSec,
    ...(document && { reason: document.reason }),
    of: { type: entry.type, organisation: entry.organisation, occurredOn: seoulDay(entry.occurredAtSec) },
  };
}

/** Oldest first: what was done to the record since it was written. */
function* changesOf(entry: EntryRow): Reading<readonly unknown[]> {
  const all = (yield* entriesOn(entry.subject, MAX_CHANGES)).filter(
    ({ refersTo }) => refersTo === entry.entryId,
  );
  const changes: unknown[] = [];
  for (const { entryId: id, kind, organisation, recordedAtSec } of all.reverse()) {
    const document = yield* documentOf(id);
    const why = document?.reason ?? document?.amendReason ?? document?.supersedeReason;
    changes.push({
      entryId: id,
      kind,
      organisation,
      recordedAtSec,
      ...(why !== undefined && { reason: why }),
    });
  }
  return changes;
}

/** What was written beside the reason is between the two and the city. */
function* shownDisputes(
  disputes: readonly DisputeRow[],
  entry: EntryRow,
  actor: Organisation,
): Reading<readonly unknown[]> {
  const shown: unknown[] = [];
  for (const { record: _, listedAt: _at, ...dispute } of disputes) {
    const document = yield* documentOf(dispute.entryId);
    const isParty = actor.isCity || [dispute.organisation, entry.organisation].includes(actor.organisation);
    const told = document && (isParty ? document : publicPart(disputeDocument, document));
    const { reason, note } = (told ?? {}) as { reason?: string; note?: string };
    shown.push({
      ...dispute,
      ...(reason !== undefined && { reason }),
      ...(note !== undefined && { note }),
      mayClose: dispute.closed === undefined && (actor.isCity || dispute.organisation === actor.organisation),
    });
  }
  return shown;
}

/** Names of actions, the usual ones first. */
function actsOn(entry: EntryRow, actor: Organisation, disputes: readonly DisputeRow[]): string[] {
  const { status, type } = entry;
  const isOwn = entry.organisation === actor.organisation;
  const acts: [string, boolean][] = [
    [`amend-${type}`, isOwn && status === 'active'],
    [`supersede-${type}`, isOwn && status === 'active'],
    ['resume', (isOwn || actor.isCity) && status === 'suspended'],
    ['suspend', (isOwn || actor.isCity) && status === 'active'],
    [
      'dispute',
      !isOwn && isStanding(entry) && (!actor.isCity || status === 'active') && !isOpenFor(actor, disputes),
    ],
    ['resolve', actor.isCity && status === 'disputed'],
    ['withdraw', (isOwn || actor.isCity) && isStanding(entry)],
  ];
  return acts.filter(([, may]) => may).map(([name]) => name);
}

function isOpenFor({ organisation }: Organisation, disputes: readonly DisputeRow[]): boolean {
  return disputes.some((one) => one.organisation === organisation && one.closed === undefined);
}

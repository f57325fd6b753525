/** A record as strangers see it: its public part. */
import { seoulDay } from '../../core/seoul.ts';
import { publicPart } from '../fields.ts';
import type { HistoryRecord } from './history.ts';
import { RECORDS } from './records.ts';

export function shownRecord({ entry, document }: HistoryRecord) {
  const { entryId, type, organisation, kind, status, recordedAtSec, occurredAtSec } = entry;
  const { refersTo, replacedBy, openDisputes } = entry;
  return {
    entryId,
    type,
    organisation,
    kind,
    status,
    recordedAtSec,
    occurredOn: seoulDay(occurredAtSec),
    ...(refersTo && { refersTo }),
    ...(replacedBy && { replacedBy }),
    ...(openDisputes !== undefined && { openDisputes }),
    // null: erased, or kept by another gateway. The entry itself stays on the ledger.
    document: document === undefined ? null : publicPart(RECORDS[type].document, document),
  };
}

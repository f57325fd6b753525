/** What a vehicle document must be, beyond being the one that was committed to. */
import type { RecordedEvent } from '../../core/abi.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { seoulDay } from '../../core/seoul.ts';
import { ENTRY_KINDS } from '../../core/submission.ts';
import type { CheckContext } from '../../verify/document.ts';
import { type Check, failed, passed, skipped } from '../../verify/verdict.ts';
import { disputeDocument, isDispute } from './dispute.ts';
import { changeDocument, RECORDS, typeOfSchema, type VehicleDocument } from './records.ts';
import { inspectionValidUntil } from './terms.ts';

/** @param document from anybody; its commitment is checked elsewhere. */
export function checks(
  event: RecordedEvent,
  document: unknown,
  context: CheckContext = {},
): readonly Check[] {
  // Records of cars are entries; in a batch nobody would compare their author and day.
  if (event.name === 'BatchAnchored') return [failed('vehicle-form', 'other-schema')];
  if (event.name !== 'EntryRecorded') return [];
  const isDocument = event.args.kind <= ENTRY_KINDS.indexOf('supersede') + 1;
  const type = typeOfSchema(nameOf(event.args.schema));
  if (type === undefined && !isDispute(event.args)) return [failed('vehicle-form', 'other-schema')];
  if (document === undefined) return [skipped('vehicle-form', 'no-document')];
  const form = type === undefined ? disputeDocument : RECORDS[type].document;
  const parsed = (isDocument ? form : changeDocument).safeParse(document);
  if (!parsed.success)
    return [failed('vehicle-form', 'broken', { field: parsed.error.issues[0]!.path.join('.') })];
  const { organisation, ...fields } = document as VehicleDocument;
  const author = agreement('vehicle-author', organisation, nameOf(event.args.organisation));
  if (!isDocument || type === undefined) {
    // What is named in the document is what the ledger changed, or what is in doubt.
    const meant = isDocument ? event.args.subject : event.args.refersTo;
    const kind = ENTRY_KINDS[event.args.kind - 1];
    if (fields.entryId !== meant) return [failed('vehicle-form', 'broken', { field: 'entryId' })];
    if (!isDocument && fields.change !== kind) return [failed('vehicle-form', 'broken', { field: 'change' })];
    return [passed('vehicle-form'), author];
  }
  const day = fields[RECORDS[type].day] as string;
  return [
    passed('vehicle-form'),
    author,
    agreement('vehicle-day', day, seoulDay(event.args.occurredAt)),
    ...(type === 'inspection' ? [validity(day, context.nowSec)] : []),
  ];
}

/** An expired record is a true record: it fails nothing, but must not pass for one in force. */
function validity(inspectedOn: string, nowSec: number | undefined): Check {
  const id = 'inspection-in-force';
  const details = { validUntil: inspectionValidUntil(inspectedOn) };
  if (nowSec === undefined) return skipped(id, 'no-clock', details);
  return seoulDay(nowSec) <= details.validUntil ? passed(id, details) : skipped(id, 'expired', details);
}

function agreement(id: string, written: string, recorded: string): Check {
  const details = { written, recorded };
  return written === recorded ? passed(id, details) : failed(id, 'differs', details);
}

function nameOf(name: string): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

/** What a vehicle document must be, beyond being the one that was committed to. */
import type { RecordedEvent } from '../../core/abi.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { seoulDay, startOfSeoulDay } from '../../core/seoul.ts';
import { ENTRY_KINDS } from '../../core/submission.ts';
import type { CheckContext } from '../../verify/document.ts';
import type { Check } from '../../verify/verdict.ts';
import { changeDocument, RECORDS, typeOfSchema, type VehicleDocument } from './records.ts';
import { inspectionValidUntil } from './terms.ts';

export function checks(
  event: RecordedEvent,
  document: unknown,
  context: CheckContext = {},
): readonly Check[] {
  if (event.name !== 'EntryRecorded') return [];
  const isDocument = ENTRY_KINDS.indexOf('supersede') >= event.args.kind - 1;
  const type = typeOfSchema(nameOf(event.args.schema));
  if (type === undefined) return [{ id: 'vehicles.form', status: 'failed' }];
  if (document === undefined) return [{ id: 'vehicles.form', status: 'skipped' }];
  const parsed = (isDocument ? RECORDS[type].document : changeDocument).safeParse(document);
  if (!parsed.success) {
    const first = parsed.error.issues[0]!;
    return [
      {
        id: 'vehicles.form',
        status: 'failed',
        details: { field: first.path.join('.'), reason: first.message },
      },
    ];
  }
  const author: Check = agreement(
    'vehicles.author',
    (document as VehicleDocument).organisation,
    nameOf(event.args.organisation),
  );
  if (!isDocument) return [{ id: 'vehicles.form', status: 'passed' }, author];
  const day = (document as VehicleDocument)[RECORDS[type].day] as string;
  return [
    { id: 'vehicles.form', status: 'passed' },
    author,
    agreement(
      'vehicles.day',
      day,
      seoulDay(event.args.occurredAt),
      startOfSeoulDay(day) === event.args.occurredAt,
    ),
    ...(type === 'inspection' ? [validity(day, context.nowSec)] : []),
  ];
}

/** An expired record is a true record: it fails nothing, but must not pass for one in force. */
function validity(inspectedOn: string, nowSec: number | undefined): Check {
  const validUntil = inspectionValidUntil(inspectedOn);
  const isInForce = nowSec !== undefined && seoulDay(nowSec) <= validUntil;
  return { id: 'vehicles.in-force', status: isInForce ? 'passed' : 'skipped', details: { validUntil } };
}

function agreement(id: string, written: string, recorded: string, agrees = written === recorded): Check {
  return { id, status: agrees ? 'passed' : 'failed', details: { written, recorded } };
}

function nameOf(name: string): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

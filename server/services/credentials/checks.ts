/** What a credential must be, beyond standing in a recorded batch. */
import type { RecordedEvent } from '../../core/abi.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { seoulDay } from '../../core/seoul.ts';
import type { CheckContext } from '../../verify/document.ts';
import type { Check } from '../../verify/verdict.ts';
import { CERTIFICATES, type Certificate, typeOfSchema } from './records.ts';
import { periodState } from './status.ts';

export function checks(
  event: RecordedEvent,
  document: unknown,
  context: CheckContext = {},
): readonly Check[] {
  if (event.name !== 'BatchAnchored') return [];
  const issuer = nameOf(event.args.issuer);
  const schema = nameOf(event.args.schema);
  // The contract anchors a batch only while its issuer is accredited for this form, so the event itself is the proof.
  const accredited: Check = { id: 'credentials.accredited', status: 'passed', details: { issuer, schema } };
  const type = typeOfSchema(schema);
  if (type === undefined)
    return [accredited, { id: 'credentials.form', status: 'failed', details: { schema } }];
  if (document === undefined) return [accredited, { id: 'credentials.form', status: 'skipped' }];
  const parsed = CERTIFICATES[type].document.safeParse(document);
  if (!parsed.success) {
    const first = parsed.error.issues[0]!;
    const details = { field: first.path.join('.'), reason: first.message };
    return [accredited, { id: 'credentials.form', status: 'failed', details }];
  }
  const certificate = document as Certificate;
  return [
    accredited,
    { id: 'credentials.form', status: 'passed' },
    {
      id: 'credentials.issuer',
      status: certificate.issuer === issuer ? 'passed' : 'failed',
      details: { written: certificate.issuer, recorded: issuer },
    },
    issuedBy(certificate, event.timeSec),
    period(certificate, context.nowSec),
    status(context.status),
  ];
}

/** The ledger's time bounds the written one: a certificate may be written before it is recorded, never after. */
function issuedBy({ issuedOn }: Certificate, recordedAtSec: number): Check {
  const recordedOn = seoulDay(recordedAtSec);
  return {
    id: 'credentials.issued',
    status: issuedOn <= recordedOn ? 'passed' : 'failed',
    details: { issuedOn, recordedOn },
  };
}

function period(certificate: Certificate, nowSec: number | undefined): Check {
  const { validFrom, validUntil = '-' } = certificate;
  const details = { validFrom, validUntil };
  if (nowSec === undefined) return { id: 'credentials.period', status: 'skipped', details };
  return {
    id: 'credentials.period',
    status: periodState(certificate, nowSec) === 'within' ? 'passed' : 'failed',
    details,
  };
}

/** Offline nobody knows of a later revocation: the check is skipped, and the words say so. */
function status(known: CheckContext['status']): Check {
  if (known === undefined) return { id: 'credentials.status', status: 'skipped' };
  return {
    id: 'credentials.status',
    status: known === 'valid' ? 'passed' : 'failed',
    details: { status: known },
  };
}

function nameOf(name: string): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

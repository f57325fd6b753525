/** What a credential must be, beyond standing in a recorded batch. */
import type { RecordedEvent } from '../../core/abi.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { seoulDay } from '../../core/seoul.ts';
import type { CheckContext } from '../../verify/document.ts';
import { type Check, failed, passed, skipped } from '../../verify/verdict.ts';
import { CERTIFICATES, type Certificate, typeOfSchema } from './records.ts';
import { periodState } from './status.ts';

/** @param document from anybody; that it is the committed one is checked elsewhere. */
export function checks(
  event: RecordedEvent,
  document: unknown,
  context: CheckContext = {},
): readonly Check[] {
  // A certificate written as a record could never be revoked, and nobody would compare its issuer.
  if (event.name === 'EntryRecorded')
    return [failed('credential-form', 'other-schema', { schema: nameOf(event.args.schema) })];
  if (event.name !== 'BatchAnchored') return [];
  const issuer = nameOf(event.args.issuer);
  const schema = nameOf(event.args.schema);
  // The contract anchors a batch only while its issuer is accredited for this form or service, so the event itself is the proof.
  const accredited = passed('issuer-accredited', { issuer, schema });
  const type = typeOfSchema(schema);
  if (type === undefined) return [accredited, failed('credential-form', 'other-schema', { schema })];
  if (document === undefined) return [accredited, skipped('credential-form', 'no-document')];
  const parsed = CERTIFICATES[type].document.safeParse(document);
  if (!parsed.success) {
    const field = parsed.error.issues[0]!.path.join('.');
    return [accredited, failed('credential-form', 'broken', { field })];
  }
  const certificate = document as Certificate;
  return [
    accredited,
    passed('credential-form'),
    issuedBy(certificate, issuer),
    issuedBefore(certificate, event.timeSec),
    period(certificate, context.nowSec),
    status(context.status),
  ];
}

function issuedBy({ issuer: written }: Certificate, recorded: string): Check {
  const details = { written, recorded };
  return written === recorded
    ? passed('credential-issuer', details)
    : failed('credential-issuer', 'differs', details);
}

/** The ledger's time bounds the written one: a certificate may be written before it is recorded, never after. */
function issuedBefore({ issuedOn }: Certificate, recordedAtSec: number): Check {
  const details = { issuedOn, recordedOn: seoulDay(recordedAtSec) };
  return issuedOn <= details.recordedOn
    ? passed('credential-issued', details)
    : failed('credential-issued', 'after-recording', details);
}

function period(certificate: Certificate, nowSec: number | undefined): Check {
  const { validFrom, validUntil = '-' } = certificate;
  const details = { validFrom, validUntil };
  if (nowSec === undefined) return skipped('credential-period', 'no-clock', details);
  const state = periodState(certificate, nowSec) ?? 'within';
  return state === 'within'
    ? passed('credential-period', details)
    : failed('credential-period', state, details);
}

/** Offline nobody knows of a later revocation: the check is skipped, and the words say so. */
function status(known: CheckContext['status']): Check {
  if (known === undefined) return skipped('credential-status', 'offline');
  return known === 'valid' ? passed('credential-status') : failed('credential-status', known);
}

function nameOf(name: string): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

/** The writes of the service: issue by type, and change the status of what was issued. */
import type { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { commitmentOf, entryIdOf } from '../../core/hash.ts';
import { nameToBytes32 } from '../../core/ids.ts';
import { seoulDay } from '../../core/seoul.ts';
import {
  type Action,
  type Attested,
  defineAction,
  type Known,
  type Plan,
  type Reading,
  type Refused,
  ready,
  row,
} from '../define.ts';
import { numbered } from './output.ts';
import { CERTIFICATES, type CertificateInput, type CertificateType, statusChange } from './records.ts';
import type { LeafStatus } from './status.ts';
import { batchRow, leafStatus } from './view.ts';

/** Far beyond any time in seconds, so that its complement sorts the newest first. */
const END_OF_TIME = 10 ** 12;

export const EXAMPLE_ID: Hex = `0x${'c7'.repeat(32)}`;

export const actions: Readonly<Record<string, Action>> = {
  'issue-residence': issuing('residence', {
    holderName: '홍길동',
    holderBirthDate: '1990-01-31',
    district: '성동구 용답동',
    eligibility: 'resident',
    residentSince: '2019-05-02',
    validUntil: '2027-12-31',
  }),
  'issue-course': issuing('course', {
    holderName: '홍길동',
    courseName: '자동차 성능점검 기초',
    hours: 32,
    completedOn: '2026-02-27',
    result: 'completed',
  }),
  'issue-employment': issuing('employment', {
    holderName: '홍길동',
    employer: '서울시 청년센터',
    position: '사무 보조',
    employedFrom: '2025-07-01',
    employedUntil: '2025-12-31',
  }),
  revoke: changing('revoked', ['valid', 'suspended'], 'issued-in-error', '폐기', 'Revoke'),
  suspend: changing('suspended', ['valid'], 'under-review', '정지', 'Suspend'),
  resume: changing('valid', ['suspended'], 'review-finished', '정지 해제', 'Resume'),
};

/** Rows of what an organisation issued here, newest first. */
export const issuedRange = (organisation: string): string => `local:credentials/issued/${organisation}/`;

function issuing(type: CertificateType, example: unknown): Action {
  const { schema, title, input } = CERTIFICATES[type];
  return defineAction({
    summary: { ko: `${title.ko} 발급`, en: `Issue: ${title.en}` },
    input: input as unknown as z.ZodType<CertificateInput>,
    access: 'organisation',
    schema,
    example,
    reply: numbered,
    plan: (asked, known) => ready(issuePlan(schema, asked, known)),
  });
}

function issuePlan(schema: string, asked: CertificateInput, known: Known): Plan | Refused {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  const { organisation } = known.actor;
  const issuedOn = seoulDay(known.nowSec);
  const validFrom = asked.validFrom ?? issuedOn;
  if (asked.validUntil !== undefined && asked.validUntil < issuedOn)
    return { refused: 'EXPIRED_AT_ISSUE', field: 'validUntil', details: { today: issuedOn } };
  if (asked.validUntil !== undefined && asked.validUntil < validFrom)
    return { refused: 'PERIOD_REVERSED', field: 'validUntil' };
  const idempotency = known.idempotency();
  const entryId = entryIdOf(nameToBytes32(organisation), idempotency);
  const number = asked.number ?? `${issuedOn.slice(0, 4)}-${entryId.slice(2, 14).toUpperCase()}`;
  const document = { schema, issuer: organisation, issuedOn, ...asked, validFrom, number };
  const salt = known.salt();
  const key = `${issuedRange(organisation)}${String(END_OF_TIME - known.nowSec).padStart(12, '0')}/${entryId}`;
  return {
    submissions: [
      {
        to: 'attestations',
        organisation,
        service: 'credentials',
        schema,
        commitment: commitmentOf(document, salt),
        idempotency,
      },
    ],
    originals: [{ entryId, document, salt }],
    local: [{ key, value: entryId }],
    reply: { number },
  };
}

function changing(
  status: LeafStatus,
  from: readonly LeafStatus[],
  reason: z.infer<typeof statusChange>['reason'],
  ko: string,
  en: string,
): Action {
  return defineAction({
    summary: { ko: `증명 ${ko}`, en: `${en} a credential` },
    input: statusChange,
    access: 'organisation',
    example: { entryId: EXAMPLE_ID, reason },
    *plan(asked: z.infer<typeof statusChange>, known: Known): Reading<Plan | Refused> {
      if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
      const { organisation, isCity } = known.actor;
      const attested = yield* row<Attested>(`attested:${asked.entryId}`);
      const batch = attested && (yield* batchRow(attested.batchId));
      const leaf = attested && (yield* leafStatus(attested.batchId, attested.index));
      if (attested === undefined || batch === undefined || leaf === undefined)
        return { refused: 'CREDENTIAL_UNKNOWN', field: 'entryId', details: { entryId: asked.entryId } };
      if (batch.issuer !== organisation && !isCity)
        return { refused: 'NOT_THE_ISSUER', field: 'entryId', details: { issuer: batch.issuer } };
      if (!from.includes(leaf.status))
        return { refused: 'CREDENTIAL_STATUS', field: 'entryId', details: { status: leaf.status } };
      const { batchId, index } = attested;
      const idempotency = known.idempotency();
      const entryId = entryIdOf(nameToBytes32(organisation), idempotency);
      const { note, ...rest } = asked;
      // The chain says only that the status changed. Why is between issuer and holder: kept encrypted, never shown to verifiers.
      const document = { change: status, organisation, ...rest, ...(note !== undefined && { note }) };
      return {
        submissions: [
          {
            to: 'attestation-status',
            organisation,
            service: 'credentials',
            batchId,
            indexes: [index],
            status,
            idempotency,
          },
        ],
        originals: [{ entryId, document, salt: known.salt() }],
        local: [{ key: changeKey(asked.entryId, known.nowSec, entryId), value: entryId }],
      };
    },
  });
}

/** Every change asked for here of one credential, oldest first. */
export const changesRange = (entryId: Hex): string => `local:credentials/changes/${entryId}/`;

function changeKey(of: Hex, nowSec: number, change: Hex): string {
  return `${changesRange(of)}${String(nowSec).padStart(12, '0')}/${change}`;
}

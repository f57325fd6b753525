/** The reads of the service: status for everybody without a word about the holder, documents for holder and issuer. */
import { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import {
  type Attested,
  defineQuery,
  type EntryState,
  type Original,
  type Query,
  type Reading,
  row,
  rows,
} from '../define.ts';
import { entryId, field } from '../fields.ts';
import { changesRange, EXAMPLE_ID, issuedRange } from './actions.ts';
import { holderKeyOf, holderLink, isHolderKey } from './holder.ts';
import { held, issuedList, issuedOne, statusOfLeaf, statusOfOne } from './output.ts';
import type { Certificate } from './records.ts';
import { type CredentialStatus, credentialStatus } from './status.ts';
import { leafStatus } from './view.ts';

const MAX_CHANGES = 100;

const byId = z.strictObject({ entryId: entryId('증명', 'Credential') });
const byLeaf = z.strictObject({
  batchId: entryId('묶음', 'Batch'),
  index: field(z.coerce.number().int().min(0).max(1_048_575), '위치', 'Position'),
});
const holderProof = z.strictObject({
  entryId: entryId('증명', 'Credential'),
  key: field(z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'KEY_FORM'), '소지자 열쇠', "Holder's key", {
    personal: true,
  }),
});
const page = z.strictObject({
  after: field(
    z.string().regex(/^[0-9]{12}\/0x[0-9a-f]{64}$/),
    '이어서 볼 위치',
    'Continue after',
  ).optional(),
  limit: field(z.coerce.number().int().min(1).max(200).default(50), '건수', 'At most'),
});

interface Held {
  readonly original: Original | undefined;
  readonly attested: Attested | undefined;
  readonly status: CredentialStatus;
}

export const queries: Readonly<Record<string, Query>> = {
  status: defineQuery({
    summary: { ko: '증명 상태 확인', en: 'Status of a credential' },
    path: 'status/{entryId}',
    input: byId,
    access: 'public',
    example: { entryId: EXAMPLE_ID },
    output: statusOfOne,
    *answer(asked: z.infer<typeof byId>, known) {
      return { entryId: asked.entryId, ...(yield* heldOf(asked.entryId, known.nowSec)).status };
    },
  }),
  'leaf-status': defineQuery({
    summary: { ko: '묶음 안 위치로 상태 확인', en: 'Status by position in a batch' },
    path: 'leaf-status/{batchId}/{index}',
    input: byLeaf,
    access: 'public',
    example: { batchId: EXAMPLE_ID, index: '0' },
    output: statusOfLeaf,
    /** For whoever holds the document: says what the ledger says of the leaf, the days are in the document. */
    *answer({ batchId, index }: z.infer<typeof byLeaf>, known) {
      const leaf = yield* leafStatus(batchId, index);
      return { batchId, index, status: leaf?.status ?? 'unknown', asOfSec: known.nowSec };
    },
  }),
  holder: defineQuery({
    summary: { ko: '내 증명서 받기', en: 'Fetch my certificate' },
    path: 'holder',
    method: 'post',
    input: holderProof,
    access: 'public',
    example: { entryId: EXAMPLE_ID, key: 'AAAAAAAAAAAAAAAAAAAAAA' },
    output: held,
    *answer({ entryId: id, key }: z.infer<typeof holderProof>, known) {
      const { original, attested, status } = yield* heldOf(id, known.nowSec);
      // The same answer for a wrong key and for no such credential: nobody learns which ids exist.
      if (original === undefined || !isCertificate(original.document) || !isHolderKey(key, id, original.salt))
        return undefined;
      return { entryId: id, ...original, ...(attested && { attested }), status };
    },
  }),
  issued: defineQuery({
    summary: { ko: '발급 목록', en: 'What was issued' },
    path: 'issued',
    input: page,
    access: 'organisation',
    example: {},
    output: issuedList,
    *answer({ after, limit }: z.infer<typeof page>, known) {
      if (known.actor.kind !== 'organisation') return undefined;
      const range = issuedRange(known.actor.organisation);
      const found = yield* rows<Hex>(range, limit, after && range + after);
      const credentials: unknown[] = [];
      for (const { value } of found) credentials.push(yield* issuedOf(value, known.nowSec));
      const last = found.at(-1)?.key.slice(range.length);
      return { credentials, ...(found.length === limit && { next: last }) };
    },
  }),
  'issued-one': defineQuery({
    summary: { ko: '발급한 증명 한 건', en: 'One issued credential' },
    path: 'issued/{entryId}',
    input: byId,
    access: 'organisation',
    example: { entryId: EXAMPLE_ID },
    output: issuedOne,
    *answer({ entryId: id }: z.infer<typeof byId>, known) {
      const original = yield* row<Original>(`original:${id}`);
      const issuer = isCertificate(original?.document) ? original.document.issuer : undefined;
      if (known.actor.kind !== 'organisation' || issuer !== known.actor.organisation) return undefined;
      const changes: unknown[] = [];
      for (const { value } of yield* rows<Hex>(changesRange(id), MAX_CHANGES)) {
        const entry = yield* row<EntryState>(`entry:${value}`);
        const change = yield* row<Original>(`original:${value}`);
        changes.push({ entryId: value, state: entry?.state, ...(change?.document as object | undefined) });
      }
      return { ...(yield* issuedOf(id, known.nowSec)), document: original?.document, changes };
    },
  }),
};

function* heldOf(id: Hex, nowSec: number): Reading<Held> {
  const original = yield* row<Original>(`original:${id}`);
  const attested = yield* row<Attested>(`attested:${id}`);
  const leaf = attested && (yield* leafStatus(attested.batchId, attested.index));
  const period = isCertificate(original?.document) ? original.document : undefined;
  return { original, attested, status: credentialStatus({ leaf, period }, nowSec) };
}

/** For the issuer, who knows the holder and hands over the link. */
function* issuedOf(id: Hex, nowSec: number) {
  const { original, status } = yield* heldOf(id, nowSec);
  if (original === undefined || !isCertificate(original.document))
    return { entryId: id, status, document: null };
  const { schema, number, holderName, issuedOn, validFrom, validUntil } = original.document;
  return {
    entryId: id,
    schema,
    number,
    holderName,
    issuedOn,
    validFrom,
    ...(validUntil !== undefined && { validUntil }),
    status,
    holderLink: holderLink(id, holderKeyOf(id, original.salt)),
  };
}

/** Ids are the caller's: one of a vehicle record or of a status change must not open here. */
function isCertificate(document: unknown): document is Certificate {
  const schema = (document as { schema?: unknown } | undefined)?.schema;
  return typeof schema === 'string' && schema.startsWith('credentials.');
}

/**
 * Photographs of an inspection. Each comes by itself, before the record that names its digest: one request stays as small as any
 * other, and one that failed on the way is sent again alone. The picture is an original like any document: sealed under a key of
 * its own, erased by its id, never on the chain. `local:vehicles/photo/<organisation>/<digest>` marks one that no record names yet.
 */
import { z } from 'zod';
import { fromBase64, type Hex, toHex, utf8 } from '../../core/bytes.ts';
import { entryIdOf, keccak256, sha256 } from '../../core/hash.ts';
import { nameToBytes32 } from '../../core/ids.ts';
import {
  type Action,
  defineAction,
  defineQuery,
  type Original,
  type Plan,
  type Query,
  type Reading,
  type Refused,
  row,
  rows,
} from '../define.ts';
import { entryId, field, issue } from '../fields.ts';
import { EXAMPLES } from './examples.ts';
import { readJpeg } from './jpeg.ts';
import { photograph as answer, photographed } from './output.ts';
import { RECORDS } from './records.ts';
import { documentOf, recordOf } from './rules.ts';
import { entriesOn } from './view.ts';

const MAX_BYTES = 600_000;
const MAX_SIDE = 4096;
/** Of one organisation: photographs of the records that are being written. */
const MAX_WAITING = 100;
/** More entries on one car than its life makes. */
const MAX_ENTRIES = 300;

const jpeg = z
  .string()
  .max(24 + Math.ceil(MAX_BYTES / 3) * 4)
  .transform((url, context) => {
    const bytes = bytesOf(url);
    const found = bytes && bytes.length <= MAX_BYTES ? readJpeg(bytes) : undefined;
    const refuse = (code: string) => {
      // Never the picture itself: refusals are answered and logged.
      context.issues.push(issue(code, '', { maxBytes: MAX_BYTES, maxSide: MAX_SIDE }));
      return z.NEVER;
    };
    if (bytes === undefined || found === undefined) return refuse('PHOTOGRAPH_FORM');
    if (Math.max(found.width, found.height) > MAX_SIDE) return refuse('PHOTOGRAPH_TOO_LARGE');
    return found.hasMetadata ? refuse('PHOTOGRAPH_METADATA') : { url, bytes };
  });

const input = z.strictObject({
  image: field(jpeg, '사진(JPEG 데이터 URL)', 'Photograph (data URL of a JPEG)', {
    hint: {
      ko: '촬영 정보(EXIF)가 없는 JPEG, 600 kB까지',
      en: 'JPEG without camera data (EXIF), up to 600 kB',
    },
  }),
});

const byDigest = z.strictObject({
  entryId: entryId('점검기록부', 'Inspection record'),
  digest: field(
    z.string().regex(/^[0-9a-f]{64}$/, 'DIGEST_FORM'),
    '사진 SHA-256',
    'SHA-256 of the photograph',
  ),
});

const waitingRange = (organisation: string): string => `local:vehicles/photo/${organisation}/`;

export const photographing: Readonly<Record<string, Action>> = {
  'add-photograph': defineAction({
    summary: { ko: '점검 사진 올리기', en: 'Hand in a photograph' },
    input,
    access: 'organisation',
    schema: RECORDS.inspection.schema,
    example: { image: EXAMPLES.photograph },
    isLocal: true,
    reply: photographed,
    *plan({ image: { url, bytes } }: z.infer<typeof input>, known): Reading<Plan | Refused> {
      if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
      const { organisation } = known.actor;
      const digest = toHex(sha256(bytes)).slice(2);
      const range = waitingRange(organisation);
      const waiting = yield* rows<true>(range, MAX_WAITING);
      if (waiting.length === MAX_WAITING && !waiting.some(({ key }) => key === range + digest))
        return { refused: 'PHOTOGRAPHS_WAITING', details: { max: MAX_WAITING } };
      return {
        submissions: [],
        originals: [
          { entryId: photographId(organisation, digest), document: { image: url }, salt: known.salt() },
        ],
        local: [{ key: range + digest, value: true }],
        reply: { digest },
      };
    },
  }),
};

/** Marks to take away when a record names its photographs. */
export function namedRows(organisation: string, photographs: unknown): NonNullable<Plan['local']> {
  const digests = (photographs ?? []) as readonly string[];
  return digests.map((digest) => ({ key: waitingRange(organisation) + digest, value: undefined }));
}

/** Plates, faces and yards may be in it: for the organisations that have to do with the car, and the city. */
export const photographs: Readonly<Record<string, Query>> = {
  photograph: defineQuery({
    summary: { ko: '점검 사진', en: 'A photograph of an inspection' },
    path: 'records/{entryId}/photographs/{digest}',
    input: byDigest,
    access: 'organisation',
    example: { entryId: EXAMPLES.entryId, digest: 'ab'.repeat(32) },
    output: answer,
    *answer({ entryId: id, digest }: z.infer<typeof byDigest>, { actor }) {
      if (actor.kind !== 'organisation') return undefined;
      const entry = yield* recordOf(id);
      const named = ((yield* documentOf(id))?.photographs ?? []) as readonly string[];
      if ('refused' in entry || !named.includes(digest)) return undefined;
      const entries = yield* entriesOn(entry.subject, MAX_ENTRIES);
      if (!actor.isCity && !entries.some(({ organisation }) => organisation === actor.organisation))
        return undefined;
      const originalId = photographId(entry.organisation, digest);
      const original = yield* row<Original>(`original:${originalId}`);
      const image = (original?.document as { image: string } | undefined)?.image ?? null;
      return { originalId, digest, image };
    },
  }),
};

/** The same picture of the same organisation is kept once. No entry has this id: its key is no request's. */
function photographId(organisation: string, digest: string): Hex {
  const key = toHex(keccak256(utf8(`sillok.photograph.1\0${digest}`)));
  return entryIdOf(nameToBytes32(organisation), key);
}

function bytesOf(url: string): Uint8Array | undefined {
  const base64 = /^data:image\/jpeg;base64,([A-Za-z0-9+/]+={0,2})$/.exec(url)?.[1];
  try {
    return base64 === undefined ? undefined : fromBase64(base64);
  } catch {
    return undefined;
  }
}

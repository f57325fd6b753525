/** What is written in the voting service: the public text of a poll, and the bodies of its actions. */
import { z } from 'zod';
import { fromBase64, type Hex } from '../../core/bytes.ts';
import { entryId, field, issue, text } from '../fields.ts';
import { isFieldElement } from './ballot.ts';
import { codeOf, codesOfCsv } from './codes.ts';

export const POLL_SCHEMA = 'voting.poll.1';
export const MAX_OPTIONS = 64;
/** One import; call it again for more. */
const MAX_CODES = 5_000;
/** Of the picture itself, before base64: small enough that a poll with pictures loads on a bad line. */
export const MAX_IMAGE_BYTES = 48 * 1024;
/** Order of the base field of BN254: coordinates of a proof's points lie below it. */
const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

const bilingual = (length: number) =>
  z.strictObject({
    ko: field(text(length), '한국어', 'Korean', { public: true }),
    en: field(text(length), '영어', 'English', { public: true }).optional(),
  });

const MAGIC = {
  'image/png': [0x89, 0x50, 0x4e, 0x47],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/webp': [0x52, 0x49, 0x46, 0x46],
} as const;
export type ImageType = keyof typeof MAGIC;

export interface Image {
  readonly mediaType: ImageType;
  readonly bytes: Uint8Array;
}

/** undefined when the address is no picture of an allowed kind and size. Nothing that a page could execute gets through. */
export function imageOf(dataUrl: string): Image | undefined {
  const match = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+={0,2})$/.exec(dataUrl);
  if (match === null) return undefined;
  const mediaType = match[1] as ImageType;
  try {
    const bytes = fromBase64(match[2]!);
    const isKind = pictureTypeOf(bytes) === mediaType;
    return isKind && bytes.length <= MAX_IMAGE_BYTES ? { mediaType, bytes } : undefined;
  } catch {
    return undefined;
  }
}

/** By its first bytes. */
export function pictureTypeOf(bytes: Uint8Array): ImageType | undefined {
  const types = Object.keys(MAGIC) as ImageType[];
  return types.find((type) => MAGIC[type].every((byte, i) => bytes[i] === byte));
}

const image = z
  .string()
  .max(2 * MAX_IMAGE_BYTES)
  .refine((url) => imageOf(url) !== undefined, { error: 'IMAGE_INVALID' });

const option = bilingual(200).extend({
  image: field(image, '그림(데이터 URL)', 'Picture (data URL)').optional(),
  imageAlt: field(text(200), '그림 설명', 'What the picture shows').optional(),
});

/** Seconds of a moment with its zone, e.g. 2026-11-21T09:00:00+09:00. */
const moment = z.iso
  .datetime({ offset: true })
  .transform((value) => Math.floor(Date.parse(value) / 1000))
  .pipe(
    z
      .int()
      .min(0)
      .max(2 ** 40),
  );

const count = (ko: string, en: string, min: number) => field(z.int().min(min).max(MAX_OPTIONS), ko, en);

export const createPoll = z
  .strictObject({
    title: field(bilingual(200), '제목', 'Title'),
    text: field(bilingual(4_000), '설명', 'Text').optional(),
    options: field(z.array(option).min(2).max(MAX_OPTIONS), '선택지', 'Options'),
    minChoices: count('최소 선택 수', 'Fewest choices', 0).default(1),
    maxChoices: count('최대 선택 수', 'Most choices', 1).default(1),
    opensAt: field(moment, '시작 시각', 'Opens at'),
    closesAt: field(moment, '마감 시각', 'Closes at'),
  })
  .check((context) => {
    const { options, minChoices, maxChoices, opensAt, closesAt } = context.value;
    const add = (code: string, path: string, details: Record<string, unknown>) =>
      context.issues.push({ ...issue(code, context.value, details), path: [path] });
    if (maxChoices > options.length)
      add('MORE_CHOICES_THAN_OPTIONS', 'maxChoices', { maxChoices, options: options.length });
    if (minChoices > maxChoices) add('CHOICES_REVERSED', 'minChoices', { minChoices, maxChoices });
    if (closesAt <= opensAt) add('CLOSES_BEFORE_OPENING', 'closesAt', {});
    const texts = options.map(({ ko }) => ko);
    const twice = texts.findIndex((ko, i) => texts.indexOf(ko) !== i);
    if (twice >= 0) add('OPTION_TWICE', 'options', { option: texts[twice] });
  });
export type CreatePoll = z.infer<typeof createPoll>;

const pollId = entryId('투표', 'Poll');

export const importCodes = z
  .strictObject({
    pollId,
    codes: field(z.array(z.string().max(100)).max(MAX_CODES), '등록 코드', 'Enrolment codes').optional(),
    csv: field(z.string().max(400_000), '등록 코드 CSV(첫 열)', 'Enrolment codes as CSV (first column)', {
      widget: 'textarea',
    }).optional(),
  })
  .transform(({ pollId, codes, csv }, context) => {
    const given = [...(codes ?? []), ...(csv === undefined ? [] : codesOfCsv(csv))];
    const found = given.map(codeOf);
    const bad = found.indexOf(undefined);
    const add = (code: string, details: Record<string, unknown>) =>
      context.issues.push(issue(code, given.length, details));
    if (given.length === 0) add('NO_CODES', {});
    else if (given.length > MAX_CODES) add('TOO_MANY_CODES', { codes: given.length, max: MAX_CODES });
    // The line, never the code itself: refusals are logged.
    else if (bad >= 0) add('CODE_MALFORMED', { line: bad + 1 });
    return { pollId, codes: [...new Set(found.filter((code) => code !== undefined))] };
  });
export type ImportCodes = z.infer<typeof importCodes>;

export const enrol = z.strictObject({
  pollId,
  code: field(
    z
      .string()
      .max(100)
      .transform((value, context) => {
        const code = codeOf(value);
        if (code !== undefined) return code;
        context.issues.push(issue('CODE_MALFORMED', '', { line: 1 }));
        return z.NEVER;
      }),
    '등록 코드',
    'Enrolment code',
    { personal: true },
  ),
  commitment: field(
    z.string().refine((value) => isFieldElement(value) && value !== '0', { error: 'COMMITMENT_INVALID' }),
    '투표 열쇠의 공개값(기기에서 만듦)',
    'Public value of the voting key (made on the device)',
  ),
});
export type Enrol = z.infer<typeof enrol>;

export const onePoll = z.strictObject({ pollId });
export type OnePoll = z.infer<typeof onePoll>;

const coordinate = z
  .string()
  .refine((value) => /^(0|[1-9][0-9]{0,76})$/.test(value) && BigInt(value) < BASE_FIELD, {
    error: 'PROOF_MALFORMED',
  });

export const cast = z.strictObject({
  pollId,
  choices: field(
    z
      .array(
        z
          .int()
          .min(0)
          .max(MAX_OPTIONS - 1),
      )
      .max(MAX_OPTIONS)
      .refine((choices) => choices.every((choice, i) => i === 0 || choice > choices[i - 1]!), {
        error: 'CHOICES_UNORDERED',
      }),
    '선택(0부터, 오름차순)',
    'Choices, from 0, rising',
  ),
  nullifier: field(
    z.string().refine(isFieldElement, { error: 'NULLIFIER_INVALID' }),
    '중복 방지 값',
    'Nullifier',
  ),
  proof: field(z.array(coordinate).length(8), '증명', 'Proof'),
});
export type Cast = z.infer<typeof cast>;

/** The public text of a poll; its SHA-256 in canonical JSON is what the chain binds every ballot to. */
export interface PollContent {
  readonly schema: typeof POLL_SCHEMA;
  readonly organisation: string;
  readonly title: { readonly ko: string; readonly en?: string | undefined };
  readonly text?: { readonly ko: string; readonly en?: string | undefined };
  readonly options: readonly {
    readonly ko: string;
    readonly en?: string | undefined;
    readonly image?: { readonly sha256: Hex; readonly mediaType: ImageType; readonly alt?: string };
  }[];
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly opensAtSec: number;
  readonly closesAtSec: number;
  readonly mode: 'open';
}

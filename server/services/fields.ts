/** Fields that know their labels: one schema makes the parser, the OpenAPI part, the form and the public extract of a document. */
import { z } from 'zod';
import type { Hex } from '../core/bytes.ts';
import type { Text, Words } from './define.ts';

/** Stands in the JSON schema of a field, as `z.toJSONSchema` copies it. */
export interface FieldMeta {
  readonly label: Text;
  readonly hint?: Text;
  readonly unit?: Text;
  readonly widget?: 'date' | 'textarea' | 'entry' | 'body-diagram' | 'photographs';
  /** Text of every value of an enum. */
  readonly options?: Readonly<Record<string, Text>>;
  /** Tells something about a person: never in an answer to strangers, whatever surrounds it. */
  readonly personal?: true;
  /** May be shown to everybody. Without it a field is for its organisation only. */
  readonly public?: true;
}
type More = Omit<FieldMeta, 'label'>;

/** Put it last: what zod adds behind it loses the label. `.optional()` alone may follow. */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  ko: string,
  en: string,
  more: More = {},
): Schema {
  return schema.meta({
    label: { ko, en },
    title: en,
    ...(more.hint && { description: more.hint.en }),
    ...more,
  });
}

/** Text of what the fields of this file refuse; a service that uses them takes these words among its own. */
export const FIELD_WORDS: Words = {
  TEXT_INVISIBLE: { ko: '보이지 않는 글자는 쓸 수 없습니다.', en: 'Invisible characters cannot be used.' },
  ENTRY_ID_FORM: {
    ko: '기록 번호는 0x와 64자리 16진수입니다.',
    en: 'An entry id is 0x and 64 hexadecimal digits.',
  },
};

/** One of several values, each with its Korean and English text. */
export function choice<const Value extends string>(
  values: Readonly<Record<Value, readonly [ko: string, en: string]>>,
  ko: string,
  en: string,
  more: More = {},
) {
  const names = Object.keys(values) as [Value, ...Value[]];
  const options = Object.fromEntries(
    names.map((name) => [name, { ko: values[name][0], en: values[name][1] }]),
  );
  return field(z.enum(names), ko, en, { ...more, options });
}

/** A refusal inside a schema: `code` has words in the service, `details` the offending values. */
export function issue(code: string, input: unknown, details: Readonly<Record<string, unknown>> = {}) {
  return { code: 'custom' as const, message: code, input, params: { code, details } };
}

/** No control or invisible characters but the line break: nothing that turns the direction of what stands beside it. */
const VISIBLE = /^(?:\n|[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}])*$/u;

/** Text in NFKC, trimmed: full-width digits and letters of a Korean keyboard become the plain ones. */
export function text(maxLength: number) {
  return z
    .string()
    .max(4 * maxLength)
    .transform((value) => value.normalize('NFKC').replaceAll('\r\n', '\n').trim())
    .pipe(z.string().min(1).max(maxLength).regex(VISIBLE, 'TEXT_INVISIBLE'));
}

/** A calendar day, `YYYY-MM-DD`. */
export function day(ko: string, en: string, more: More = {}) {
  return field(z.iso.date(), ko, en, { widget: 'date', ...more });
}

/** Id of an entry of the ledger. */
export function entryId(ko: string, en: string, more: More = {}) {
  const schema = z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'ENTRY_ID_FORM')
    .transform((id) => id.toLowerCase() as Hex);
  return field(schema, ko, en, { widget: 'entry', ...more });
}

/** Members of answers. */
export const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/);
export const second = z.int().min(0).meta({ description: 'Unix time in seconds' });
/** A code with words in the service, and the values that the words name. */
export const doubt = z.strictObject({
  code: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** The label and the rest of a field, also behind `optional` and `default`. */
function metaOf(schema: z.ZodType): Partial<FieldMeta> {
  const own = schema.meta() as Partial<FieldMeta> | undefined;
  return own ?? (isWrapped(schema) ? metaOf(schema.unwrap() as z.ZodType) : {});
}

/**
 * The part of a document that everybody may see: only members marked `public`, in lists and groups too, and nothing personal.
 * What the schema does not know is left out.
 */
export function publicPart(schema: z.ZodType, document: unknown): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(document))
    return document.map((item) => publicPart(inner.element as z.ZodType, item));
  if (!(inner instanceof z.ZodObject) || typeof document !== 'object' || document === null) return document;
  const shown: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(inner.shape as Record<string, z.ZodType>)) {
    const value = (document as Record<string, unknown>)[name];
    const { public: isPublic, personal } = metaOf(member);
    if (value !== undefined && isPublic && !personal) shown[name] = publicPart(member, value);
  }
  return shown;
}

/** Every field of a schema with its path, groups before their members. */
export function fieldsOf(
  schema: z.ZodType,
  path = '',
): { path: string; schema: z.ZodType; meta: Partial<FieldMeta> }[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return fieldsOf(inner.element as z.ZodType, `${path}[]`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ path: at, schema: unwrap(member), meta: metaOf(member) }, ...fieldsOf(member, at)];
  });
}

function isWrapped(schema: z.ZodType): schema is z.ZodOptional | z.ZodDefault | z.ZodNullable {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable;
}

function unwrap(schema: z.ZodType): z.ZodType {
  return isWrapped(schema) ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/** Canonical JSON (RFC 8785, the JSON Canonicalization Scheme) of I-JSON values; the bytes that commitments are made of. */
import { AppError } from './errors.ts';

/** @throws AppError JSON_NOT_CANONICAL on values that I-JSON cannot hold: undefined, NaN, bigint, lone surrogates. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new AppError('JSON_NOT_CANONICAL', { value: String(value) });
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = value as Readonly<Record<string, unknown>>;
    let text = '';
    // UTF-16 code unit order (RFC 8785, 3.2.3), which is how JavaScript sorts strings.
    for (const key of Object.keys(members).sort())
      if (members[key] !== undefined)
        text += `${text === '' ? '' : ','}${quote(key)}:${canonicalJson(members[key])}`;
    return `{${text}}`;
  }
  throw new AppError('JSON_NOT_CANONICAL', { type: typeof value });
}

function quote(text: string): string {
  if (!text.isWellFormed()) throw new AppError('JSON_NOT_CANONICAL', { reason: 'lone surrogate' });
  return JSON.stringify(text);
}

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
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    // UTF-16 code unit order (RFC 8785, 3.2.3), which is what JavaScript's comparison does.
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${quote(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  throw new AppError('JSON_NOT_CANONICAL', { type: typeof value });
}

function quote(text: string): string {
  if (!text.isWellFormed()) throw new AppError('JSON_NOT_CANONICAL', { reason: 'lone surrogate' });
  return JSON.stringify(text);
}

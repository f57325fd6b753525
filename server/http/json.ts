/**
 * Strict JSON (RFC 8259 narrowed to I-JSON, RFC 7493): what two readers could understand differently is refused.
 * No duplicate keys, lone surrogates, NUL, `__proto__`, numbers a double cannot hold, or nesting beyond {@link MAX_DEPTH}.
 */
import { AppError } from '../core/errors.ts';

const MAX_DEPTH = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws AppError JSON_MALFORMED | JSON_DUPLICATE_KEY | JSON_FORBIDDEN_KEY | JSON_TEXT_INVALID | JSON_NUMBER_UNSAFE | JSON_TOO_DEEP */
export function parseJson(text: string): unknown {
  let at = 0;

  const malformed = () => new AppError('JSON_MALFORMED', { at });
  /** The next character that is no white space; it is not consumed. */
  const next = (): string | undefined => {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++;
    return text[at];
  };
  const expect = (character: string) => {
    if (next() !== character) throw malformed();
    at++;
  };

  /** Scanned by hand: a pattern over megabytes of hostile text would exhaust the pattern engine's stack. */
  const readString = (): string => {
    const start = at;
    if (text[at] !== '"') throw malformed();
    let escaped = false;
    for (at++; text[at] !== '"'; at++) {
      // Also true of NaN, behind the end of the text.
      if (!(text.charCodeAt(at) >= 0x20)) throw malformed();
      if (text[at] !== '\\') continue;
      escaped = true;
      at++;
    }
    at++;
    const value = escaped ? unquote(text.slice(start, at)) : text.slice(start + 1, at - 1);
    if (value.includes('\0') || !value.isWellFormed()) throw new AppError('JSON_TEXT_INVALID', { at: start });
    return value;
  };

  const unquote = (quoted: string): string => {
    try {
      return JSON.parse(quoted) as string;
    } catch (error) {
      throw new AppError('JSON_MALFORMED', { at }, error);
    }
  };

  const readNumber = (): number => {
    const start = at;
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(text)?.[0];
    if (digits === undefined) throw malformed();
    at += digits.length;
    const value = Number(digits);
    // A whole number beyond 2^53 would silently become another one.
    const unsafe = Number.isInteger(value) && !Number.isSafeInteger(value);
    if (!Number.isFinite(value) || unsafe) throw new AppError('JSON_NUMBER_UNSAFE', { at: start });
    return value;
  };

  const readObject = (depth: number): Record<string, unknown> => {
    const members: Record<string, unknown> = {};
    at++;
    if (next() === '}') {
      at++;
      return members;
    }
    for (;;) {
      next();
      const start = at;
      const key = readString();
      if (key === '__proto__') throw new AppError('JSON_FORBIDDEN_KEY', { key, at: start });
      if (Object.hasOwn(members, key)) throw new AppError('JSON_DUPLICATE_KEY', { key, at: start });
      expect(':');
      members[key] = readValue(depth);
      if (next() !== ',') break;
      at++;
    }
    expect('}');
    return members;
  };

  const readArray = (depth: number): unknown[] => {
    const items: unknown[] = [];
    at++;
    if (next() === ']') {
      at++;
      return items;
    }
    for (;;) {
      items.push(readValue(depth));
      if (next() !== ',') break;
      at++;
    }
    expect(']');
    return items;
  };

  const readValue = (depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new AppError('JSON_TOO_DEEP', { max: MAX_DEPTH });
    const first = next();
    if (first === '{') return readObject(depth + 1);
    if (first === '[') return readArray(depth + 1);
    if (first === '"') return readString();
    for (const [literal, value] of LITERALS)
      if (text.startsWith(literal, at)) {
        at += literal.length;
        return value;
      }
    return readNumber();
  };

  const value = readValue(0);
  if (next() !== undefined) throw malformed();
  return value;
}

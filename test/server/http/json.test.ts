import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson } from '../../../server/core/canonical.ts';
import type { AppError } from '../../../server/core/errors.ts';
import { parseJson } from '../../../server/http/json.ts';
import { property } from '../../helpers/property.ts';

function codeOf(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    return (error as AppError).code;
  }
  return 'none';
}

describe('strict JSON', () => {
  it('reads whatever JSON.stringify writes, as JSON.parse does', () => {
    const values = fc.jsonValue({ maxDepth: 6 }).filter((value) => {
      const text = JSON.stringify(value);
      return !text.includes('\\u0000') && !text.includes('__proto__') && isSafe(value);
    });
    property(values, (value) => {
      for (const space of [0, 2]) {
        const text = JSON.stringify(value, null, space);
        expect(parseJson(text)).deep.equal(JSON.parse(text));
      }
    });
  });

  it('has one canonical form however the members were ordered', () => {
    property(
      fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.integer()), {
        selector: ([key]) => key,
        maxLength: 8,
      }),
      (members) => {
        const clean = members.filter(([key]) => key !== '__proto__' && !key.includes('\0'));
        const write = (list: typeof clean) =>
          `{${list.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
        const there = canonicalJson(parseJson(write(clean)));
        expect(canonicalJson(parseJson(write([...clean].reverse())))).equal(there);
      },
    );
  });

  it('never takes what JSON.parse refuses', () => {
    property(
      fc.string({ unit: fc.constantFrom(...'{}[],:"\\u0 1-e.tfalsn\n'.split('')), maxLength: 12 }),
      (text) => {
        if (codeOf(text) === 'none') expect(() => JSON.parse(text)).not.to.throw();
      },
    );
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['two members of one name', '{"a":1,"b":2,"a":3}', 'JSON_DUPLICATE_KEY'],
    ['two members of one name in different spelling', '{"a":1,"\\u0061":3}', 'JSON_DUPLICATE_KEY'],
    ['a lone surrogate', '{"a":"\\ud800"}', 'JSON_TEXT_INVALID'],
    ['a lone surrogate in a name', '{"\\udc00":1}', 'JSON_TEXT_INVALID'],
    ['NUL', '{"a":"\\u0000"}', 'JSON_TEXT_INVALID'],
    ['__proto__', '{"__proto__":{"isCity":true}}', 'JSON_FORBIDDEN_KEY'],
    ['__proto__ in disguise', '{"__pro\\u0074o__":{}}', 'JSON_FORBIDDEN_KEY'],
    ['deep nesting', '['.repeat(100_000), 'JSON_TOO_DEEP'],
    ['a number beyond doubles', '1e999', 'JSON_NUMBER_UNSAFE'],
    ['a whole number beyond 2^53', '9007199254740993', 'JSON_NUMBER_UNSAFE'],
    ['NaN', '{"a":NaN}', 'JSON_MALFORMED'],
    ['a raw control character', '"\u0001"', 'JSON_MALFORMED'],
    ['a comment', '{"a":1/**/}', 'JSON_MALFORMED'],
    ['a comma too many', '[1,]', 'JSON_MALFORMED'],
    ['text behind the end', '{}{}', 'JSON_MALFORMED'],
    ['a string without end', `"${'a'.repeat(1_000_000)}`, 'JSON_MALFORMED'],
    ['an escape that does not exist', '"\\x41"', 'JSON_MALFORMED'],
    ['a byte order mark', '\ufeff{}', 'JSON_MALFORMED'],
    ['nothing', '', 'JSON_MALFORMED'],
  ];
  for (const [what, text, code] of refused)
    it(`refuses ${what}`, () => {
      expect(codeOf(text)).equal(code);
    });

  it('takes nesting up to its limit and 100,000 members', () => {
    expect(codeOf('['.repeat(32) + ']'.repeat(32))).equal('none');
    const members = Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',');
    expect(Object.keys(parseJson(`{${members}}`) as object)).lengthOf(100_000);
  });
});

function isSafe(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isSafe);
}

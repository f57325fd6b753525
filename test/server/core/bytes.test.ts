import { expect } from 'chai';
import fc from 'fast-check';
import * as bytes from '../../../server/core/bytes.ts';

const anyBytes = fc.uint8Array({ maxLength: 70 });

describe('bytes', () => {
  it('come back from every text form as they went in', () => {
    fc.assert(
      fc.property(anyBytes, (given) => {
        expect(bytes.fromHex(bytes.toHex(given))).to.deep.equal(given);
        expect(bytes.fromBase64(bytes.toBase64(given))).to.deep.equal(given);
        expect(bytes.fromBase64Url(bytes.toBase64Url(given))).to.deep.equal(given);
      }),
      { seed: 4648 },
    );
  });

  it('agree with Node on base64 and base64url', () => {
    fc.assert(
      fc.property(anyBytes, (given) => {
        expect(bytes.toBase64(given)).to.equal(Buffer.from(given).toString('base64'));
        expect(bytes.toBase64Url(given)).to.equal(Buffer.from(given).toString('base64url'));
      }),
      { seed: 4649 },
    );
  });

  for (const text of ['AA', 'AB==', 'A===', 'AA=A', 'A A=', 'AA==\n', '_w==']) {
    it(`refuse the base64 text ${JSON.stringify(text)}, which is not the canonical form`, () => {
      expect(() => bytes.fromBase64(text)).to.throw(RangeError);
    });
  }

  for (const text of ['AB', 'A', 'AA==', '+w']) {
    it(`refuse the base64url text ${JSON.stringify(text)}, which is not the canonical form`, () => {
      expect(() => bytes.fromBase64Url(text)).to.throw(RangeError);
    });
  }

  for (const text of ['', '0x1', '1234', '0xgg', '0X12']) {
    it(`refuse ${JSON.stringify(text)} as hexadecimal`, () => {
      expect(() => bytes.fromHex(text)).to.throw(RangeError);
    });
  }

  it('are equal only in every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (given, at) => {
        const other = Uint8Array.from(given);
        expect(bytes.equal(given, other)).to.equal(true);
        other[at % other.length]! ^= 1;
        expect(bytes.equal(given, other)).to.equal(false);
        expect(bytes.equal(given, given.subarray(1))).to.equal(false);
      }),
      { seed: 1 },
    );
  });

  it('refuse what is not UTF-8', () => {
    expect(() => bytes.fromUtf8(Uint8Array.of(0xff))).to.throw(TypeError);
    expect(bytes.fromUtf8(bytes.utf8('실록'))).to.equal('실록');
  });
});

import { expect } from 'chai';
import { AbiCoder, encodeBytes32String, keccak256 as ethersKeccak } from 'ethers';
import fc from 'fast-check';
import { type Hex, toHex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { commitmentOf, contentHash, entryIdOf } from '../../../server/core/hash.ts';
import { bytes32ToName, nameToBytes32 } from '../../../server/core/ids.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,30}$/);
const salt: Hex = `0x${'11'.repeat(16)}`;

describe('names on chain', () => {
  it('are short strings as Solidity holds them, there and back', () => {
    fc.assert(
      fc.property(name, (given) => {
        expect(nameToBytes32(given)).to.equal(encodeBytes32String(given));
        expect(bytes32ToName(nameToBytes32(given))).to.equal(given);
      }),
      { seed: 32 },
    );
  });

  for (const given of ['', 'A', '-a', 'a b', 'a'.repeat(32), '서울', 'a_b', 'a\0']) {
    it(`refuse ${JSON.stringify(given)}`, () => {
      expect(() => nameToBytes32(given))
        .to.throw(AppError)
        .with.property('code', 'NAME_INVALID');
    });
  }

  it('refuse bytes that hide something behind the name', () => {
    const hidden = `0x61${'00'.repeat(30)}62`;
    expect(() => bytes32ToName(hidden)).to.throw(AppError);
    expect(() => bytes32ToName('0x61')).to.throw(AppError);
  });
});

describe('commitments', () => {
  it('bind every member of the document and the salt', () => {
    const commitment = commitmentOf({ a: 1, b: '가' }, salt);
    expect(commitmentOf({ b: '가', a: 1 }, salt)).to.equal(commitment);
    expect(commitmentOf({ a: 1, b: '나' }, salt)).to.not.equal(commitment);
    expect(commitmentOf({ a: 1, b: '가' }, `0x${'12'.repeat(16)}`)).to.not.equal(commitment);
  });

  it('never equal the plain hash of the document', () => {
    expect(commitmentOf({ vin: '1M8GDM9AXKP042788' }, salt)).to.not.equal(
      contentHash({ vin: '1M8GDM9AXKP042788' }),
    );
  });

  it('give each organisation its own entry for one idempotency key', () => {
    const key: Hex = `0x${'aa'.repeat(32)}`;
    expect(entryIdOf(nameToBytes32('city'), key)).to.not.equal(entryIdOf(nameToBytes32('dealer'), key));
  });
});

describe('entry ids', () => {
  it('are what the contracts compute: keccak256(abi.encode(organisation, idempotency))', () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
    fc.assert(
      fc.property(word, word, (organisation, idempotency) => {
        const encoded = AbiCoder.defaultAbiCoder().encode(
          ['bytes32', 'bytes32'],
          [organisation, idempotency],
        );
        expect(entryIdOf(organisation, idempotency)).to.equal(ethersKeccak(encoded));
      }),
      { seed: 256 },
    );
  });
});

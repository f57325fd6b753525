import { expect } from 'chai';
import { Transaction as EthersTransaction, getCreateAddress, keccak256, SigningKey } from 'ethers';
import fc from 'fast-check';
import { mayHaveLogged } from '../../../server/chain/bloom.ts';
import {
  anchorCalldata,
  bundleDigest,
  castCalldata,
  changeStatusCalldata,
  createPollsCalldata,
  entryWords,
  freezeRollsCalldata,
  submitCalldata,
} from '../../../server/chain/calldata.ts';
import { createdAddress, signTransaction } from '../../../server/chain/transaction.ts';
import { interfaces } from '../../../server/core/abi.ts';
import { fromHex, type Hex, toHex } from '../../../server/core/bytes.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import type { CastSubmission, RecordSubmission } from '../../../server/core/submission.ts';
import { ENTRY_KINDS } from '../../../server/core/submission.ts';
import { digestOf, entryStruct, typedDataOf } from '../../../server/core/typed-data.ts';
import { hashOf } from '../../helpers/outbox.ts';
import { property } from '../../helpers/property.ts';

const address = (byte: string): Hex => `0x${byte.repeat(20)}`;
const contracts = {
  Organisations: address('a1'),
  Records: address('a2'),
  Attestations: address('a3'),
  Ballots: address('a4'),
};
const hexBytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toHex(bytes));
const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,30}$/);
const entry: fc.Arbitrary<RecordSubmission> = fc.record({
  to: fc.constant('records' as const),
  organisation: fc.constant('dealer'),
  service: name,
  schema: name,
  subject: hexBytes(32),
  commitment: hexBytes(32),
  refersTo: hexBytes(32),
  kind: fc.constantFrom(...ENTRY_KINDS),
  occurredAtSec: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  idempotency: hexBytes(32),
});
const signature = fc.uint8Array({ minLength: 0, maxLength: 200 }).map((bytes) => toHex(bytes));
const field = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String);

describe('calldata laid out by hand', () => {
  it('of bundles is what an ABI coder makes of them', () => {
    const bundle = fc.record({
      organisation: name,
      key: hexBytes(32),
      entries: fc.array(entry, { maxLength: 4 }),
      signature,
    });
    property(fc.array(bundle, { maxLength: 4 }), (bundles) => {
      const expected = interfaces.Records.encodeFunctionData('submit', [
        bundles.map((one) => ({
          ...one,
          organisation: nameToBytes32(one.organisation),
          entries: one.entries.map(entryStruct),
        })),
      ]);
      const laidOut = submitCalldata(
        bundles.map((one) => ({ ...one, entries: one.entries.map(entryWords) })),
      );
      expect(laidOut).to.equal(expected);
    });
  });

  it('of ballots is what an ABI coder makes of them', () => {
    const cast: fc.Arbitrary<CastSubmission> = fc.record({
      to: fc.constant('casts' as const),
      pollId: hexBytes(32),
      choices: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
      nullifier: field,
      proof: fc.array(field, { minLength: 8, maxLength: 8 }),
    });
    property(fc.array(cast, { maxLength: 4 }), (casts) => {
      expect(castCalldata(casts)).to.equal(interfaces.Ballots.encodeFunctionData('cast', [casts]));
    });
  });

  it('gives the digest of a bundle that wallets compute', () => {
    property(
      fc.array(entry, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 2 ** 31 }),
      (entries, chainId) => {
        const typed = typedDataOf({ to: 'bundle', organisation: 'dealer', entries }, chainId, contracts);
        expect(bundleDigest('dealer', entries.map(entryWords), chainId, contracts)).to.equal(digestOf(typed));
      },
    );
  });

  it('of the rarer calls decodes to what was meant', () => {
    const signed = { key: hashOf('key'), signature: `0x${'11'.repeat(65)}` as Hex, idempotency: hashOf('i') };
    const decode = (contract: 'Attestations' | 'Ballots', call: string, data: Hex) =>
      interfaces[contract].decodeFunctionData(call, data)[0][0].toObject();
    const of = { organisation: 'dealer', service: 'credentials' };
    const dealer = nameToBytes32('dealer');

    const batch = { ...signed, ...of, to: 'batch' as const, schema: 's.1', root: hashOf('r'), count: 3 };
    expect(decode('Attestations', 'anchor', anchorCalldata([batch]))).to.include({
      issuer: dealer,
      service: nameToBytes32('credentials'),
      schema: nameToBytes32('s.1'),
      root: batch.root,
      count: 3n,
    });
    const change = {
      ...signed,
      ...of,
      to: 'attestation-status' as const,
      batchId: hashOf('b'),
      indexes: [1, 5],
      status: 'revoked' as const,
    };
    const changed = decode('Attestations', 'changeStatus', changeStatusCalldata([change]));
    expect(changed).to.include({ organisation: dealer, batchId: change.batchId, status: 3n });
    expect([...changed.indexes]).to.deep.equal([1n, 5n]);
    const poll = {
      ...signed,
      to: 'polls' as const,
      organisation: 'dealer',
      content: hashOf('c'),
      options: 3,
      minChoices: 0,
      maxChoices: 2,
      opensAtSec: 10,
      closesAtSec: 20,
      mode: 'open' as const,
    };
    expect(decode('Ballots', 'createPolls', createPollsCalldata([poll]))).to.include({
      organisation: dealer,
      content: poll.content,
      options: 3n,
      maxChoices: 2n,
      opensAt: 10n,
      closesAt: 20n,
      mode: 0n,
    });
    const roll = {
      ...signed,
      to: 'rolls' as const,
      organisation: 'dealer',
      pollId: hashOf('p'),
      root: '77',
      size: 9,
    };
    expect(decode('Ballots', 'freezeRolls', freezeRollsCalldata([roll]))).to.include({
      pollId: roll.pollId,
      root: 77n,
      size: 9n,
    });
  });
});

describe('a signed transaction', () => {
  const key = new SigningKey(hashOf('lane'));
  const signer = {
    address: address('00'),
    sign: async (digest: Hex) => key.sign(digest).serialized as Hex,
  };

  it('is byte by byte what ethers makes of it', async () => {
    const cases = fc.sample(
      fc.record({
        chainId: fc.integer({ min: 1, max: 2 ** 40 }),
        nonce: fc.oneof(fc.constant(0), fc.constant(127), fc.constant(128), fc.nat()),
        gas: fc.integer({ min: 21_000, max: 16_777_216 }),
        data: fc.uint8Array({ maxLength: 300 }),
        isCreation: fc.boolean(),
      }),
      { seed: 11, numRuns: 200 },
    );
    for (const { chainId, nonce, gas, data, isCreation } of cases) {
      const to = isCreation ? {} : { to: address('b0') };
      const { raw, hash } = await signTransaction(signer, { chainId, nonce, gas, data: toHex(data), ...to });
      const expected = EthersTransaction.from({
        type: 0,
        chainId,
        nonce,
        gasLimit: gas,
        gasPrice: 0,
        value: 0,
        data: toHex(data),
        ...to,
      });
      expected.signature = key.sign(expected.unsignedHash);
      expect(raw).to.equal(expected.serialized);
      expect(hash).to.equal(expected.hash);
    }
  });

  it('of one call, nonce and key has one form, so that a repeated step is the same transaction', async () => {
    const transaction = { chainId: 1, nonce: 3, gas: 21_000, to: address('b0'), data: '0x' as Hex };
    expect(await signTransaction(signer, transaction)).to.deep.equal(
      await signTransaction(signer, transaction),
    );
  });

  it('creates a contract where ethers expects it', () => {
    for (const nonce of [0, 1, 127, 128, 255, 256, 70_000])
      expect(createdAddress(address('c5'), nonce)).to.equal(
        getCreateAddress({ from: address('c5'), nonce }).toLowerCase(),
      );
  });
});

describe('the bloom of a header', () => {
  const bloomOf = (addresses: readonly Hex[]) => {
    const bits = new Uint8Array(256);
    for (const one of addresses) {
      const hash = fromHex(keccak256(one));
      for (const at of [0, 2, 4]) {
        const bit = ((hash[at]! << 8) | hash[at + 1]!) & 2047;
        bits[255 - (bit >> 3)]! |= 1 << (bit & 7);
      }
    }
    return toHex(bits);
  };

  it('admits every address that logged', () => {
    property(fc.array(hexBytes(20), { minLength: 1, maxLength: 20 }), (addresses) => {
      for (const one of addresses) expect(mayHaveLogged(bloomOf(addresses), one)).to.equal(true);
    });
  });

  it('of an empty block admits none, and what is no bloom admits all', () => {
    property(hexBytes(20), (one) => {
      expect(mayHaveLogged(bloomOf([]), one)).to.equal(false);
      expect(mayHaveLogged('0x', one)).to.equal(true);
    });
  });
});

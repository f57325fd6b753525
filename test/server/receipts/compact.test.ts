import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { create } from 'qrcode';
import { concat, toHex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { encodeLeaf } from '../../../server/core/event.ts';
import { sha256 } from '../../../server/core/hash.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { cosign, signNote } from '../../../server/log/sign.ts';
import { COMPACT_LIMIT, receiptToBase45 } from '../../../server/receipts/binary.ts';
import { receiptLink } from '../../../server/receipts/link.ts';
import { fromBase45, toBase45 } from '../../../server/verify/base45.ts';
import { formatTreeHead } from '../../../server/verify/checkpoint.ts';
import { base45ToReceipt, packZeros, unpackZeros } from '../../../server/verify/compact.ts';
import { inclusionLength, leafHash, rootFromInclusion } from '../../../server/verify/merkle.ts';
import { formatReceipt } from '../../../server/verify/receipt.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import {
  bytes32,
  LOG_KEY,
  leavesOf,
  makeReceipt,
  ORIGIN,
  recordEvent,
  SEED,
  TIME_SEC,
  TRUST,
  testKey,
  WITNESS_KEYS,
} from '../../helpers/log.ts';

/** Another implementation, which comes without types. */
const base45 = createRequire(import.meta.url)('base45') as { encode(bytes: Buffer): string };
const entries = leavesOf(30);
const random = (n: number): Uint8Array => sha256(Uint8Array.of(n % 256, Math.floor(n / 256)));

describe('The compact receipt', () => {
  it('gives back the receipt, character for character', () => {
    for (const index of [0, 7, 15, 16, 29]) {
      const receipt = makeReceipt(index, { entries });
      expect(base45ToReceipt(receiptToBase45(receipt), TRUST)).to.equal(receipt);
    }
  });

  it('fits a QR code of version 25 at L for logs of 100,000 entries with the signatures of log and four witnesses', () => {
    const amended = encodeLeaf(recordEvent(1, bytes32('an earlier entry')));
    const compact = receiptToBase45(receiptIn(100_000, 65_537, amended));
    const { version } = create(compact, { errorCorrectionLevel: 'L' });
    expect(version).to.be.at.most(25);
    expect(compact.length).to.be.at.most(COMPACT_LIMIT);
    expect(verifyReceipt(base45ToReceipt(compact, TRUST), TRUST, { verifyEd25519 }).outcome).to.equal(
      'valid',
    );
  });

  it('is refused rather than drawn too dense', () => {
    const refusal = () => receiptToBase45(receiptIn(2 ** 40, 2 ** 39, entries[0]!));
    expect(refusal).to.throw(AppError).with.property('code', 'COMPACT_TOO_LARGE');
  });

  it('is never valid with one character changed', () => {
    const compact = receiptToBase45(makeReceipt(7, { entries }));
    const trust = { ...TRUST, threshold: 4 };
    fc.assert(
      fc.property(fc.nat(compact.length - 1), fc.constantFrom(...'0A9 :/-Z'), (at, character) => {
        if (compact[at] === character) return;
        const changed = compact.slice(0, at) + character + compact.slice(at + 1);
        expect(outcome(changed, trust)).to.not.equal('valid');
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  it('never throws anything but a refusal, whatever was scanned', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        outcome(`SILLOK1:${toBase45(concat(Uint8Array.of(1), bytes))}`, TRUST);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('drops signatures of witnesses that the trust file does not know', () => {
    const compact = receiptToBase45(makeReceipt(7, { entries }));
    const trust = { ...TRUST, witnesses: TRUST.witnesses.slice(0, 2), threshold: 2 };
    const receipt = base45ToReceipt(compact, trust);
    expect(receipt.match(/^— server/gm)).to.have.length(2);
    expect(verifyReceipt(receipt, trust, { verifyEd25519 }).outcome).to.equal('valid');
  });

  it('of a log that the trust file does not know is refused as such', () => {
    const compact = receiptToBase45(makeReceipt(7, { entries, logKey: testKey('other.example/log', 1) }));
    expect(() => base45ToReceipt(compact, TRUST))
      .to.throw(AppError)
      .with.property('code', 'COMPACT_OTHER_LOG');
  });

  it('refuses to blow up a small code into a large leaf', () => {
    const bomb = Uint8Array.from(Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0 : 255)));
    expect(() => unpackZeros(bomb, 0xffff))
      .to.throw(AppError)
      .with.property('code', 'COMPACT_MALFORMED');
    for (const packed of [[0], [0, 0], [0, 3, 0, 4], [1, 0]])
      expect(() => unpackZeros(Uint8Array.from(packed), 100)).to.throw(AppError);
  });

  it('packs any bytes and unpacks them again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { maxLength: 800 }), (values) => {
        const bytes = Uint8Array.from(values);
        expect(toHex(unpackZeros(packZeros(bytes), 800))).to.equal(toHex(bytes));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('refuses trailing bytes, other versions, other prefixes and cut codes', () => {
    const compact = receiptToBase45(makeReceipt(7, { entries }));
    const bytes = fromBase45(compact.slice('SILLOK1:'.length));
    const again = (changed: Uint8Array) => `SILLOK1:${toBase45(changed)}`;
    const wrong = [
      again(concat(bytes, Uint8Array.of(0))),
      again(concat(Uint8Array.of(2), bytes.subarray(1))),
      again(bytes.subarray(0, -1)),
      compact.replace('SILLOK1:', 'HC1:'),
      compact.toLowerCase(),
    ];
    for (const text of wrong)
      expect(() => base45ToReceipt(text, TRUST))
        .to.throw(AppError)
        .with.property('code', 'COMPACT_MALFORMED');
  });

  function outcome(compact: string, trust: typeof TRUST): string {
    try {
      return verifyReceipt(base45ToReceipt(compact, trust), trust, { verifyEd25519 }).outcome;
    } catch (error) {
      expect(error).to.be.instanceOf(AppError);
      return 'refused';
    }
  }
});

describe('Base45', () => {
  it('agrees with another implementation and with the examples of RFC 9285', () => {
    expect(toBase45(Buffer.from('AB'))).to.equal('BB8');
    expect(toBase45(Buffer.from('Hello!!'))).to.equal('%69 VD92EX0');
    expect(toBase45(Buffer.from('base-45'))).to.equal('UJCLQE7W581');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase45(bytes);
        expect(text).to.equal(base45.encode(Buffer.from(bytes)));
        expect(toHex(fromBase45(text))).to.equal(toHex(bytes));
      }),
      { seed: SEED },
    );
  });

  for (const text of ['A', 'ABCD', 'GGW', ':::', '::', 'ab0', 'A\u00e90'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => fromBase45(text))
        .to.throw(AppError)
        .with.property('code', 'BASE45_MALFORMED');
    });
});

describe('The short link of a receipt', () => {
  it('fits a QR code of version 8 at M for a public address of 50 characters', () => {
    const address = `https://${'sillok-ledger.long-city-name.go.kr'.padEnd(42, 'x')}`;
    expect(address).to.have.length(50);
    const link = receiptLink(address, bytes32('entry'), entries[0]!);
    expect(create(link, { errorCorrectionLevel: 'M' }).version).to.be.at.most(8);
  });

  it('names entry and leaf in the fragment, which no server sees', () => {
    const link = receiptLink('https://sillok.example', bytes32('entry'), entries[0]!);
    const [entryId, hash] = new URL(link).hash.slice(1).split('.');
    expect(entryId?.toLowerCase()).to.equal(bytes32('entry'));
    expect(hash?.toLowerCase()).to.equal(toHex(leafHash(entries[0]!)));
  });
});

/** A log far larger than a test can build: the other entries are known by their hashes only. */
function receiptIn(size: number, index: number, leaf: Uint8Array): string {
  const path = Array.from({ length: inclusionLength(index, size) }, (_, i) => random(i));
  const root = rootFromInclusion(index, size, leafHash(leaf), path)!;
  const text = formatTreeHead({ origin: ORIGIN, size, root });
  const checkpoint =
    signNote(text, LOG_KEY) + WITNESS_KEYS.map((key) => cosign(text, key, TIME_SEC)).join('');
  return formatReceipt({ leaf, index, path, checkpoint });
}

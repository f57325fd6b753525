import { expect } from 'chai';
import fc from 'fast-check';
import { type Hex, toHex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { serviceChecks } from '../../../server/verify/document.ts';
import { leafHash } from '../../../server/verify/merkle.ts';
import { formatVerifierKey, parseNote, parseVerifierKey } from '../../../server/verify/note.ts';
import { parseReceipt } from '../../../server/verify/receipt.ts';
import { parseTrust, type Trust } from '../../../server/verify/trust.ts';
import { failed, passed, skipped } from '../../../server/verify/verdict.ts';
import { type Expected, verifyReceipt } from '../../../server/verify/verify.ts';
import { CHECK_WORDS } from '../../../server/verify/words.ts';
import { leavesOf, makeReceipt, SEED, TRUST, WITNESS_KEYS } from '../../helpers/log.ts';

const tools = { verifyEd25519 };
const entries = leavesOf(40);

describe('A receipt', () => {
  it('is valid at every place of logs of every size up to 40', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
        const index = seed % size;
        const receipt = makeReceipt(index, { entries: entries.slice(0, size) });
        const verdict = verifyReceipt(receipt, TRUST, tools);
        expect(verdict.outcome).to.equal('valid');
        expect(verdict.event?.leafIndex).to.equal(index);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is not valid any more with any single bit flipped, when every witness must have signed', () => {
    const receipt = Buffer.from(makeReceipt(23, { entries }));
    const trust: Trust = { ...TRUST, threshold: 4 };
    fc.assert(
      fc.property(fc.nat(receipt.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(receipt);
        changed[at]! ^= 1 << bit;
        expect(verifyReceipt(changed.toString('utf8'), trust, tools).outcome).to.not.equal('valid');
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it('never throws, whatever the text is', () => {
    const lines = makeReceipt(23, { entries }).split('\n');
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string({ unit: 'binary' }))), (some) => {
        expect(verifyReceipt(some.join('\n'), TRUST, tools).outcome).to.be.oneOf(['invalid', 'unknown']);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('says how many witnesses signed, which, and that they are independent of the log', () => {
    const receipt = makeReceipt(3, { entries, signers: WITNESS_KEYS.slice(0, 3) });
    const witnessed = check(receipt, TRUST, 'witnessed');
    expect(witnessed?.status).to.equal('passed');
    expect(witnessed?.details).to.include({ k: 3, n: 4, threshold: 3 });
    expect(witnessed?.details?.names).to.equal(
      [1, 2, 3].map((n) => `server-${n}.sillok.example/witness`).join(', '),
    );
  });

  it('says so when the only witness is run by the same operator as the log', () => {
    const trust = {
      ...TRUST,
      threshold: 1,
      witnesses: [{ key: WITNESS_KEYS[0]!.verifierKey, operator: TRUST.operator }],
    };
    const receipt = makeReceipt(3, { entries });
    expect(check(receipt, trust, 'witnessed')).to.equal(undefined);
    expect(check(receipt, trust, 'witnessed-by-operator')?.details).to.include({ k: 1, n: 1 });
    expect(CHECK_WORDS['witnessed-by-operator']?.en).to.equal(
      'Witnessed {k} of {n}, same operator as the log',
    );
  });

  it('counts a witness once, however often its line stands there', () => {
    const receipt = makeReceipt(3, { entries, signers: WITNESS_KEYS.slice(0, 1) });
    const line = receipt.split('\n').at(-2)!;
    const verdict = verifyReceipt(`${receipt}${line}\n${line}\n`, TRUST, tools);
    expect(verdict.outcome).to.equal('unknown');
  });

  it('stays unknown when the trust file names no witness', () => {
    const trust = { ...TRUST, witnesses: [], threshold: 0 };
    expect(verifyReceipt(makeReceipt(3, { entries }), trust, tools).outcome).to.equal('unknown');
  });

  it('must be about the entry that the link names', () => {
    const receipt = makeReceipt(3, { entries });
    const expected = { leafHash: toHex(leafHash(entries[3]!)) };
    expect(verifyReceipt(receipt, TRUST, tools, expected).outcome).to.equal('valid');
    const other = { leafHash: toHex(leafHash(entries[4]!)) };
    expect(verifyReceipt(receipt, TRUST, tools, other).outcome).to.equal('invalid');
  });

  it('must be about the entry that a link without a hash names', () => {
    const entryId = (at: number) =>
      (verifyReceipt(makeReceipt(at, { entries }), TRUST, tools).event!.args as { entryId: Hex }).entryId;
    const receipt = makeReceipt(3, { entries });
    const judge = (expected: Expected) => verifyReceipt(receipt, TRUST, tools, expected);
    const own = judge({ entryId: entryId(3) });
    expect(own.outcome).to.equal('valid');
    expect(own.checks).to.deep.include(passed('link-matches'));
    const other = judge({ entryId: entryId(4) });
    expect(other.outcome).to.equal('invalid');
    expect(other.checks).to.deep.include(failed('link-matches', 'other-entry'));
  });

  it('gets the checks of the service that its event names', () => {
    const { event } = verifyReceipt(makeReceipt(3, { entries }), TRUST, tools);
    const service = (id: string) => ({ id, checks: () => [failed(id, 'asked'), skipped(id, 'asked')] });
    const checks = serviceChecks(event!, undefined, [service('voting'), service('archives')]);
    expect(checks.map(({ id }) => id)).to.deep.equal(['archives', 'archives']);
  });

  function check(receipt: string, trust: Trust, id: string) {
    return verifyReceipt(receipt, trust, tools).checks.find((found) => found.id === id);
  }
});

describe('A signed note', () => {
  it('reads the example of c2sp.org/signed-note and verifies it', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    const note = parseNote(
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    );
    expect(note.text).to.equal('This is an example message.\n');
    expect(note.signatures[0]).to.include({ name: key.name, keyId: key.keyId });
    expect(verifyEd25519(key.publicKey, Buffer.from(note.text), note.signatures[0]!.bytes)).to.equal(true);
    expect(formatVerifierKey(key.name, key.type, key.publicKey)).to.match(/^example\.com\/foo\+530d903a\+/);
  });

  it('separates text from signatures at the last blank line', () => {
    const note = parseNote('a\n\nb\n\n— k AAAAAQE=\n');
    expect(note.text).to.equal('a\n\nb\n');
  });

  for (const [what, note] of Object.entries({
    'no signature': 'a\n',
    'no final newline': 'a\n\n— k AAAAAQE=',
    'a control character': 'a\tb\n\n— k AAAAAQE=\n',
    'a plus in the key name': 'a\n\n— k+1 AAAAAQE=\n',
    'a Unicode space in the key name': 'a\n\n— k\u30001 AAAAAQE=\n',
    'another dash': 'a\n\n- k AAAAAQE=\n',
    'a signature without bytes': 'a\n\n— k AAAAAQ==\n',
    'a lone surrogate': 'a\ud800\n\n— k AAAAAQE=\n',
    'too many signatures': `a\n\n${'— k AAAAAQE=\n'.repeat(33)}`,
  }))
    it(`is refused with ${what}`, () => {
      expect(() => parseNote(note))
        .to.throw(AppError)
        .with.property('code', 'NOTE_MALFORMED');
    });
});

describe('A trust file', () => {
  it('is taken as text or as parsed JSON', () => {
    expect(parseTrust(JSON.stringify(TRUST))).to.deep.equal(TRUST);
    expect(parseTrust(TRUST)).to.deep.equal(TRUST);
  });

  for (const [what, change] of Object.entries<object>({
    'an unknown member': { note: 'hello' },
    'a threshold above its witnesses': { threshold: 5 },
    'one witness twice': { witnesses: [TRUST.witnesses[0], TRUST.witnesses[0]] },
    'the log key of another log': { origin: 'other.example/log' },
    'a log key for a witness': { witnesses: [{ key: TRUST.logKey, operator: 'x' }] },
    'a verifier key with another id': { logKey: TRUST.logKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+') },
    'an address in capitals': { contracts: { ...TRUST.contracts, Records: `0x${'AB'.repeat(20)}` } },
  }))
    it(`is refused with ${what}`, () => {
      expect(() => parseTrust({ ...TRUST, ...change }))
        .to.throw(AppError)
        .with.property('code', 'TRUST_MALFORMED');
    });

  it('never lets a path of a receipt through that is not a hash', () => {
    const receipt = makeReceipt(3, { entries });
    expect(() => parseReceipt(receipt.replace('index 3\n', 'index 3\nAAAA\n'))).to.throw(AppError);
  });
});

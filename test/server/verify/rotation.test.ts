import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { verifyEd25519 as verifyWithOpenssl } from '../../../server/log/ed25519.ts';
import { signNote } from '../../../server/log/sign.ts';
import { base45ToReceipt } from '../../../server/verify/compact.ts';
import { verifyEd25519 } from '../../../server/verify/ed25519.ts';
import {
  checkSuccessor,
  fingerprintOf,
  parseTrust,
  type Trust,
  trustText,
} from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { CHECK_WORDS } from '../../../server/verify/words.ts';
import { LOG_KEYS, makeVectors, TRUSTS } from '../../vectors/rotation/make.ts';

const HERE = fileURLToPath(new URL('../../vectors/rotation/', import.meta.url));
const read = (name: string) => readFileSync(join(HERE, name), 'utf8');
const trust = parseTrust(read('trust-third.json'));

for (const [tool, verify] of [
  ['OpenSSL', verifyWithOpenssl],
  ['noble, as in the page', verifyEd25519],
] as const) {
  describe(`Receipts over changes of keys, with Ed25519 by ${tool}`, () => {
    for (const folder of ['valid', 'invalid', 'unknown'] as const)
      for (const name of readdirSync(join(HERE, folder)))
        it(`finds ${name} ${folder}`, () => {
          const text = read(`${folder}/${name}`);
          const receipt = name.endsWith('.qr') ? base45ToReceipt(text.trimEnd(), trust) : text;
          const verdict = verifyReceipt(receipt, trust, { verifyEd25519: verify });
          expect(verdict.outcome, JSON.stringify(verdict.checks)).to.equal(folder);
          for (const check of verdict.checks)
            if (check.status !== 'passed')
              expect(CHECK_WORDS).to.have.property(`${check.id}.${check.details?.reason}`);
        });
  });
}

describe('Receipts over changes of keys', () => {
  it('are the vectors that their generator writes', () => {
    for (const [folder, files] of Object.entries(makeVectors()))
      for (const [name, text] of Object.entries(files))
        expect(read(`${folder}/${name}`), name).to.equal(text);
    for (const [name, made] of Object.entries(TRUSTS))
      expect(parseTrust(read(`trust-${name}.json`))).to.deep.equal(made);
  });

  it('are refused by name where a retired key signed a larger tree', () => {
    const { checks } = verifyReceipt(read('invalid/retired-key-for-a-larger-tree.tlog-proof'), trust, {
      verifyEd25519,
    });
    expect(checks.find(({ id }) => id === 'log-signature')).to.deep.include({
      status: 'failed',
      details: { reason: 'retired-key', lastSize: 12, size: 13 },
    });
  });
});

describe('A trust file in the place of an older one', () => {
  const { first, second, third } = TRUSTS;
  const judge = (next: Trust, known: Trust) => {
    const { status, details } = checkSuccessor(
      parseTrust(JSON.parse(JSON.stringify(next))),
      known,
      verifyEd25519,
    );
    return status === 'passed' ? 'passed' : details!.reason;
  };

  it('is taken when it is later and the key that was trusted signed it, version by version', () => {
    expect(judge(second, first)).to.equal('passed');
    expect(judge(third, second)).to.equal('passed');
    expect(judge(third, third)).to.equal('passed');
  });

  it('is not taken over a gap, from a retired key, backwards, changed, unsigned, or of another log', () => {
    expect(judge(third, first)).to.equal('not-signed');
    const stolen = signedBy({ ...first, version: 9, threshold: 0, witnesses: [] }, LOG_KEYS.A);
    expect(judge(stolen, third)).to.equal('not-signed');
    expect(judge(second, third)).to.equal('not-later');
    expect(judge({ ...third, threshold: 1 }, second)).to.equal('bad-signature');
    expect(judge({ ...third, signatures: [] }, second)).to.equal('not-signed');
    const other = { ...third, origin: 'other.example/log', logKey: third.logKey };
    expect(() => judge(other, second)).to.throw('TRUST_MALFORMED');
  });

  it('has a fingerprint that does not depend on its signatures or on the order of its members', () => {
    const turned = Object.fromEntries(Object.entries(third).reverse()) as unknown as Trust;
    expect(fingerprintOf({ ...turned, signatures: [] })).to.equal(fingerprintOf(third));
    expect(fingerprintOf(third)).to.match(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(fingerprintOf({ ...third, threshold: 2 })).to.not.equal(fingerprintOf(third));
  });

  it('signs a text that can never be a checkpoint', () => {
    expect(trustText(third).split('\n')[1]).to.not.match(/^\d/);
  });
});

function signedBy(trust: Trust, key: (typeof LOG_KEYS)['A']): Trust {
  const lines = signNote(trustText(trust), key).split('\n\n')[1]!;
  return { ...trust, signatures: lines.trimEnd().split('\n') };
}

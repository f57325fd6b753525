import { expect } from 'chai';
import fc from 'fast-check';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import type { LogKey } from '../../../server/log/key.ts';
import { cosign } from '../../../server/log/sign.ts';
import { signTrust } from '../../../server/log/succession.ts';
import { COSIGNATURE } from '../../../server/verify/note.ts';
import { bearsFingerprint, checkNext } from '../../../server/verify/successor.ts';
import {
  fingerprintOf,
  parseTrust,
  type Trust,
  type TrustedWitness,
  trustText,
} from '../../../server/verify/trust.ts';
import { DEPLOYMENT, LOG_KEY, TIME_SEC, TRUST, testKey, WITNESS_KEYS } from '../../helpers/log.ts';
import { property } from '../../helpers/property.ts';

const known: Trust = { version: 1, ...TRUST };
const newcomer = {
  key: testKey('server-5.sillok.example/witness', COSIGNATURE).verifierKey,
  operator: 'District 5',
};

function next(change: Partial<Trust>, before: Trust = known): Trust {
  return signTrust({ ...before, version: before.version! + 1, ...change }, [LOG_KEY]);
}

const judge = (trust: Trust, before: Trust = known, fingerprint?: string) =>
  checkNext(trust, before, verifyEd25519, fingerprint).status;

describe('A trust file with other witnesses than before', () => {
  it('needs no person when each witness more comes with one cosignature more', () => {
    const witnesses = [...TRUST.witnesses, newcomer];
    expect(judge(next({ witnesses, threshold: 4 }))).to.equal('passed');
    expect(judge(next({ witnesses, threshold: 3 }))).to.equal('skipped');
    expect(judge(next({ witnesses: TRUST.witnesses.slice(0, 3) }))).to.equal('passed');
  });

  it('needs one when a witness is replaced: repeated, that would replace them all', () => {
    const trust = next({ witnesses: [...TRUST.witnesses.slice(0, 3), newcomer] });
    expect(judge(trust)).to.equal('skipped');
    expect(judge(trust, known, fingerprintOf(known))).to.equal('skipped');
    expect(judge(trust, known, fingerprintOf(trust).toUpperCase())).to.equal('passed');
  });

  it('needs none when as many as a checkpoint needs of the witnesses of before have endorsed it', () => {
    const trust = next({ witnesses: [...TRUST.witnesses.slice(0, 3), newcomer] });
    const text = trustText(trust);
    const endorsed = (...keys: readonly LogKey[]): Trust => ({
      ...trust,
      signatures: [...trust.signatures!, ...keys.map((key) => cosign(text, key, TIME_SEC).trimEnd())],
    });
    const stranger = testKey('server-5.sillok.example/witness', COSIGNATURE);
    const [w1, w2, w3, w4] = WITNESS_KEYS as [LogKey, LogKey, LogKey, LogKey];
    expect(judge(endorsed(w1, w2, w4))).to.equal('passed');
    expect(judge(endorsed(w1, w2))).to.equal('skipped');
    expect(judge(endorsed(w1, w2, w2)), 'one witness twice').to.equal('skipped');
    expect(judge(endorsed(w1, w2, stranger)), 'the new one for itself').to.equal('skipped');
    const forged = cosign(trustText(known), w3, TIME_SEC).trimEnd();
    const lines = [...endorsed(w1, w2).signatures!, forged];
    expect(judge({ ...trust, signatures: lines }), 'of another file').to.equal('skipped');
    const { signatures } = endorsed(w1, w2, w3);
    expect(judge({ ...trust, signatures: signatures!.slice(1) }), 'not signed by the log').to.equal('failed');
    const own: Trust = { ...known, operator: TRUST.witnesses[0]!.operator };
    expect(judge(endorsed(w1, w2, w4), own), 'the operator’s own does not count').to.equal('skipped');
    expect(parseTrust(JSON.stringify(endorsed(w1, w2, w3)))).to.deep.equal(endorsed(w1, w2, w3));
  });

  it('needs one when a witness of the operator’s own is said to be another’s', () => {
    const [first, ...rest] = TRUST.witnesses;
    const own: Trust = { ...known, witnesses: [{ ...first!, operator: known.operator }, ...rest] };
    const newspaper = [{ ...first!, operator: 'Newspaper' }, ...rest];
    expect(judge(next({ witnesses: newspaper }, own), own)).to.equal('skipped');
    const renamed = [{ ...first!, operator: 'New name' }, ...rest];
    expect(judge(next({ witnesses: renamed, operator: 'New name' }, own), own)).to.equal('passed');
    expect(judge(next({ operator: 'New name' }, own), own)).to.equal('skipped');
  });

  it('never lets a quorum do that is none by the first file, however many steps lead to it', () => {
    const pool = [...TRUST.witnesses, newcomer].slice(0, 5);
    const policy = fc.subarray(pool, { minLength: 1 }).chain((witnesses) =>
      fc.record({
        witnesses: fc.constant(witnesses),
        threshold: fc.integer({ min: 0, max: witnesses.length }),
      }),
    );
    let taken = 0;
    property(policy, fc.array(policy, { minLength: 4, maxLength: 12 }), (first, steps) => {
      const start: Trust = { ...known, ...first };
      let now = start;
      for (const step of steps) {
        const offered = next(step, now);
        if (judge(offered, now) !== 'passed') continue;
        now = offered;
        taken++;
      }
      for (const quorum of quorums(now.witnesses, now.threshold)) {
        const ofFirst = quorum.filter(({ key }) => start.witnesses.some((one) => one.key === key));
        expect(ofFirst.length).to.be.at.least(start.threshold);
      }
    });
    expect(taken, 'or nothing was tried').to.be.greaterThan(100);
  });
});

describe('A trust file of the same ledger', () => {
  const deployment = DEPLOYMENT;

  it('may say where the contracts were deployed, and not say otherwise later', () => {
    expect(judge(next({ deployment }))).to.equal('passed');
    const told: Trust = { ...known, deployment };
    expect(judge(next({ deployment: { ...deployment, fromBlock: 900 } }, told), told)).to.equal('skipped');
    const { deployment: _, ...untold } = next({}, told);
    expect(judge(signTrust(untold, [LOG_KEY]), told)).to.equal('skipped');
  });

  it('has one fingerprint, however a person writes it', () => {
    const bare = fingerprintOf(known).replaceAll(' ', '');
    for (const text of [
      fingerprintOf(known),
      bare,
      `${bare.toUpperCase()}\n`,
      bare.replace(/(.{32})/, '$1\n'),
    ])
      expect(bearsFingerprint(known, text), text).to.equal(true);
    for (const text of ['', bare.slice(1), `${bare}0`, bare.replace(/.$/, (c) => (c === '0' ? '1' : '0'))])
      expect(bearsFingerprint(known, text), text).to.equal(false);
  });
});

function quorums(witnesses: readonly TrustedWitness[], size: number): readonly TrustedWitness[][] {
  const subsets = Array.from({ length: 2 ** witnesses.length }, (_, bits) =>
    witnesses.filter((_one, i) => (bits & (1 << i)) !== 0),
  );
  return subsets.filter((subset) => subset.length >= size);
}

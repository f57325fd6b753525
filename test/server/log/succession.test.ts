import { expect } from 'chai';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { type Succession, signTrust, succeed } from '../../../server/log/succession.ts';
import { COSIGNATURE, ED25519 } from '../../../server/verify/note.ts';
import { checkSuccessor, parseTrust, policiesFor, type Trust } from '../../../server/verify/trust.ts';
import { LOG_KEY, ORIGIN, TRUST, testKey } from '../../helpers/log.ts';

const NEXT = testKey(ORIGIN, ED25519, 'next');
const W5 = testKey('server-5.sillok.example/witness', COSIGNATURE);
const first: Trust = { version: 1, ...TRUST };

describe('The next trust file', () => {
  const next = (known: Trust, now: Partial<Trust>, more: Partial<Succession> = {}) =>
    succeed({ known, now: { ...TRUST, ...now }, retiring: undefined, signedSize: 100, ...more });

  it('is the same as before when nothing changed, at any size', () => {
    expect(succeed({ known: undefined, now: TRUST, retiring: undefined, signedSize: 0 })).to.deep.equal(
      first,
    );
    expect(next(first, {}, { signedSize: 900 })).to.equal(first);
  });

  it('bounds the witnesses that were replaced by the tree that was signed until then', () => {
    const witnesses = [...TRUST.witnesses.slice(0, 3), { key: W5.verifierKey, operator: 'District 4' }];
    const second = next(first, { witnesses });
    expect(second).to.include({ version: 2 });
    expect(second.earlier).to.deep.equal([
      { logKey: TRUST.logKey, witnesses: TRUST.witnesses, threshold: 3, lastSize: 100 },
    ]);
    expect(policiesFor(second, 100)).to.have.length(2);
    expect(policiesFor(second, 101)).to.have.length(1);
  });

  it('keeps the old key beside the new one, with the witnesses of today, until the overlap ends', () => {
    const witnesses = TRUST.witnesses.slice(0, 3);
    const overlap = next(first, { logKey: NEXT.verifierKey, witnesses }, { retiring: LOG_KEY.verifierKey });
    expect(overlap.earlier).to.deep.equal([
      { logKey: LOG_KEY.verifierKey, witnesses, threshold: 3 },
      { logKey: LOG_KEY.verifierKey, witnesses: TRUST.witnesses, threshold: 3, lastSize: 100 },
    ]);
    const again = next(
      overlap,
      { logKey: NEXT.verifierKey, witnesses },
      { retiring: LOG_KEY.verifierKey, signedSize: 150 },
    );
    expect(again).to.equal(overlap);
    const ended = next(overlap, { logKey: NEXT.verifierKey, witnesses }, { signedSize: 200 });
    expect(ended.version).to.equal(3);
    expect(ended.earlier!.map(({ lastSize }) => lastSize)).to.deep.equal([200, 100]);
    expect(parseTrust(JSON.parse(JSON.stringify(ended)))).to.deep.equal(ended);
  });

  it('never lets an earlier, weaker threshold speak for a later tree', () => {
    const weak: Trust = { ...first, threshold: 1 };
    const strong = next(weak, { threshold: 3 });
    expect(policiesFor(strong, 101).map(({ threshold }) => threshold)).to.deep.equal([3]);
    const again = next(strong, { threshold: 2 }, { signedSize: 500 });
    expect(policiesFor(again, 101).map(({ threshold }) => threshold)).to.deep.equal([2, 3]);
    expect(policiesFor(again, 100).map(({ threshold }) => threshold)).to.deep.equal([2, 3, 1]);
  });

  it('changes with the contracts or the operator as well, without making a policy of it', () => {
    const second = next(first, { operator: 'Another office' });
    expect(second).to.deep.equal({ ...TRUST, operator: 'Another office', version: 2 });
  });

  it('is taken by whoever holds the one before, when the key of that one signed it', () => {
    const second = next(first, { logKey: NEXT.verifierKey, witnesses: TRUST.witnesses.slice(0, 3) });
    expect(checkSuccessor(signTrust(second, [NEXT]), first, verifyEd25519).status).to.equal('failed');
    expect(checkSuccessor(signTrust(second, [LOG_KEY, NEXT]), first, verifyEd25519).status).to.equal(
      'passed',
    );
  });
});

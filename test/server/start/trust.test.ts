import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { signNote } from '../../../server/log/sign.ts';
import { successorOf } from '../../../server/start/trust.ts';
import { fingerprintOf, type Trust, trustText } from '../../../server/verify/trust.ts';
import { LOG_KEYS, TRUSTS } from '../../vectors/rotation/make.ts';

const known: Trust = TRUSTS.first;

/** As whoever holds the log's key can sign it, the city or a thief. */
function next(change: Partial<Trust>): Trust {
  const trust: Trust = { ...known, version: (known.version ?? 1) + 1, ...change };
  const lines = signNote(trustText(trust), LOG_KEYS.A).split('\n\n')[1]!;
  return { ...trust, signatures: lines.trimEnd().split('\n') };
}

function outcome(trust: Trust, fingerprint?: string): string {
  try {
    return successorOf(known, trust, 'here', fingerprint) === trust ? 'taken' : 'other';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('A newer trust file under the key of the log', () => {
  const contracts = { ...known.contracts, Records: `0x${'ab'.repeat(20)}` as const };
  const policy = { logKey: known.logKey, witnesses: known.witnesses, threshold: known.threshold };
  const weaker: readonly (readonly [string, Trust])[] = [
    ['asks for no witness', next({ threshold: 0 })],
    ['names no witness', next({ threshold: 0, witnesses: [] })],
    ['names other contracts', next({ contracts })],
    ['holds an earlier policy without witnesses', next({ earlier: [{ ...policy, threshold: 0 }] })],
    [
      'holds an earlier policy for trees that nobody has seen',
      next({ earlier: [{ ...policy, threshold: 0, lastSize: 2 ** 40 }] }),
    ],
    ['names another chain', next({ chainId: known.chainId + 1 })],
  ];

  it('is taken when it asks for as much as before', () => {
    expect(outcome(next({ operator: 'A renamed city' }))).to.equal('taken');
    expect(outcome(next({ earlier: [{ ...policy, lastSize: 5 }] }))).to.equal('taken');
  });

  for (const [what, trust] of weaker)
    it(`that ${what} is taken only under the fingerprint that the city publishes`, () => {
      expect(outcome(trust)).to.equal('TRUST_WEAKER');
      expect(outcome(trust, fingerprintOf(known))).to.equal('TRUST_WEAKER');
      expect(outcome(trust, fingerprintOf(trust))).to.equal('taken');
    });

  it('is not taken when nobody signed it, whatever fingerprint is named', () => {
    const unsigned = { ...next({}), signatures: [] };
    expect(outcome(unsigned, fingerprintOf(unsigned))).to.equal('TRUST_NOT_SUCCESSOR');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { groth16 } from 'snarkjs';
import { readProverFile } from '../../../../scripts/lib/prover-files.ts';
import {
  ballotIdOf,
  choicesOf,
  isAllowedChoice,
  isFieldElement,
  maskOf,
  packProof,
  publicSignals,
  scopeOf,
  signalOf,
  unpackProof,
} from '../../../../server/services/voting/ballot.ts';
import { FIELD } from '../../../../server/services/voting/roll.ts';
import vectors from '../../../../server/services/voting/vectors.json' with { type: 'json' };
import { nullifierOfKey } from '../../../../web/lib/prove.ts';
import { choicesOfVoter, placeOf, ROLL, votingKeyOf } from '../../../helpers/ballots.ts';
import ballots from '../../../vectors/ballots/ballots.json' with { type: 'json' };

const SEED = 0x62616c;

describe('the arithmetic of a ballot', () => {
  it('turns choices into the chain’s bit set and back', () => {
    const choices = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 64 });
    fc.assert(
      fc.property(choices, (found) => {
        expect(choicesOf(maskOf(found))).to.deep.equal([...found].sort((a, b) => a - b));
      }),
      { seed: SEED },
    );
  });

  it('refuses an option named twice, below 0, above 63 or between two', () => {
    for (const choices of [[1, 1], [-1], [64], [0.5], [Number.NaN]])
      expect(() => maskOf(choices)).to.throw('CHOICE_INVALID');
    for (const mask of [-1n, 1n << 64n]) expect(() => choicesOf(mask)).to.throw('CHOICE_INVALID');
  });

  for (const { name, choices, rules, allowed } of vectors.choices)
    it(`${allowed ? 'allows' : 'refuses'} ${name}`, () => {
      expect(isAllowedChoice(maskOf(choices), rules)).to.equal(allowed);
    });

  for (const { name, text, valid } of vectors.fieldElements)
    it(`${valid ? 'takes' : 'refuses'} ${name} as a field element`, () => {
      expect(isFieldElement(text)).to.equal(valid);
    });

  it('computes scope, signal and ballot id as written in the vectors', () => {
    for (const { chainId, contract, pollId, scope, signal, nullifier, ballotId } of vectors.places) {
      const place = { chainId, contract: contract as `0x${string}`, pollId: pollId as `0x${string}` };
      expect(scopeOf(place).toString()).to.equal(scope);
      expect(signalOf(scopeOf(place)).toString()).to.equal(signal);
      expect(ballotIdOf(place.pollId, BigInt(nullifier))).to.equal(ballotId);
    }
  });

  it('gives one voter the same nullifier in one poll and another one in every other place', () => {
    const place = placeOf('main');
    const elsewhere = [
      placeOf('other'),
      { ...place, chainId: 1 },
      { ...place, contract: `0x${'aa'.repeat(20)}` as const },
    ];
    const own = nullifierOfKey(votingKeyOf(0), place);
    expect(own).to.equal(ballots.cast[0]!.nullifier);
    for (const other of elsewhere) expect(nullifierOfKey(votingKeyOf(0), other)).not.to.equal(own);
    expect(nullifierOfKey(votingKeyOf(1), place)).not.to.equal(own);
  });

  it('packs and unpacks a proof without loss', () => {
    for (const { proof } of ballots.cast) expect(packProof(unpackProof(proof))).to.deep.equal(proof);
  });
});

describe('a recount without the chain', () => {
  let key: unknown;
  before(async () => {
    key = JSON.parse(new TextDecoder().decode(await readProverFile('json')));
  });
  after(async () => {
    // snarkjs leaves its threads running for the next proof.
    await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate();
  });
  const holds = (
    changes: Partial<{ root: bigint; nullifier: bigint; mask: bigint; place: ReturnType<typeof placeOf> }>,
  ) => {
    const [ballot] = ballots.cast;
    const honest = {
      root: ROLL.root,
      nullifier: BigInt(ballot!.nullifier),
      mask: maskOf(choicesOfVoter(0)),
      place: placeOf('main'),
    };
    return groth16.verify(key, publicSignals({ ...honest, ...changes }), unpackProof(ballot!.proof));
  };

  it('accepts the proof that the contract accepts', async () => {
    expect(await holds({})).to.equal(true);
  });

  it('refuses it for other choices, another nullifier, roll or poll, and for a nullifier beyond the field', async () => {
    const nullifier = BigInt(ballots.cast[0]!.nullifier);
    expect(await holds({ mask: 2n })).to.equal(false);
    expect(await holds({ nullifier: nullifier + 1n })).to.equal(false);
    expect(await holds({ nullifier: nullifier + FIELD })).to.equal(false);
    expect(await holds({ root: ROLL.root + 1n })).to.equal(false);
    expect(await holds({ place: placeOf('other') })).to.equal(false);
  });
});

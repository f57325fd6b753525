import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { isSealed, sealedBoth, sealsOf } from '../../../server/chain/seals.ts';
import { AppError } from '../../../server/core/errors.ts';
import { type Header, sealedHeader, VALIDATORS } from '../../helpers/sealed.ts';

/** Block 5 of a network of four `kscn` 1.0.3 nodes, as `kaia_getHeaderByNumber` answered it. */
const REAL = JSON.parse(
  readFileSync(new URL('../../vectors/istanbul/header.json', import.meta.url), 'utf8'),
) as Header;
const [A, B, C, D] = VALIDATORS;
const addresses = (...some: typeof VALIDATORS) => some.map(({ address }) => address).sort();
const other = `0x${'22'.repeat(32)}` as const;

function refusal(header: unknown): unknown {
  try {
    return sealsOf(header);
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.details.reason}`;
    throw error;
  }
}

describe('The seals under a block', () => {
  it('are those of the validators of a real network, under the hash of all fields of the header', () => {
    const seals = sealsOf(REAL);
    expect(seals).to.include({ number: 5, hash: REAL.hash, round: 0 });
    expect(seals.validators).to.have.length(4);
    expect(seals.validators).to.include.members([...seals.sealers]);
    expect(seals.sealers.length).to.be.at.least(3);
    expect(isSealed(seals, seals.validators)).to.equal(true);
  });

  it('say nothing about a header of which anything was changed', () => {
    for (const name of Object.keys(REAL)) {
      if (name === 'extraData' || REAL[name] === '0x') continue;
      const changed = REAL[name]!.replace(/.$/, (last) => (last === '1' ? '2' : '1'));
      expect(refusal({ ...REAL, [name]: changed }), name).to.equal('HEADER_MALFORMED hash');
    }
    const cut = REAL.extraData!.slice(0, -2);
    expect(refusal({ ...REAL, extraData: cut })).to.equal('HEADER_MALFORMED extraData');
    expect(refusal({ ...REAL, extraData: '0x00' })).to.equal('HEADER_MALFORMED extraData');
    expect(refusal({ ...REAL, number: 5 })).to.equal('HEADER_MALFORMED number');
    expect(refusal(null)).to.match(/^HEADER_MALFORMED/);
  });

  it('name who sealed two blocks of one height, in one round or in two', () => {
    const one = sealsOf(sealedHeader({ number: 9, sealers: [A!, B!, C!] }));
    for (const round of [0, 3]) {
      const two = sealsOf(sealedHeader({ number: 9, sealers: [B!, C!, D!], stateRoot: other, round }));
      expect(two.round).to.equal(round);
      expect(sealedBoth(one, two)).to.deep.equal(addresses(B!, C!));
    }
  });

  it('accuse nobody over two heights, or over one block that two nodes show with different seals', () => {
    const one = sealsOf(sealedHeader({ number: 9, sealers: [A!, B!, C!] }));
    const next = sealsOf(sealedHeader({ number: 10, sealers: [A!, B!, C!], stateRoot: other }));
    const again = sealsOf(sealedHeader({ number: 9, sealers: [B!, C!, D!], round: 1 }));
    expect(again.hash).to.equal(one.hash);
    expect(sealedBoth(one, next)).to.deep.equal([]);
    expect(sealedBoth(one, again)).to.deep.equal([]);
  });

  it('count each validator once, and neither garbage nor strangers', () => {
    const twice = sealsOf(sealedHeader({ number: 9, sealers: [A!, A!, B!], more: ['0x', '0x1234'] }));
    expect(twice.sealers).to.deep.equal(addresses(A!, B!));
    expect(isSealed(twice, addresses(...VALIDATORS))).to.equal(false);
    const seals = sealsOf(sealedHeader({ number: 9, sealers: [A!, B!, C!] }));
    expect(isSealed(seals, addresses(...VALIDATORS))).to.equal(true);
    expect(isSealed(seals, [...addresses(B!, C!, D!), REAL.reward as `0x${string}`])).to.equal(false);
  });
});

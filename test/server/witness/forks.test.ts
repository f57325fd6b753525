import { expect } from 'chai';
import type { Network } from '../../../server/chain/network.ts';
import { AppError } from '../../../server/core/errors.ts';
import { findFork } from '../../../server/witness/forks.ts';
import { type Header, sealedHeader, VALIDATORS } from '../../helpers/sealed.ts';

const [A, B, C, D] = VALIDATORS;
const other = `0x${'22'.repeat(32)}` as const;

/** A node that shows one block per height up to its head. */
function node(name: string, head: number, blockOf: (number: number) => Header, isKaia = true): Network {
  const send = async (method: string, [tag]: readonly unknown[]) => {
    if (method === 'eth_blockNumber') return `0x${head.toString(16)}`;
    if (method === 'kaia_getHeaderByNumber' && !isKaia) throw new AppError('CHAIN_ERROR', { method });
    if (Number(tag) > head) return null;
    const { number, hash, ...more } = blockOf(Number(tag));
    return isKaia ? { number, hash, ...more } : { number, hash };
  };
  return { url: `http://${name}`, send } as unknown as Network;
}

const honest = (number: number) => sealedHeader({ number, sealers: [A!, B!, C!] });
const from = (fork: number, sealers: readonly (typeof VALIDATORS)[number][]) => (number: number) =>
  number < fork ? honest(number) : sealedHeader({ number, sealers, stateRoot: other });

describe('Two nodes of one chain', () => {
  it('are no fork when one is only behind', async () => {
    expect(await findFork(node('own', 40, honest), node('other', 25, honest))).to.equal(undefined);
    expect(await findFork(node('own', 25, honest), node('other', 40, honest))).to.equal(undefined);
  });

  for (const fork of [1, 2, 17, 40])
    it(`are a fork at block ${fork}, with both headers and the names of those who sealed both`, async () => {
      const found = await findFork(node('own', 40, honest), node('other', 40, from(fork, [B!, C!, D!])));
      expect(found!.code).to.equal('CHAIN_FORKED');
      expect(found!.details).to.include({ block: fork, node: 'http://other', seals: 3, otherSeals: 3 });
      expect(String(found!.details.signedTwice).split(' ')).to.have.members([B!.address, C!.address]);
      const headers = found!.evidence.map((text) => JSON.parse(text) as Header);
      expect(headers).to.deep.equal([honest(fork), from(fork, [B!, C!, D!])(fork)]);
    });

  it('differ, and are no fork, where too few have sealed the other block; who did is named all the same', async () => {
    const found = await findFork(node('own', 9, honest), node('other', 9, from(5, [C!])));
    expect(found!.code).to.equal('NODE_DIFFERS');
    expect(found!.details).to.include({ block: 5, otherSeals: 1, signedTwice: C!.address });
    const nobody = await findFork(node('own', 9, honest), node('other', 9, from(5, [D!])));
    expect(nobody!.details).to.not.have.property('signedTwice');
  });

  it('differ, with both answers kept, where the other makes its headers up or the engine shows no seals', async () => {
    const invented = (number: number) =>
      number < 5 ? honest(number) : { ...honest(number), hash: `0x${'ee'.repeat(32)}` };
    for (const two of [node('other', 9, invented), node('other', 9, from(5, [B!, C!, D!]), false)]) {
      const found = await findFork(node('own', 9, honest), two);
      expect(found).to.deep.include({ code: 'NODE_DIFFERS', details: { block: 5, node: 'http://other' } });
      expect(found!.evidence).to.have.length(2);
    }
  });
});

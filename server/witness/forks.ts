/** Whether another node has the history of the own one; if not, the first block in which they differ and who is to blame. */
import { blockTag, type Network } from '../chain/network.ts';
import { isSealed, type Seals, sealedBoth, sealsOf } from '../chain/seals.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';

export interface Fork {
  /**
   * CHAIN_FORKED: both blocks bear the seals that make one final, which takes a third of the validators signing twice.
   * NODE_DIFFERS: one of them does not, or holds no seals that can be read.
   */
  readonly code: 'CHAIN_FORKED' | 'NODE_DIFFERS';
  readonly details: Readonly<Record<string, string | number>>;
  /** Both headers as answered, the own one first. */
  readonly evidence: readonly [string, string];
}

/** @throws AppError CHAIN_* */
export async function findFork(own: Network, other: Network): Promise<Fork | undefined> {
  const heads = await Promise.all([own, other].map((node) => node.send<Hex>('eth_blockNumber', [])));
  const head = Math.min(...heads.map(Number));
  if (await isAlike(head)) return undefined;
  // The first block is the same: both were recognised by it.
  let [alike, differs] = [0, head];
  while (differs - alike > 1) {
    const middle = Math.floor((alike + differs) / 2);
    if (await isAlike(middle)) alike = middle;
    else differs = middle;
  }
  const headers = (await Promise.all([headerOf(own, differs), headerOf(other, differs)])) as [
    unknown,
    unknown,
  ];
  const [seals, otherSeals] = headers.map(readSeals) as [Seals | undefined, Seals | undefined];
  const evidence = headers.map((header) => JSON.stringify(header)) as [string, string];
  const base = { block: differs, node: other.url };
  if (seals === undefined || otherSeals === undefined || !isConflict(seals, otherSeals, differs))
    return { code: 'NODE_DIFFERS', details: base, evidence };
  const { validators } = seals;
  const isFork = isSealed(seals, validators) && isSealed(otherSeals, validators);
  const twice = sealedBoth(seals, otherSeals);
  const details = {
    ...base,
    ...{ hash: seals.hash, seals: seals.sealers.length, round: seals.round },
    ...{ otherHash: otherSeals.hash, otherSeals: otherSeals.sealers.length, otherRound: otherSeals.round },
    ...(twice.length > 0 && { signedTwice: twice.join(' ') }),
  };
  return { code: isFork ? 'CHAIN_FORKED' : 'NODE_DIFFERS', details, evidence };

  async function isAlike(block: number): Promise<boolean> {
    const [one, two] = await Promise.all([hashOf(own, block), hashOf(other, block)]);
    return one === two;
  }
}

function isConflict(one: Seals, other: Seals, block: number): boolean {
  return one.number === block && other.number === block && one.hash !== other.hash;
}

async function hashOf(node: Network, block: number): Promise<Hex> {
  const header = await node.send<{ hash: Hex } | null>('eth_getBlockByNumber', [blockTag(block), false]);
  if (header === null) throw new AppError('CHAIN_LAGS', { block });
  return header.hash;
}

/** With its seals where the engine shows them; a node of another engine knows the method not. */
function headerOf(node: Network, block: number): Promise<unknown> {
  return node
    .send<unknown>('kaia_getHeaderByNumber', [blockTag(block)])
    .catch(() => node.send<unknown>('eth_getBlockByNumber', [blockTag(block), false]));
}

function readSeals(header: unknown): Seals | undefined {
  try {
    return sealsOf(header);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

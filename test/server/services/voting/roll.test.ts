import { expect } from 'chai';
import fc from 'fast-check';
import { poseidon2 } from 'poseidon-lite/poseidon2';
import {
  assertRollOrder,
  CHUNK_LEAVES,
  chunkRootsOf,
  FIELD,
  pathOf,
  ROLL_DEPTH,
  rollRootOf,
  rootOfPath,
} from '../../../../server/services/voting/roll.ts';

const SEED = 0x53696c;
const upTo = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i + 1));
const rootOf = (leaves: readonly bigint[]) => rollRootOf(chunkRootsOf(leaves));

/** The definition itself: a full tree, walked from the top. */
function plainRoot(leaves: readonly bigint[], level = ROLL_DEPTH, first = 0): bigint {
  if (first >= leaves.length) return emptyRoot(level);
  if (level === 0) return leaves[first]!;
  return poseidon2([
    plainRoot(leaves, level - 1, first),
    plainRoot(leaves, level - 1, first + 2 ** (level - 1)),
  ]);
}
const empty = new Map<number, bigint>([[0, 0n]]);
function emptyRoot(level: number): bigint {
  if (!empty.has(level)) empty.set(level, poseidon2([emptyRoot(level - 1), emptyRoot(level - 1)]));
  return empty.get(level)!;
}

describe('the roll', () => {
  it('has the root that @zk-kit/imt 2.0 computes at depth 20 with zero 0', () => {
    expect(rootOf(upTo(3))).to.equal(
      16515060687372586954005116708756701165858436250976413590478766624125142800848n,
    );
    expect(rootOf(upTo(5))).to.equal(
      11057594862262559007917277737432308782724310127922853868628399994681628578750n,
    );
    expect(rootOf(upTo(1025))).to.equal(
      7981844360106933095876429114601799385459891309903779385125376453970668515397n,
    );
  });

  it(`equals the plain definition for any members (seed ${SEED})`, () => {
    const members = fc.uniqueArray(fc.bigInt({ min: 1n, max: FIELD - 1n }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(members, (found) => {
        const leaves = [...found].sort((a, b) => (a < b ? -1 : 1));
        expect(rootOf(leaves)).to.equal(plainRoot(leaves));
      }),
      { seed: SEED, numRuns: 25 },
    );
  });

  it('gives every member a path from the own chunk and the chunk roots alone', () => {
    const leaves = upTo(2 * CHUNK_LEAVES + 3);
    const chunkRoots = chunkRootsOf(leaves);
    const root = rollRootOf(chunkRoots);
    expect(chunkRoots).to.have.length(3);
    for (const at of [0, CHUNK_LEAVES - 1, CHUNK_LEAVES, 2 * CHUNK_LEAVES + 2]) {
      const index = Math.floor(at / CHUNK_LEAVES);
      const chunk = { index, leaves: leaves.slice(index * CHUNK_LEAVES, (index + 1) * CHUNK_LEAVES) };
      const path = pathOf(leaves[at]!, chunk, chunkRoots);
      expect(path.index).to.equal(at);
      expect(path.siblings).to.have.length(ROLL_DEPTH);
      expect(rootOfPath(leaves[at]!, path)).to.equal(root);
    }
  });

  it('shows by another root that a server changed a chunk or a chunk root', () => {
    const leaves = upTo(CHUNK_LEAVES + 5);
    const chunkRoots = chunkRootsOf(leaves);
    const chunk = { index: 1, leaves: leaves.slice(CHUNK_LEAVES) };
    const member = leaves.at(-1)!;
    const root = rollRootOf(chunkRoots);
    const lies = [
      pathOf(member, chunk, [chunkRoots[0]! + 1n, chunkRoots[1]!]),
      pathOf(member, { ...chunk, leaves: [...chunk.leaves.slice(1), member + 1n] }, chunkRoots),
      pathOf(member, { ...chunk, index: 0 }, chunkRoots),
    ];
    for (const path of lies) expect(rootOfPath(member, path)).not.to.equal(root);
    // A wrong root of the own chunk changes nothing: the device computes that one itself.
    expect(rootOfPath(member, pathOf(member, chunk, [chunkRoots[0]!, 7n]))).to.equal(root);
  });

  it('has no path for who is not in the chunk', () => {
    expect(() => pathOf(99n, { index: 0, leaves: upTo(5) }, chunkRootsOf(upTo(5)))).to.throw('NOT_ON_ROLL');
  });

  it('takes members in rising order only, none twice, none 0, none beyond the field', () => {
    for (const leaves of [[2n, 1n], [1n, 1n], [0n, 1n], [1n, FIELD], [-1n]])
      expect(() => assertRollOrder(leaves)).to.throw('ROLL_INVALID');
    assertRollOrder([1n, 2n, FIELD - 1n]);
  });

  it('keeps every leaf at depth 20, so that a subtree of own keys enrolled as one member holds no ballots', () => {
    const own = [1001n, 1002n];
    const subtree = poseidon2(own as [bigint, bigint]);
    const leaves = [5n, 6n, subtree].sort((a, b) => (a < b ? -1 : 1));
    const chunkRoots = chunkRootsOf(leaves);
    const path = pathOf(subtree, { index: 0, leaves }, chunkRoots);
    // The way from below the leaf to the root is one step longer than the circuit goes.
    const below = { index: 2 * path.index, siblings: [own[1]!, ...path.siblings] };
    expect(rootOfPath(own[0]!, below)).to.equal(rollRootOf(chunkRoots));
    expect(below.siblings).to.have.length(ROLL_DEPTH + 1);
    const cut = { ...below, siblings: below.siblings.slice(0, ROLL_DEPTH) };
    expect(rootOfPath(own[0]!, cut)).not.to.equal(rollRootOf(chunkRoots));
  });
});

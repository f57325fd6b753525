/**
 * The roll of a poll: a binary Merkle tree (Poseidon over BN254) with every commitment at depth 20 exactly, missing leaves 0.
 *
 * A commitment is the hash of two coordinates and a node the hash of two children, by the same function. In a tree of varying
 * depth, as Semaphore's own LeanIMT, somebody could therefore enrol the root of a small tree of own commitments as "one
 * member" and hold a ballot for each of its leaves. Here such leaves would lie at depth 21, where the circuit cannot reach.
 */
import { poseidon2 } from 'poseidon-lite/poseidon2';
import { AppError } from '../../core/errors.ts';

/** Order of the scalar field of BN254. */
export const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
export const ROLL_DEPTH = 20;
/** One or two voters are not anonymous. */
export const MIN_ROLL = 3;
export const MAX_ROLL = 1 << ROLL_DEPTH;
/** Leaves are handed out in subtrees of this size, so that asking tells no more than "one of these". */
export const CHUNK_LEAVES = 1 << 10;
const CHUNK_DEPTH = 10;

export interface MembershipPath {
  readonly index: number;
  /** 20 siblings, from the leaf upwards. */
  readonly siblings: readonly bigint[];
}

/** Members in the roll's order: rising, none twice, none 0. @throws AppError ROLL_INVALID */
export function assertRollOrder(leaves: readonly bigint[]): void {
  if (leaves.length > MAX_ROLL) throw new AppError('ROLL_INVALID', { size: leaves.length });
  leaves.forEach((leaf, i) => {
    if (leaf >= FIELD || leaf <= (leaves[i - 1] ?? 0n)) throw new AppError('ROLL_INVALID', { index: i });
  });
}

/** Roots of the subtrees of 1,024 leaves, left to right. @throws AppError ROLL_INVALID */
export function chunkRootsOf(leaves: readonly bigint[]): readonly bigint[] {
  assertRollOrder(leaves);
  const roots: bigint[] = [];
  for (let at = 0; at < leaves.length; at += CHUNK_LEAVES)
    roots.push(climb(leaves.slice(at, at + CHUNK_LEAVES), 0, CHUNK_DEPTH).top);
  return roots;
}

/** Root of the whole roll from its chunk roots. */
export function rollRootOf(chunkRoots: readonly bigint[]): bigint {
  return climb(chunkRoots, CHUNK_DEPTH, ROLL_DEPTH).top;
}

/**
 * Path of one member, from the own chunk's leaves and the roots of all chunks: nothing else has to be asked for.
 * Both come from a server; whoever uses the path compares its root with the one on the chain.
 * @throws AppError NOT_ON_ROLL
 */
export function pathOf(
  commitment: bigint,
  chunk: { readonly index: number; readonly leaves: readonly bigint[] },
  chunkRoots: readonly bigint[],
): MembershipPath {
  const within = chunk.leaves.indexOf(commitment);
  if (within < 0) throw new AppError('NOT_ON_ROLL');
  const own = climb(chunk.leaves, 0, CHUNK_DEPTH, within);
  const upper = climb(chunkRoots.with(chunk.index, own.top), CHUNK_DEPTH, ROLL_DEPTH, chunk.index);
  return { index: chunk.index * CHUNK_LEAVES + within, siblings: [...own.siblings, ...upper.siblings] };
}

/** Root that a path leads to. */
export function rootOfPath(commitment: bigint, path: MembershipPath): bigint {
  return path.siblings.reduce(
    (node, sibling, level) =>
      ((path.index >> level) & 1) === 0 ? poseidon2([node, sibling]) : poseidon2([sibling, node]),
    commitment,
  );
}

const EMPTY: readonly bigint[] = Array.from({ length: ROLL_DEPTH }).reduce<bigint[]>(
  (nodes) => [...nodes, poseidon2([nodes.at(-1)!, nodes.at(-1)!])],
  [0n],
);

/** Root of a chunk without leaves. */
export const EMPTY_CHUNK: bigint = EMPTY[CHUNK_DEPTH]!;

function parentsOf(nodes: readonly bigint[], level: number): bigint[] {
  return Array.from({ length: Math.ceil(nodes.length / 2) }, (_, i) =>
    poseidon2([nodes[2 * i]!, nodes[2 * i + 1] ?? EMPTY[level]!]),
  );
}

/** The node `to` levels up over `nodes`, and what stands beside the way there from node `index`. */
function climb(nodes: readonly bigint[], from: number, to: number, index = 0) {
  const siblings: bigint[] = [];
  let row = nodes;
  for (let level = from; level < to; level++) {
    siblings.push(row[(index >> (level - from)) ^ 1] ?? EMPTY[level]!);
    row = parentsOf(row, level);
  }
  return { top: row[0] ?? EMPTY[to]!, siblings };
}

/** Roots and proofs of RFC 6962, 2.1, from whatever knows the hashes of complete subtrees. */
import { nodeHash } from '../verify/merkle.ts';

/** The hash over entries index * 2^row .. (index + 1) * 2^row - 1. */
export type NodeOf = (row: number, index: number) => Promise<Uint8Array>;

/** Root of the entries start..end-1, of which there is at least one. */
export async function rangeRoot(node: NodeOf, start: number, end: number): Promise<Uint8Array> {
  const count = end - start;
  const half = split(count);
  if (count <= 1 || half * 2 === count) return node(Math.round(Math.log2(count)), start / count);
  const middle = start + half;
  const [left, right] = await Promise.all([rangeRoot(node, start, middle), rangeRoot(node, middle, end)]);
  return nodeHash(left, right);
}

/** Sibling hashes from the leaf up; needs index < size. */
export async function inclusionPath(node: NodeOf, index: number, size: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  for (let start = 0, end = size; end - start > 1; ) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.unshift(await rangeRoot(node, middle, end));
      end = middle;
    } else {
      path.unshift(await rangeRoot(node, start, middle));
      start = middle;
    }
  }
  return path;
}

/** Needs oldSize <= size. */
export async function consistencyPath(node: NodeOf, oldSize: number, size: number): Promise<Uint8Array[]> {
  if (oldSize === 0 || oldSize === size) return [];
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (oldSize !== end) {
    const middle = start + split(end - start);
    if (oldSize <= middle) {
      proof.unshift(await rangeRoot(node, middle, end));
      end = middle;
    } else {
      proof.unshift(await rangeRoot(node, start, middle));
      start = middle;
    }
  }
  // An old tree that is itself a node on the left edge is known to the verifier.
  if (start > 0) proof.unshift(await rangeRoot(node, start, end));
  return proof;
}

/** The largest power of two below `count`. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

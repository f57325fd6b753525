/**
 * Attestations in Merkle batches, as Attestations.sol reads them: a leaf is hashed twice over its domain, nodes are commutative
 * keccak256 pairs (OpenZeppelin's MerkleProof), and a node without a partner goes up unchanged.
 */
import { concat, fromHex, type Hex, toHex, utf8 } from './bytes.ts';
import { keccak256 } from './hash.ts';
import { nameToBytes32 } from './ids.ts';

/** Where an attestation stands in its batch. */
export interface Attested {
  readonly batchId: Hex;
  readonly index: number;
  readonly count: number;
  readonly proof: readonly Hex[];
}

export interface AttestationLeaf {
  readonly chainId: number;
  /** Address of the Attestations contract. */
  readonly contract: Hex;
  readonly issuer: string;
  readonly schema: string;
  readonly index: number;
  readonly commitment: Hex;
}

/** Leaves of a batch: the contract takes no more. */
const MAX_BATCH = 2 ** 20;

const LEAF_DOMAIN = keccak256(utf8('sillok.attestation.leaf.1'));

/** keccak256(keccak256(abi.encode(LEAF_DOMAIN, chainId, contract, issuer, schema, index, commitment))) */
export function attestationLeaf(leaf: AttestationLeaf): Uint8Array {
  const words = concat(
    LEAF_DOMAIN,
    word(leaf.chainId),
    new Uint8Array(12),
    fromHex(leaf.contract),
    fromHex(nameToBytes32(leaf.issuer)),
    fromHex(nameToBytes32(leaf.schema)),
    word(leaf.index),
    fromHex(leaf.commitment),
  );
  return keccak256(keccak256(words));
}

/** Rows of the tree, leaves first, root last. @throws RangeError on no leaves or too many. */
export function attestationRows(leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  if (leaves.length === 0 || leaves.length > MAX_BATCH) throw new RangeError('1 to 2^20 leaves');
  const rows: Uint8Array[][] = [[...leaves]];
  for (let row = rows[0]!; row.length > 1; row = rows.at(-1)!) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2)
      above.push(i + 1 < row.length ? parent(row[i]!, row[i + 1]!) : row[i]!);
    rows.push(above);
  }
  return rows;
}

export function attestationRoot(rows: readonly (readonly Uint8Array[])[]): Hex {
  return toHex(rows.at(-1)![0]!);
}

/** Siblings from the leaf up; rows where the node has none are left out. */
export function attestationProof(rows: readonly (readonly Uint8Array[])[], index: number): Hex[] {
  const proof: Hex[] = [];
  for (let row = 0, at = index; row < rows.length - 1; row++, at >>= 1) {
    const sibling = rows[row]![at ^ 1];
    if (sibling !== undefined) proof.push(toHex(sibling));
  }
  return proof;
}

/** The proof may come from a stranger: what is malformed proves nothing. */
export function provesAttestation(leaf: AttestationLeaf, proof: readonly string[], root: string): boolean {
  if (proof.length > 20 || !proof.every((node) => /^0x[0-9a-f]{64}$/.test(node))) return false;
  const top = proof.reduce((node, sibling) => parent(node, fromHex(sibling)), attestationLeaf(leaf));
  return toHex(top) === root;
}

function parent(a: Uint8Array, b: Uint8Array): Uint8Array {
  return before(a, b) ? keccak256(a, b) : keccak256(b, a);
}

function before(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return true;
}

/** A count below 2^53 as 32 bytes, big endian. */
function word(value: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setBigUint64(24, BigInt(value));
  return bytes;
}

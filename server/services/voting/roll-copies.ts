/**
 * Copies of a frozen roll, so that a voter can prove membership at any gateway: the roots of its chunks, known by the root that the
 * chain holds, and the leaves of each chunk, known by the chunk's root. Numbers are 32 bytes each, big endian.
 */
import { concat, fromHex, type Hex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { type Form, published, type Reading } from '../define.ts';
import { chunkRow, type RollRow, rollRow } from './enrolment.ts';
import { CHUNK_LEAVES, chunkRootsOf, EMPTY_CHUNK, FIELD, MAX_ROLL, rollRootOf } from './roll.ts';

const BYTES = 32;

/** @param number decimal, or as it is */
export function digestOf(number: string | bigint): Hex {
  return `0x${BigInt(number)
    .toString(16)
    .padStart(2 * BYTES, '0')}`;
}

export const rollForm: Form = {
  maxBytes: (MAX_ROLL / CHUNK_LEAVES) * BYTES,
  read(bytes, digest) {
    const roots = numbersOf(bytes);
    // Empty chunks behind the last one would change nothing in the root.
    if (roots === undefined || roots.at(-1) === EMPTY_CHUNK) return undefined;
    if (digestOf(rollRootOf(roots)) !== digest) return undefined;
    return roots.map((root) => ({ digest: digestOf(root), form: 'chunk' }));
  },
};

export const chunkForm: Form = {
  maxBytes: CHUNK_LEAVES * BYTES,
  read(bytes, digest) {
    const leaves = numbersOf(bytes);
    return leaves !== undefined && rootOfChunk(leaves) === digest ? [] : undefined;
  },
};

/** From the rows of the gateway that froze it. */
export function* ownRoll(pollId: Hex, root: string, digest: Hex): Reading<Uint8Array | undefined> {
  const roll = yield* rollRow(pollId);
  if (roll === undefined) return undefined;
  if (digest === digestOf(root)) return bytesOf(roll.chunkRoots);
  const chunk = roll.chunkRoots.findIndex((one) => digestOf(one) === digest);
  const leaves = yield* chunkRow(pollId, chunk);
  return leaves && bytesOf(leaves);
}

/** undefined while a part of it has not come. */
export function* publishedRoll({ root, size }: Pick<RollRow, 'root' | 'size'>): Reading<RollRow | undefined> {
  const roots = yield* publishedNumbers(digestOf(root));
  if (roots === undefined) return undefined;
  const firstLeaves: string[] = [];
  for (const one of roots) {
    const leaves = yield* published(digestOf(one));
    if (leaves === undefined) return undefined;
    firstLeaves.push(numbersOf(leaves.subarray(0, BYTES))![0]!.toString());
  }
  return { root, size, chunkRoots: roots.map(String), firstLeaves };
}

export function* publishedChunk(root: string, chunk: number): Reading<readonly string[] | undefined> {
  const own = (yield* publishedNumbers(digestOf(root)))?.[chunk];
  const leaves = own === undefined ? undefined : yield* publishedNumbers(digestOf(own));
  return leaves?.map(String);
}

function* publishedNumbers(digest: Hex): Reading<readonly bigint[] | undefined> {
  const bytes = yield* published(digest);
  return bytes && numbersOf(bytes);
}

/** undefined for what is not at least one number of the field. */
function numbersOf(bytes: Uint8Array): readonly bigint[] | undefined {
  if (bytes.length === 0 || bytes.length % BYTES !== 0) return undefined;
  const numbers = Array.from({ length: bytes.length / BYTES }, (_, i) =>
    BigInt(toHex(bytes.subarray(i * BYTES, (i + 1) * BYTES))),
  );
  return numbers.every((number) => number < FIELD) ? numbers : undefined;
}

function bytesOf(numbers: readonly string[]): Uint8Array {
  return concat(...numbers.map((number) => fromHex(digestOf(number))));
}

/** undefined when the leaves are not in the roll's order. */
function rootOfChunk(leaves: readonly bigint[]): Hex | undefined {
  try {
    return digestOf(chunkRootsOf(leaves)[0]!);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

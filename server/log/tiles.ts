/** Names and contents of the files of a tiled log (c2sp.org/tlog-tiles). */
import { concat } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { nodeHash } from '../verify/merkle.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE = 256;
const HASH = 32;

/** @param width hashes in a partial tile; absent or 256 for a full one. */
export function tilePath(level: number | 'entries', index: number, width = TILE): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  const path = `tile/${level}/${groups.join('/')}`;
  return width === TILE ? path : `${path}.p/${width}`;
}

/** Entries with their lengths in 16 bits, big endian. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]),
  );
}

/** @throws AppError LOG_CORRUPT */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 2 <= bytes.length ? bytes[at]! * 256 + bytes[at + 1]! : 0;
    if (length === 0 || at + 2 + length > bytes.length) throw new AppError('LOG_CORRUPT', { part: 'bundle' });
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

/** A tile's hashes, and the nodes of the eight rows above them as they are asked for. */
export class Tile {
  readonly hashes: Uint8Array[];
  /** Hashes are only ever added to a tile, so a node that was complete once stays as it is. */
  readonly #nodes = new Map<number, Uint8Array>();

  constructor(hashes: readonly Uint8Array[] = []) {
    this.hashes = [...hashes];
  }

  /** @throws AppError LOG_CORRUPT when the bytes are no full tile. */
  static parse(bytes: Uint8Array): Tile {
    if (bytes.length !== TILE * HASH) throw new AppError('LOG_CORRUPT', { part: 'tile' });
    return new Tile(Array.from({ length: TILE }, (_, i) => bytes.subarray(i * HASH, (i + 1) * HASH)));
  }

  /** Root of the hashes index*2^row .. (index+1)*2^row - 1, all of which must be there. */
  node(row: number, index: number): Uint8Array {
    if (row === 0) return this.hashes[index]!;
    const key = row * TILE + index;
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = nodeHash(this.node(row - 1, 2 * index), this.node(row - 1, 2 * index + 1));
      this.#nodes.set(key, node);
    }
    return node;
  }

  /** Root of a full tile. */
  root(): Uint8Array {
    return this.node(8, 0);
  }

  bytes(): Uint8Array {
    return concat(...this.hashes);
  }
}

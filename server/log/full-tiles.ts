/** Full tiles and bundles on disk: immutable, so that what was read once may be kept. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { equal } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { isMissing, type NewFile, type Root, readIfThere, writeFiles } from './files.ts';
import { decodeBundle, TILE, Tile, tilePath } from './tiles.ts';

/** Kept in memory: 1,000 tiles with all their nodes take about 32 MB. */
const CACHED_TILES = 1000;
const CACHED_BUNDLES = 200;

export class FullTiles {
  readonly #root: Root;
  readonly #tiles = new Map<string, Tile>();
  readonly #bundles = new Map<number, Uint8Array[]>();

  constructor(root: Root) {
    this.#root = root;
  }

  /** One that is there must hold the same bytes. @throws AppError LOG_CONFLICT */
  async add(files: readonly NewFile[]): Promise<void> {
    const missing: NewFile[] = [];
    for (const file of files) {
      const present = await readIfThere(join(this.#root.folder, file.path));
      if (present === undefined) missing.push(file);
      else if (!equal(present, file.bytes)) throw new AppError('LOG_CONFLICT', { file: file.path });
    }
    await writeFiles(this.#root, missing);
  }

  /** @throws AppError LOG_CORRUPT */
  async tile(level: number, index: number): Promise<Tile> {
    const path = tilePath(level, index);
    const known = this.#tiles.get(path);
    if (known !== undefined) return known;
    const bytes = await readIfThere(join(this.#root.folder, path));
    if (bytes === undefined) throw new AppError('LOG_CORRUPT', { file: path, reason: 'missing' });
    const tile = Tile.parse(bytes);
    keep(this.#tiles, path, tile, CACHED_TILES);
    return tile;
  }

  /** @throws AppError LOG_CORRUPT */
  async bundle(index: number): Promise<Uint8Array[]> {
    const known = this.#bundles.get(index);
    if (known !== undefined) return known;
    const path = tilePath('entries', index);
    const bytes = await readIfThere(join(this.#root.folder, path));
    const entries = bytes === undefined ? [] : decodeBundle(bytes);
    if (entries.length !== TILE) throw new AppError('LOG_CORRUPT', { file: path });
    keep(this.#bundles, index, entries, CACHED_BUNDLES);
    return entries;
  }
}

/** Bundles are written in order, so their number is found by halving. */
export async function countBundles(root: Root): Promise<number> {
  const exists = async (index: number) => {
    try {
      await access(join(root.folder, tilePath('entries', index)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };
  let beyond = 1;
  while (await exists(beyond - 1)) beyond *= 2;
  let low = Math.floor(beyond / 2);
  let high = beyond - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await exists(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The oldest goes first. */
function keep<K, V>(cache: Map<K, V>, key: K, value: V, limit: number): void {
  cache.set(key, value);
  if (cache.size <= limit) return;
  const [oldest] = cache.keys();
  if (oldest !== undefined) cache.delete(oldest);
}

/** Tiles and bundles of a tree as c2sp.org/tlog-tiles serves them, of any width: made when asked for, so that no file need be written. */
import { concat } from '../core/bytes.ts';
import { encodeBundle, TILE, tilePath } from './tiles.ts';
import type { Tree } from './tree.ts';

/** Five groups of digits: whatever the path says, the number is a safe integer. */
const PATH = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

/** @param path below the log's prefix; undefined when the tree holds no such tile. */
export async function readTile(tree: Tree, path: string): Promise<Uint8Array | undefined> {
  const [, rows, number, partial] = PATH.exec(path) ?? [];
  if (rows === undefined || number === undefined) return undefined;
  const level = rows === 'entries' ? rows : Number(rows);
  const index = Number(number.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE : Number(partial);
  // One name for one tile.
  if (width === 0 || tilePath(level, index, width) !== path) return undefined;
  if (level !== 'entries') {
    const hashes = await tree.hashes(level, index * TILE, width);
    return hashes && concat(...hashes);
  }
  if (index * TILE + width > tree.size) return undefined;
  const entries = Array.from({ length: width }, (_, i) => tree.entry(index * TILE + i));
  return encodeBundle(await Promise.all(entries));
}

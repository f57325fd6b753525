/**
 * An append-only Merkle tree (RFC 6962) kept as tiles on disk. A pure function of the entries: whoever appends the same ones
 * gets byte-equal files. Used by the log and, in its own process, by every witness.
 *
 * On disk, in this order: full tiles, then the full bundle that makes them count, then the tail of entries without a full bundle.
 * A crash between any two leaves a shorter tree, never a wrong one.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, equal } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { EMPTY_ROOT, leafHash } from '../verify/merkle.ts';
import { MAX_LEAF } from '../verify/receipt.ts';
import { type NewFile, type Root, writeFiles } from './files.ts';
import { countBundles, FullTiles } from './full-tiles.ts';
import { consistencyPath, inclusionPath, type NodeOf, rangeRoot } from './proofs.ts';
import { createTail, openTail, removeOtherTails, type Tail } from './tail.ts';
import { encodeBundle, TILE, Tile, tilePath } from './tiles.ts';

export interface Tree {
  readonly size: number;
  readonly publicFolder: string;
  /**
   * Durable when it resolves. Entries that stand in the tree already are compared with it.
   * @throws AppError LOG_CONFLICT for other bytes, LOG_GAP when firstIndex lies behind the end, LOG_ENTRY_SIZE
   */
  append(firstIndex: number, entries: readonly Uint8Array[]): Promise<void>;
  entry(index: number): Promise<Uint8Array>;
  root(size: number): Promise<Uint8Array>;
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
  consistencyProof(oldSize: number, size: number): Promise<Uint8Array[]>;
  /** Hashes of level `level` of the tiles, all within one tile; undefined when the tree does not hold them all. */
  hashes(level: number, first: number, count: number): Promise<Uint8Array[] | undefined>;
  /** Writes the partial tiles that a checkpoint of this size, or of the present one, needs. @returns that size */
  writePartials(size?: number): Promise<number>;
  close(): Promise<void>;
}

/** @param folder holds `public/`, which is served, and `state/`, which is not. One process at a time. */
export async function openTree(folder: string): Promise<Tree> {
  const root = { folder: join(folder, 'public'), temporary: join(folder, 'temporary') };
  const state = join(folder, 'state');
  await rm(root.temporary, { recursive: true, force: true });
  for (const path of [root.folder, root.temporary, state]) await mkdir(path, { recursive: true });
  const bundles = await countBundles(root);
  const tree = new TileTree(root, state, await openTail(state, bundles));
  await removeOtherTails(state, bundles);
  await tree.load(bundles);
  return tree;
}

class TileTree implements Tree {
  readonly #root: Root;
  readonly #state: string;
  readonly #full: FullTiles;
  /** Partial tiles of the present edge that are on disk. */
  readonly #partials = new Set<string>();
  /** The last tile of each level while it is partial; level 0 holds the hashes of the tail's entries. */
  #edge: Tile[] = [];
  #tail: Tail;
  #size = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: Root, state: string, tail: Tail) {
    this.#root = root;
    this.#full = new FullTiles(root);
    this.#state = state;
    this.#tail = tail;
  }

  get size(): number {
    return this.#size;
  }

  get publicFolder(): string {
    return this.#root.folder;
  }

  /** The edge is computed again from the full tiles below it: nothing else needs to be stored, or trusted. */
  async load(bundles: number): Promise<void> {
    this.#edge = [new Tile(this.#tail.entries.map(leafHash))];
    for (let level = 1, full = bundles; full > 0; level++, full = Math.floor(full / TILE)) {
      const first = full - (full % TILE);
      const below = Array.from({ length: full - first }, (_, i) => this.#full.tile(level - 1, first + i));
      this.#edge[level] = new Tile((await Promise.all(below)).map((tile) => tile.root()));
    }
    this.#size = bundles * TILE + this.#tail.entries.length;
  }

  append(firstIndex: number, entries: readonly Uint8Array[]): Promise<void> {
    return this.#serial(async () => {
      if (firstIndex > this.#size) throw new AppError('LOG_GAP', { firstIndex, size: this.#size });
      const wrong = entries.find((entry) => entry.length === 0 || entry.length > MAX_LEAF);
      if (wrong !== undefined) throw new AppError('LOG_ENTRY_SIZE', { bytes: wrong.length });
      const known = Math.min(entries.length, this.#size - firstIndex);
      for (let i = 0; i < known; i++) {
        if (!equal(await this.entry(firstIndex + i), entries[i]!))
          throw new AppError('LOG_CONFLICT', { index: firstIndex + i });
      }
      if (known < entries.length) await this.#extend(entries.slice(known));
    });
  }

  async entry(index: number): Promise<Uint8Array> {
    if (index < 0 || index >= this.#size) throw new AppError('LOG_NO_ENTRY', { index, size: this.#size });
    const bundle = Math.floor(index / TILE);
    if (bundle === Math.floor(this.#size / TILE)) return this.#tail.entries[index % TILE]!;
    return (await this.#full.bundle(bundle))[index % TILE]!;
  }

  async root(size: number): Promise<Uint8Array> {
    this.#requireSize(size);
    return size === 0 ? EMPTY_ROOT : rangeRoot(this.#node, 0, size);
  }

  async inclusionProof(index: number, size: number): Promise<Uint8Array[]> {
    this.#requireSize(size);
    if (index < 0 || index >= size) throw new AppError('LOG_NO_ENTRY', { index, size });
    return inclusionPath(this.#node, index, size);
  }

  async consistencyProof(oldSize: number, size: number): Promise<Uint8Array[]> {
    this.#requireSize(size);
    if (oldSize < 0 || oldSize > size) throw new AppError('LOG_NO_ENTRY', { index: oldSize, size });
    return consistencyPath(this.#node, oldSize, size);
  }

  async hashes(level: number, first: number, count: number): Promise<Uint8Array[] | undefined> {
    if (first + count > Math.floor(this.#size / TILE ** level)) return undefined;
    const tile = await this.#tile(level, Math.floor(first / TILE));
    return tile.hashes.slice(first % TILE, (first % TILE) + count);
  }

  writePartials(size?: number): Promise<number> {
    return this.#serial(async () => {
      const wanted = size ?? this.#size;
      this.#requireSize(wanted);
      const files: NewFile[] = [];
      for (let level = 0; TILE ** level <= wanted; level++) {
        const count = Math.floor(wanted / TILE ** level);
        const width = count % TILE;
        const path = tilePath(level, Math.floor(count / TILE), width);
        // What has become full since is there as a full tile, which readers take as well.
        const isEdge = Math.floor(count / TILE) === Math.floor(this.#size / TILE ** (level + 1));
        if (width > 0 && isEdge)
          files.push({ path, bytes: concat(...this.#edge[level]!.hashes.slice(0, width)) });
      }
      const bundle = Math.floor(wanted / TILE);
      const entries = this.#tail.entries.slice(0, wanted % TILE);
      if (entries.length > 0 && bundle === Math.floor(this.#size / TILE))
        files.push({ path: tilePath('entries', bundle, entries.length), bytes: encodeBundle(entries) });
      // A partial tile's name holds its width, so one that was written stays as it is.
      await writeFiles(
        this.#root,
        files.filter((file) => !this.#partials.has(file.path)),
      );
      for (const file of files) this.#partials.add(file.path);
      return wanted;
    });
  }

  close(): Promise<void> {
    return this.#serial(() => this.#tail.close());
  }

  async #extend(fresh: readonly Uint8Array[]): Promise<void> {
    const first = Math.floor(this.#size / TILE);
    const pending = [...this.#tail.entries, ...fresh];
    const full = Math.floor(pending.length / TILE);
    if (full === 0) {
      await this.#tail.append(fresh);
      this.#edge[0]!.hashes.push(...fresh.map(leafHash));
      this.#size += fresh.length;
      return;
    }
    const edge = this.#edge.map((tile) => new Tile(tile.hashes));
    const tiles: NewFile[] = [];
    const hashes = [...edge[0]!.hashes, ...fresh.map(leafHash)];
    for (let i = 0; i < full; i++)
      raise(edge, tiles, 0, first + i, new Tile(hashes.slice(i * TILE, (i + 1) * TILE)));
    edge[0] = new Tile(hashes.slice(full * TILE));
    const bundles = Array.from({ length: full }, (_, i) => ({
      path: tilePath('entries', first + i),
      bytes: encodeBundle(pending.slice(i * TILE, (i + 1) * TILE)),
    }));
    await this.#full.add(tiles);
    await this.#full.add(bundles);
    const before = this.#tail;
    const tail = await createTail(this.#state, first + full, pending.slice(full * TILE));
    // No await between these: a reader sees either the old tree or the new one.
    this.#tail = tail;
    this.#edge = edge;
    this.#size += fresh.length;
    await before.close();
    await removeOtherTails(this.#state, first + full);
    await this.#removePartials([...tiles, ...bundles]);
  }

  async #removePartials(files: readonly NewFile[]): Promise<void> {
    for (const file of files)
      await rm(join(this.#root.folder, `${file.path}.p`), { recursive: true, force: true });
    this.#partials.clear();
  }

  readonly #node: NodeOf = async (row, index) => {
    const level = Math.floor(row / 8);
    const rowInTile = row % 8;
    const perTile = TILE / 2 ** rowInTile;
    const tile = await this.#tile(level, Math.floor(index / perTile));
    return tile.node(rowInTile, index % perTile);
  };

  #tile(level: number, index: number): Promise<Tile> | Tile {
    const edge = this.#edge[level];
    const isEdge = edge !== undefined && index === Math.floor(this.#size / TILE ** (level + 1));
    return isEdge ? edge : this.#full.tile(level, index);
  }

  #requireSize(size: number): void {
    if (size < 0 || size > this.#size) throw new AppError('LOG_NO_ENTRY', { index: size, size: this.#size });
  }

  #serial<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task, task);
    this.#last = run.catch(() => undefined);
    return run;
  }
}

/** Adds a full tile, and its root to the tile above, which may become full in turn. */
function raise(edge: Tile[], files: NewFile[], level: number, index: number, tile: Tile): void {
  files.push({ path: tilePath(level, index), bytes: tile.bytes() });
  const above = edge[level + 1] ?? new Tile();
  above.hashes.push(tile.root());
  edge[level + 1] = above;
  if (above.hashes.length < TILE) return;
  edge[level + 1] = new Tile();
  raise(edge, files, level + 1, Math.floor(index / TILE), above);
}

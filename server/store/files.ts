/**
 * Rows `file:<path in the data folder>` = text: the small files without which a copy of the store is no gateway (sealed keys,
 * deployment, trust). Never the passphrase, which people keep.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Op, Store } from './level.ts';
import { writeDurably } from './write-file.ts';

const PREFIX = 'file:';
/** What these folders of a data folder hold as *.json; the rest is in the store, on the chain, or made anew. */
const FOLDERS = ['', 'keys', 'keys/vault', 'trusts', 'witness'];
const PATH = /^(?:[a-z0-9][\w-]*\/){0,3}[a-z0-9][\w.-]*\.json$/;

/** They come and go; what is gone must not come back with a copy, least of all a retired key. */
const PASSING = ['next', 'retiring', 'retired'].map((name) => `keys/log-${name}.json`);
/** What a standby promised, and what a recovery has begun: of one folder only. */
const OWN = /^(standby|recover)/;

/** Commits those that are new or changed, and erases what was destroyed. Call before anything relies on a new one. */
export async function mirrorFiles(store: Store, folder: string): Promise<void> {
  const ops: Op[] = [];
  const paths = await pathsIn(folder);
  const erased = PASSING.filter((path) => !paths.includes(path)).map((path) => ({ path, value: undefined }));
  const replaced: { path: string; value: string | undefined }[] = [];
  for (const path of paths) {
    const value = await readFile(join(folder, path), 'utf8');
    const before = await store.get(PREFIX + path);
    if (before === value) continue;
    if (before !== undefined && path.startsWith('keys/')) replaced.push({ path, value });
    else ops.push({ type: 'put', key: PREFIX + path, value });
  }
  await store.commit(ops);
  for (const { path, value } of [...replaced, ...erased])
    if ((await store.get(PREFIX + path)) !== value) await store.replace(PREFIX + path, value);
}

/** Writes them out into a folder, and returns their paths in it. @throws AppError FILE_ROW_INVALID */
export async function writeMirrored(store: Store, folder: string): Promise<string[]> {
  const rows = await store.range<string>({ gt: PREFIX, lt: `${PREFIX}\uffff` });
  const paths: string[] = [];
  for (const { key, value } of rows) {
    const path = key.slice(PREFIX.length);
    // Whoever could write such a row must not choose where it lands.
    if (!PATH.test(path) || typeof value !== 'string') throw new AppError('FILE_ROW_INVALID', { key });
    if (OWN.test(path)) continue;
    await writeDurably(join(folder, path), value);
    paths.push(path);
  }
  return paths;
}

async function pathsIn(folder: string): Promise<string[]> {
  const lists = FOLDERS.map(async (sub) => {
    const names = await readdir(join(folder, sub)).catch((): string[] => []);
    return names.map((name) => (sub === '' ? name : `${sub}/${name}`));
  });
  return (await Promise.all(lists)).flat().filter((path) => PATH.test(path) && !OWN.test(path));
}

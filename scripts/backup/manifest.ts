/**
 * A backup is a folder: `store.jsonl` (all rows, see server/store/snapshot.ts), `chain/` when the embedded chain belongs to it,
 * and `manifest.json`, written last, with the SHA-256 of each file.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '../../server/core/errors.ts';
import { writeDurably } from '../../server/store/write-file.ts';

const FORMAT = 'backup.1';

interface Manifest {
  readonly sillok: typeof FORMAT;
  readonly madeAtMs: number;
  readonly files: Readonly<Record<string, string>>;
}

export async function writeManifest(folder: string): Promise<void> {
  const manifest: Manifest = { sillok: FORMAT, madeAtMs: Date.now(), files: await hashesOf(folder) };
  await writeDurably(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** @throws AppError BACKUP_MISSING | BACKUP_DAMAGED {file} */
export async function checkManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((error) => {
    throw new AppError('BACKUP_MISSING', { folder }, error);
  });
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (error) {
    throw new AppError('BACKUP_DAMAGED', { file: 'manifest.json' }, error);
  }
  if (manifest.sillok !== FORMAT) throw new AppError('BACKUP_DAMAGED', { file: 'manifest.json' });
  const found = await hashesOf(folder);
  for (const file of new Set([...Object.keys(manifest.files), ...Object.keys(found)]))
    if (manifest.files[file] !== found[file]) throw new AppError('BACKUP_DAMAGED', { file });
  return manifest;
}

async function hashesOf(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    if (name === 'manifest.json' || !(await stat(path)).isFile()) continue;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    hashes[relative(folder, path)] = hash.digest('hex');
  }
  return hashes;
}

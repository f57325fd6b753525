/** Files that are either whole or not there, also after a power cut: temporary name, fsync, rename, fsync of the folder. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { syncFolder } from '../store/write-file.ts';

export interface NewFile {
  /** Relative to the root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Rename within one file system is atomic, so the temporary folder must lie on the same one as the root. */
export interface Root {
  readonly folder: string;
  readonly temporary: string;
}

/** Concurrent fsyncs share journal commits of the file system; more than this gains nothing. */
const PARALLEL = 16;
let temporaryNumber = 0;

/** When it resolves, all files are on the disk under their names. Existing ones are replaced. */
export async function writeFiles(root: Root, files: readonly NewFile[]): Promise<void> {
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await writeOne(root, file);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, worker));
  const folders = new Set(files.flatMap((file) => foldersOf(root, file)));
  await Promise.all([...folders].map(syncFolder));
}

/** undefined when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

async function writeOne(root: Root, { path, bytes }: NewFile): Promise<void> {
  temporaryNumber += 1;
  const temporary = join(root.temporary, `${process.pid}-${temporaryNumber}`);
  const target = join(root.folder, path);
  const handle = await open(temporary, 'w', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await mkdir(dirname(target), { recursive: true });
  await rename(temporary, target);
}

/** The file's folder and all above it up to the root: any of them may be new, and a new name must reach the disk too. */
function foldersOf(root: Root, { path }: NewFile): string[] {
  const parts = relative('.', dirname(path)).split(sep).filter(Boolean);
  return [root.folder, ...parts.map((_, i) => join(root.folder, ...parts.slice(0, i + 1)))];
}

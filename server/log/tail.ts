/**
 * Entries that do not fill a bundle yet, in an append-only file: one write and one fsync per append, however small.
 * A record is length u32 | first 8 bytes of SHA-256(entry) | entry. Whatever follows the last good record was never acknowledged.
 */
import { constants, type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, equal } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import { syncFolder, writeAt } from '../store/write-file.ts';

const HEAD = 12;

export interface Tail {
  readonly entries: readonly Uint8Array[];
  append(entries: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** One file per bundle, so that a tail left from before a bundle was full is never taken for the next one's. */
export async function openTail(folder: string, bundle: number): Promise<Tail> {
  const file = await openFile(folder, bundle);
  return tail(file, parse(await file.readFile()));
}

/** Starts the tail behind a bundle that has just become full. */
export async function createTail(
  folder: string,
  bundle: number,
  entries: readonly Uint8Array[],
): Promise<Tail> {
  const created = tail(await openFile(folder, bundle), []);
  await created.append(entries);
  return created;
}

/** Tails of bundles that are full by now. */
export async function removeOtherTails(folder: string, bundle: number): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith('tail.') && name !== `tail.${bundle}`) await rm(join(folder, name), { force: true });
}

async function openFile(folder: string, bundle: number): Promise<FileHandle> {
  const file = await open(join(folder, `tail.${bundle}`), constants.O_RDWR | constants.O_CREAT, 0o644);
  await syncFolder(folder);
  return file;
}

function tail(file: FileHandle, entries: Uint8Array[]): Tail {
  let end = entries.reduce((total, entry) => total + HEAD + entry.length, 0);
  return {
    entries,
    async append(fresh) {
      const bytes = concat(...fresh.map(record));
      // Cut off first what a torn or failed write left behind: it must not come alive behind shorter records.
      await file.truncate(end);
      await writeAt(file, bytes, end);
      await file.datasync();
      end += bytes.length;
      entries.push(...fresh);
    },
    close: () => file.close(),
  };
}

function record(entry: Uint8Array): Uint8Array {
  const head = new Uint8Array(HEAD);
  new DataView(head.buffer).setUint32(0, entry.length);
  head.set(sha256(entry).subarray(0, 8), 4);
  return concat(head, entry);
}

function parse(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const end = at + HEAD + view.getUint32(at);
    if (end > bytes.length) break;
    const entry = bytes.subarray(at + HEAD, end);
    if (!equal(sha256(entry).subarray(0, 8), bytes.subarray(at + 4, at + HEAD))) break;
    entries.push(entry);
    at = end;
  }
  return entries;
}

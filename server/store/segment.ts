/** A file of the commit log: `<16 digits, rising>.log` = a line with the format, records, zeros. */
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCommit, lengthAt } from './record.ts';
import { syncFolder } from './write-file.ts';

export const FORMAT = Buffer.from('sillok commits 1\n');
export const SEGMENT_BYTES = 1 << 20;

export interface Segment {
  readonly path: string;
  /** Number of its first commit. */
  readonly first: number;
  /** Where each commit begins; the last is where the next one will. */
  readonly offsets: number[];
  readonly bytes: number;
}

/** Laid out and not yet used. */
export interface Blank {
  readonly path: string;
  readonly file: FileHandle;
  readonly bytes: number;
  discard(): Promise<void>;
}

/** On the disk with its name when it resolves. @throws an error of the file system; then nothing is left of it */
export async function layOut(folder: string, sequence: number, bytes: number): Promise<Blank> {
  const path = join(folder, `${String(sequence).padStart(16, '0')}.log`);
  const zeros = Buffer.alloc(Math.max(SEGMENT_BYTES, FORMAT.length + bytes));
  FORMAT.copy(zeros);
  const file = await open(path, 'w+', 0o600);
  const discard = async () => {
    await file.close();
    unlinkSync(path);
  };
  try {
    // One write call may take less than it is given.
    await file.writeFile(zeros);
    await file.sync();
    await syncFolder(folder);
  } catch (error) {
    await discard();
    throw error;
  }
  return { path, file, bytes: zeros.length, discard };
}

/** As the lengths in it say; `first` is 0 when there is no record. */
export function segmentOf(path: string): Segment {
  const buffer = readFileSync(path);
  const offsets = [FORMAT.length];
  for (let at = FORMAT.length; ; ) {
    const length = lengthAt(buffer, at);
    if (length === undefined) break;
    at += length;
    offsets.push(at);
  }
  const first = decodeCommit(buffer, FORMAT.length)?.number ?? 0;
  return { path, first, offsets, bytes: buffer.length };
}

export function lastOf({ first, offsets }: Segment): number {
  return first + offsets.length - 2;
}

/** In the order in which they were begun. */
export function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{16}\.log$/.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

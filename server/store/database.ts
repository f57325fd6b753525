/** LevelDB as the store uses it: opened with care, and its errors told apart. */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { AppError } from '../core/errors.ts';

export type Database = Level<string, string>;
/** All rows as they were at one moment. */
export type View = ReturnType<Database['snapshot']>;

/** Enough for LevelDB to write a manifest and a log file before a full disk is believed to have room again. */
const PROBE = new Uint8Array(1 << 20);

/** @throws AppError STORE_LOCKED | STORE_CORRUPT | STORE_READ_ONLY | STORE_FULL | STORE_FAILED */
export async function openDatabase(folder: string): Promise<Database> {
  refuseRemains(folder);
  const level: Database = new Level(folder);
  try {
    await level.open();
  } catch (error) {
    throw failureOf(error, folder);
  }
  return level;
}

/** Behind all keys: compacting it only writes what is in memory into a table. */
export const LAST_KEY = '\uffff';

interface Compacting {
  readonly location: string;
  compactRange(start: string, end: string): Promise<void>;
}

/**
 * Merges the tables that may hold the key, and first writes all that is in memory only into a table. LevelDB says nothing when
 * it could not: without a new log it did not try; when it gave up in the background the next write tells, for then none is taken.
 * The package types only what browsers have too; on Node the database is a ClassicLevel.
 * @throws Error when no new log was begun
 */
export async function compact(level: Database, key: string): Promise<void> {
  const { location } = level as unknown as Compacting;
  const before = newestLog(location);
  await (level as unknown as Compacting).compactRange(key, key);
  if (newestLog(location) === before) throw new Error('LevelDB could not begin a new log');
}

function newestLog(folder: string): number {
  return Math.max(0, ...readdirSync(folder).map((name) => Number(/^(\d+)\.log$/.exec(name)?.[1] ?? 0)));
}

/** LevelDB takes a folder without CURRENT for an empty one, and deletes the tables in it as rubbish. */
function refuseRemains(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (!names.includes('CURRENT') && names.some((name) => /\.(ldb|sst|log)$/.test(name)))
    throw new AppError('STORE_CORRUPT', { folder });
}

/** @throws an error of the file system while the disk takes nothing */
export function probe(folder: string): void {
  const path = join(folder, 'probe.tmp');
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, PROBE);
    fsyncSync(file);
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

/** LevelDB tells the reason of an input or output error only in words. */
export function failureOf(error: unknown, folder: string): AppError {
  if (error instanceof AppError) return error;
  const { code, cause, message } = error as Error & { code?: string; cause?: Error & { code?: string } };
  const codes = `${code} ${cause?.code}`;
  const text = `${message} ${cause?.message} ${codes}`;
  const fail = (name: string) => new AppError(name, { folder }, error);
  if (/LEVEL_LOCKED/.test(codes)) return fail('STORE_LOCKED');
  if (/no space left|disk quota|file too large|ENOSPC|EDQUOT|EFBIG/i.test(text)) return fail('STORE_FULL');
  if (/permission denied|read-only|EACCES|EROFS|EPERM/i.test(text)) return fail('STORE_READ_ONLY');
  if (
    /LEVEL_CORRUPTION/.test(codes) ||
    /corrupt|checksum|no such file|does not exist|missing files/i.test(text)
  )
    return fail('STORE_CORRUPT');
  return fail('STORE_FAILED');
}

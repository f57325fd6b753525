/**
 * The gateway's store: one ordered key space in a level database, JSON values, every commit atomic and synced.
 * Commits that arrive while one is being synced share the next sync, so that the rate of the disk bounds batches, not callers.
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { AppError } from '../core/errors.ts';

/** Values are JSON; a `put` of null or undefined is a `del`. */
export interface Op {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: unknown;
}

export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface Store {
  get<T>(key: string): Promise<T | undefined>;
  getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]>;
  range<T>(options: Range): Promise<{ key: string; value: T }[]>;
  /** All of it or nothing, on the disk when it resolves. Commits take effect in the order of the calls. @throws AppError STORE_FULL | STORE_READ_ONLY | STORE_FAILED */
  commit(ops: readonly Op[]): Promise<void>;
  /** Commits the value and rewrites the files that hold old ones of this key, so that they are gone from the disk too. */
  replace(key: string, value: unknown): Promise<void>;
  /** Waits for commits under way. */
  close(): Promise<void>;
}

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Compacting {
  compactRange(start: string, end: string): Promise<void>;
}

/** Enough for LevelDB to write a manifest and a log file before a full disk is believed to have room again. */
const PROBE = new Uint8Array(1 << 20);

/** @throws AppError STORE_LOCKED | STORE_CORRUPT | STORE_READ_ONLY | STORE_FULL | STORE_FAILED */
export async function openStore(folder: string): Promise<Store> {
  const level = new Level<string, string>(folder);
  await opened(level, folder);
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  // After a failed write LevelDB's log may end in a torn record, and what is appended behind it would be lost at the next
  // start. So nothing is written before the database was opened anew, which begins a new log.
  let torn = false;
  let reopening: Promise<void> | undefined;
  // That record may turn out whole when it is read again, though its callers were told that it failed.
  let undo: readonly Operation[] = [];

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        if (torn) await reopen();
        await write(group.flatMap(({ operations }) => operations));
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = failureOf(error, folder);
        for (const { reject } of group) reject(failure);
      }
    }
    working = undefined;
  }

  async function write(operations: readonly Operation[]): Promise<void> {
    try {
      await level.batch([...operations], { sync: true });
    } catch (error) {
      torn = true;
      const keys = [...new Set(operations.map(({ key }) => key))];
      const before = await level.getMany(keys);
      undo = keys.map((key, i) =>
        before[i] === undefined ? { type: 'del', key } : { type: 'put', key, value: before[i] },
      );
      throw error;
    }
  }

  /** Reads go on until a probe shows that the disk takes writes again. */
  async function reopen(): Promise<void> {
    probe(folder);
    reopening = (async () => {
      await level.close();
      await level.open();
      await level.batch([...undo], { sync: true });
    })();
    await reopening.finally(() => {
      reopening = undefined;
    });
    undo = [];
    torn = false;
  }

  /** Read on the spot: a value is mostly in memory, and a hop to a worker thread costs twenty times as much as finding it. */
  async function get(key: string): Promise<string | undefined> {
    await reopening;
    return level.getSync(key);
  }

  async function commit(ops: readonly Op[]): Promise<void> {
    // Encoded here, so that a value that is no JSON fails its own caller and not those who share the sync.
    const operations = ops.map(operation);
    return new Promise((resolve, reject) => {
      waiting.push({ operations, resolve, reject });
      working ??= Promise.resolve().then(work);
    });
  }

  /** The package types only what browsers have too; on Node the database is a ClassicLevel. */
  const compact = (key: string) => (level as unknown as Compacting).compactRange(key, key);

  return {
    get: async <T>(key: string) => decoded<T>(await get(key)),
    getMany: async <T>(keys: readonly string[]) => {
      await reopening;
      return keys.map((key) => decoded<T>(level.getSync(key)));
    },
    range: async <T>(options: Range) => {
      await reopening;
      const rows = await level.iterator(options).all();
      return rows.map(([key, text]) => ({ key, value: JSON.parse(text) as T }));
    },
    commit,
    replace: async (key, value) => {
      // LevelDB drops an old value only when it merges two tables: the old one has to be in one before the new one comes.
      await compact(key);
      await commit([{ type: 'put', key, value }]);
      await compact(key);
    },
    close: async () => {
      await working;
      await level.close();
    },
  };
}

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

function operation({ type, key, value }: Op): Operation {
  return type === 'put' && value !== undefined && value !== null
    ? { type, key, value: JSON.stringify(value) }
    : { type: 'del', key };
}

function decoded<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

async function opened(level: Level<string, string>, folder: string): Promise<void> {
  refuseRemains(folder);
  try {
    await level.open();
  } catch (error) {
    throw failureOf(error, folder);
  }
}

/** LevelDB takes a folder without CURRENT for an empty one, and deletes the tables in it as rubbish. */
function refuseRemains(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (!names.includes('CURRENT') && names.some((name) => /\.(ldb|sst|log)$/.test(name)))
    throw new AppError('STORE_CORRUPT', { folder });
}

function probe(folder: string): void {
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
function failureOf(error: unknown, folder: string): AppError {
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

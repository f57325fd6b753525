/** A commit on the disk: in the commit log and in LevelDB, synced side by side, and taken back from both when one of them fails. */
import { join } from 'node:path';
import { type CommitLog, openCommitLog, readCommits } from './commit-log.ts';
import { compact, type Database, failureOf, LAST_KEY, openDatabase, probe, type View } from './database.ts';
import { HEAD_KEY, marksOf, RING, reconcile } from './marks.ts';
import type { Commit, Operation, Position } from './record.ts';
import { storedOf } from './rows.ts';

export interface Disk {
  readonly folder: string;
  readonly level: Database;
  /** The newest commit that both have. */
  readonly position: Position;
  /** After a write that failed: how reads see the rows. */
  readonly asOf: View | undefined;
  /** While LevelDB is closed to be opened anew, and longer when that failed. */
  readonly reopening: Promise<void> | undefined;
  readonly since: CommitLog['since'];
  /** Never two at a time. `operations` = those of the commits. @throws an error of LevelDB or the file system */
  write(commits: readonly Commit[], operations: readonly Operation[]): Promise<void>;
  /** After a write that failed; before the next. */
  mend(): Promise<void>;
  /** Old values go from tables and logs; the newest stays. Never beside a write. */
  purge(key: string): Promise<void>;
  close(): Promise<void>;
}

/** LevelDB's own log may hold so much before we ask for a table. */
const UNTABLED_BYTES = 8 << 20;

/**
 * @param keptBytes of the commit log, beyond what LevelDB needs
 * @throws AppError STORE_LOCKED | STORE_CORRUPT | STORE_NEWER | STORE_READ_ONLY | STORE_FULL | STORE_FAILED
 */
export async function openDisk(folder: string, keptBytes: number): Promise<Disk> {
  const level = await openDatabase(folder);
  const { position: start, log } = await together(level, folder);
  let position = start;
  let settling: Promise<void> | undefined;
  /** Commits up to this one are in tables if the next write succeeds. */
  let settled: number | undefined;
  // After a failed write LevelDB's log may end in a torn record, and what is appended behind it would be lost at the next
  // start. So nothing is written before the database was opened anew, which begins a new log.
  let torn: readonly string[] | undefined;
  let reopening: Promise<void> | undefined;
  // That record may be whole in LevelDB, or turn out whole when it is read again, though its callers were told that it failed.
  let asOf: View | undefined;
  let undo: readonly Operation[] = [];

  async function write(commits: readonly Commit[], operations: readonly Operation[]): Promise<void> {
    const size = commits.reduce((sum, { bytes }) => sum + bytes.length, 0);
    await log.reserve(size, position.number + 1);
    const batch = [...operations, ...marksOf(commits)].map(storedOf);
    const tabled = settled;
    await guarded(batch, async () => {
      // First into the file of the commit log: after a kill LevelDB has nothing that the commit log lacks, and whatever LevelDB
      // then drops in front of its newest commit can be replayed. The syncs, which take the time, go side by side.
      await log.append(commits);
      await allOf([level.batch(batch, { sync: true }), log.sync()]);
    });
    const { number, epoch, hash } = commits.at(-1)!;
    position = { number, epoch, hash };
    log.confirm(position);
    if (tabled !== undefined) {
      if (tabled === settled) settled = undefined;
      try {
        log.tabled(tabled, keptBytes);
      } catch {
        // Deleted behind a later one; this commit is on the disk.
      }
    }
    if (settled === undefined && (log.untabledBytes > UNTABLED_BYTES || log.untabledCount > RING / 4))
      settle();
    // The rows of the ring must not come round before their commits are in tables.
    if (log.untabledCount > RING / 2) await settling;
  }

  /** A write to LevelDB; when it fails, reads see what was before it until it was taken back. */
  async function guarded(
    rows: readonly { readonly key: string }[],
    act: (before: View) => Promise<void>,
  ): Promise<void> {
    const before = level.snapshot();
    try {
      await act(before);
    } catch (error) {
      torn = [...new Set(rows.map(({ key }) => key))];
      asOf = before;
      throw error;
    }
    await before.close();
  }

  /** The row once more as it is. */
  function rewrite(key: string): Promise<void> {
    return guarded([{ key }], async (now) => level.batch(await rowsAsOf(level, [key], now), { sync: true }));
  }

  /** Brings what LevelDB has in its log only into tables, so that the commit log need not keep it. */
  function settle(): void {
    const { number } = position;
    settling ??= compact(level, LAST_KEY)
      .then(() => {
        settled = number;
      })
      // The next write meets the same trouble and tells somebody.
      .catch(() => undefined)
      .finally(() => {
        settling = undefined;
      });
  }

  /** Reads go on until a probe shows that the disk takes writes again. */
  async function mend(): Promise<void> {
    if (torn === undefined) return;
    probe(folder);
    reopening = reopen(torn);
    await reopening;
    reopening = undefined;
    await log.withdraw();
    torn = undefined;
  }

  async function reopen(keys: readonly string[]): Promise<void> {
    await settling;
    if (asOf !== undefined) undo = await rowsAsOf(level, keys, asOf);
    // Closed together with the database.
    asOf = undefined;
    await level.close();
    await level.open();
    await level.batch([...undo], { sync: true });
    // No commit can be replayed in its place: it must not be in LevelDB's log only.
    await compact(level, LAST_KEY);
  }

  return {
    folder,
    level,
    get position() {
      return position;
    },
    get asOf() {
      return asOf;
    },
    get reopening() {
      return reopening;
    },
    since: log.since,
    write,
    mend,
    purge: async (key) => {
      // What failed last may lie whole in the file that is left here, and would go to a standby in the place of the next one.
      await mend();
      // LevelDB drops an old value when it merges the table that holds it with a newer one above it: so there are two, each
      // followed by a write that tells whether it was made.
      for (let table = 0; table < 2; table++) {
        await guarded([], () => compact(level, key));
        await rewrite(key);
      }
      await log.turn();
      log.tabled(position.number, 0);
    },
    close: async () => {
      if (torn === undefined) settle();
      await settling;
      const tabled = settled;
      if (tabled !== undefined)
        await rewrite(HEAD_KEY)
          .then(() => log.tabled(tabled, keptBytes))
          .catch(() => undefined);
      await log.close();
      await level.close();
    },
  };
}

/** Fails when one failed, and not before all have ended. */
async function allOf(writes: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

/** What brings these keys back to what they were. */
async function rowsAsOf(level: Database, keys: readonly string[], snapshot: View): Promise<Operation[]> {
  const values = await level.getMany([...keys], { snapshot });
  return keys.map((key, i) =>
    values[i] === undefined ? { type: 'del', key } : { type: 'put', key, value: values[i] },
  );
}

/** LevelDB and commit log, at the same commit. */
async function together(
  level: Database,
  folder: string,
): Promise<{ readonly position: Position; readonly log: CommitLog }> {
  try {
    const path = join(folder, 'commits');
    const found = readCommits(path);
    const position = await reconcile(level, found, folder);
    return { position, log: await openCommitLog(path, position, found) };
  } catch (error) {
    await level.close();
    throw failureOf(error, folder);
  }
}

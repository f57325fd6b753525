/**
 * The gateway's store: one ordered key space in a level database, JSON values, every commit atomic, numbered, and synced both
 * there and in the commit log. Commits that arrive while one is being synced share the next sync, so that the rate of the disk
 * bounds batches, not callers.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';
import { follows, openCommitLog, readCommits } from './commit-log.ts';
import { compact, failureOf, openDatabase, probe } from './database.ts';
import { FIRST_KEY, HEAD_KEY, headOf, isOwnKey, marksOf, RING, reconcile, ringHash } from './marks.ts';
import { type Commit, encodeCommit, type Operation, operationsOf, type Position } from './record.ts';
import { jsonOf, storedOf } from './rows.ts';
import { type Copies, NO_COPIES, type StandbyState } from './standbys.ts';

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
  /**
   * All of it or nothing, on the disk, and on those of enough standbys, when it resolves. Commits take effect in the order of the calls.
   * @throws AppError STORE_FULL | STORE_READ_ONLY | STORE_FAILED | STANDBY_MISSING | FENCED
   */
  commit(ops: readonly Op[]): Promise<void>;
  /** Commits the value and rewrites the files that hold old ones of this key, so that they are gone from the disks too. */
  replace(key: string, value: unknown): Promise<void>;
  /** Resolves when enough standbys are there. @throws AppError FENCED | STANDBY_AHEAD */
  ready(): Promise<void>;
  /** Where the copies on other machines stand. */
  standbys(): readonly StandbyState[];
  /** @throws AppError STANDBY_MISSING | FENCED while no commit would count */
  mayCommit(): void;
  /** Fails the commits that wait for a standby, and all later ones: before an end that must not wait for it. */
  release(): void;
  /** Waits for commits under way. */
  close(): Promise<void>;
}

/** The store as a standby and a backup see it: not rows but commits. */
export interface CommittedStore extends Store {
  position(): Position;
  /** Commits of the gateway, in order; those already here are passed over. Never beside `commit`. @throws AppError STANDBY_GAP | STANDBY_FORK | STORE_* */
  apply(commits: readonly Commit[]): Promise<Position>;
  /** Fences off whoever commits under an older epoch. */
  raiseEpoch(to: number): Promise<void>;
  /** All rows as they are now, whatever is committed meanwhile. */
  snapshot(): Snapshot;
  since(number: number, maxBytes: number): Promise<Buffer | undefined>;
  /** Hash of a commit of the last thousands; undefined of an older one. */
  hashAt(number: number): string | undefined;
  /** Reads every row once, without haste. @throws AppError STORE_CORRUPT when one is not what was written */
  prove(): Promise<void>;
}

export interface Snapshot {
  readonly position: Position;
  rows(): AsyncIterable<Operation & { readonly type: 'put' }>;
  close(): Promise<void>;
}

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `store:erasing:<key>`: old values of this key have still to go from the disk. */
const ERASING = 'store:erasing:';
const EPOCH_KEY = 'store:epoch';
/** Behind all keys: compacting it only writes what is in memory into a table. */
const LAST_KEY = '\uffff';
/** A proof of all rows leaves nine tenths of the time to others. */
const PROVEN_AT_ONCE = 500;
const PROOF_REST_MS = 20;
/** LevelDB's own log may hold so much before we ask for a table. */
const UNTABLED_BYTES = 8 << 20;

export interface OpenStore {
  /** Where commits are copied to before they count. */
  readonly copies?: (source: CommittedStore) => Copies;
  /** Is a copy itself: other copies may have to catch up from it one day. */
  readonly isCopy?: boolean;
}

/** Of the commit log, beyond what LevelDB needs, so that a standby that was away a while finds what it missed. */
const KEPT_BYTES = 64 << 20;

/** @throws AppError STORE_LOCKED | STORE_CORRUPT | STORE_NEWER | STORE_READ_ONLY | STORE_FULL | STORE_FAILED */
export async function openStore(folder: string, options: OpenStore = {}): Promise<CommittedStore> {
  const level = await openDatabase(folder);
  const { position: start, log } = await together(level, folder);
  const keptBytes = options.copies !== undefined || options.isCopy ? KEPT_BYTES : 0;
  let position = start;
  let epoch = start.epoch;
  let waiting: Waiting[] = [];
  /** Done between two commits. Do not throw. */
  const steps: (() => Promise<void>)[] = [];
  let working: Promise<void> | undefined;
  let settling: Promise<void> | undefined;
  // After a failed write LevelDB's log may end in a torn record, and what is appended behind it would be lost at the next
  // start. So nothing is written before the database was opened anew, which begins a new log.
  let torn = false;
  let isClosing = false;
  let reopening: Promise<void> | undefined;
  // That record may turn out whole when it is read again, though its callers were told that it failed.
  let undo: readonly Operation[] = [];
  let copies: Copies = NO_COPIES;

  async function work(): Promise<void> {
    while (waiting.length > 0 || steps.length > 0) {
      for (const step of steps.splice(0)) await step();
      const group = waiting;
      waiting = [];
      if (group.length === 0) continue;
      try {
        copies.admit();
        if (torn) await reopen();
        const operations = group.flatMap((one) => one.operations);
        const commit = encodeCommit(position, epoch, operations);
        await write([commit], operations);
        const copied = copies.committed(commit);
        const resolve = () => {
          for (const one of group) one.resolve();
        };
        if (copied === undefined) resolve();
        else
          void copied.then(resolve, (error) => {
            for (const { reject } of group) reject(error);
          });
      } catch (error) {
        const failure = failureOf(error, folder);
        for (const { reject } of group) reject(failure);
      }
    }
    working = undefined;
  }

  /** To LevelDB and the commit log side by side; the newest commit once both have it. */
  async function write(commits: readonly Commit[], operations: readonly Operation[]): Promise<void> {
    const size = commits.reduce((sum, { bytes }) => sum + bytes.length, 0);
    await log.reserve(size, position.number + 1);
    const batch = [...operations, ...marksOf(commits)].map(storedOf);
    const done = await Promise.allSettled([level.batch(batch, { sync: true }), log.append(commits)]);
    const failed = done.find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      torn = true;
      const keys = [...new Set(batch.map(({ key }) => key))];
      const before = await level.getMany(keys);
      undo = keys.map((key, i) =>
        before[i] === undefined ? { type: 'del', key } : { type: 'put', key, value: before[i] },
      );
      throw failed.reason;
    }
    const { number, epoch: of, hash } = commits.at(-1)!;
    position = { number, epoch: of, hash };
    log.confirm(position);
    if (log.untabledBytes > UNTABLED_BYTES || log.untabledCount > RING / 4) settle();
    // The rows of the ring must not come round before their commits are in tables.
    if (log.untabledCount > RING / 2) await settling;
  }

  /** Brings what LevelDB has in its log only into tables, so that the commit log need not keep it. */
  function settle(): void {
    const { number } = position;
    settling ??= compact(level, LAST_KEY)
      .then(() => log.tabled(number, keptBytes))
      // The next write meets the same trouble and tells somebody.
      .catch(() => undefined)
      .finally(() => {
        settling = undefined;
      });
  }

  /** Reads go on until a probe shows that the disk takes writes again. */
  async function reopen(): Promise<void> {
    probe(folder);
    reopening = (async () => {
      await settling;
      await level.close();
      await level.open();
      await level.batch([...undo], { sync: true });
    })();
    await reopening.finally(() => {
      reopening = undefined;
    });
    await log.withdraw();
    undo = [];
    torn = false;
  }

  /** Read on the spot: a value is mostly in memory, and a hop to a worker thread costs twenty times as much as finding it. */
  async function get(key: string): Promise<string | undefined> {
    await reopening;
    return read(key);
  }

  function read(key: string): string | undefined {
    const stored = level.getSync(key);
    return stored === undefined ? undefined : jsonOf(key, stored, folder);
  }

  async function commit(ops: readonly Op[]): Promise<void> {
    // Encoded here, so that a value that is no JSON fails its own caller and not those who share the sync.
    const operations = ops.map(operation);
    if (operations.length === 0) return;
    return new Promise((resolve, reject) => {
      waiting.push({ operations, resolve, reject });
      working ??= Promise.resolve().then(work);
    });
  }

  /** Old values go from tables and logs; the newest stays. */
  function purge(key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      steps.push(async () => {
        try {
          await compact(level, key);
          await log.turn();
          log.tabled(position.number, 0);
          resolve();
        } catch (error) {
          reject(failureOf(error, folder));
        }
      });
      working ??= Promise.resolve().then(work);
    });
  }

  async function apply(commits: readonly Commit[]): Promise<Position> {
    if (torn) await reopen();
    let together: Commit[] = [];
    for (const commit of commits) {
      const last = together.at(-1) ?? position;
      if (commit.number <= last.number) {
        if (commit.number === last.number && commit.hash !== last.hash)
          throw new AppError('STANDBY_FORK', { number: commit.number });
        continue;
      }
      if (commit.number > last.number + 1) throw new AppError('STANDBY_GAP', { number: last.number });
      if (!follows(commit, last)) throw new AppError('STANDBY_FORK', { number: commit.number });
      const erased = operationsOf(commit).filter(
        ({ type, key }) => type === 'put' && key.startsWith(ERASING),
      );
      together.push(commit);
      if (erased.length === 0) continue;
      const keys = erased.map(({ key }) => key.slice(ERASING.length));
      await applied(together.slice(0, -1));
      // LevelDB drops an old value only when it merges two tables: see replace.
      for (const key of keys) await compact(level, key);
      await applied([commit]);
      for (const key of keys) await purge(key);
      together = [];
    }
    await applied(together);
    epoch = position.epoch;
    return position;
  }

  async function applied(commits: readonly Commit[]): Promise<void> {
    if (commits.length === 0) return;
    await write(commits, commits.flatMap(operationsOf)).catch((error) => {
      throw failureOf(error, folder);
    });
  }

  const store: CommittedStore = {
    get: async <T>(key: string) => decoded<T>(await get(key)),
    getMany: async <T>(keys: readonly string[]) => {
      await reopening;
      return keys.map((key) => decoded<T>(read(key)));
    },
    range: async <T>(range: Range) => {
      await reopening;
      const rows = await level.iterator(isOpenBelow(range) ? { ...range, gte: FIRST_KEY } : range).all();
      return rows.map(([key, stored]) => ({ key, value: JSON.parse(jsonOf(key, stored, folder)) as T }));
    },
    commit,
    replace: async (key, value) => {
      // LevelDB drops an old value only when it merges two tables: the old one has to be in one before the new one comes.
      await compact(level, key);
      await commit([
        { type: 'put', key, value },
        { type: 'put', key: ERASING + key, value: true },
      ]);
      await purge(key);
      await commit([{ type: 'del', key: ERASING + key }]);
    },
    ready: () => copies.ready(),
    standbys: () => copies.states(),
    mayCommit: () => copies.admit(),
    release: () => copies.close(),
    position: () => position,
    apply,
    raiseEpoch: async (to) => {
      if (to <= epoch) return;
      epoch = to;
      await commit([{ type: 'put', key: EPOCH_KEY, value: epoch }]);
    },
    snapshot: () => {
      const snapshot = level.snapshot();
      return {
        position: headOf(level.getSync(HEAD_KEY, { snapshot }), folder) ?? start,
        async *rows() {
          for await (const [key, stored] of level.iterator({ snapshot, fillCache: false }))
            if (!isOwnKey(key)) yield { type: 'put', key, value: jsonOf(key, stored, folder) };
        },
        close: () => snapshot.close(),
      };
    },
    since: log.since,
    hashAt: (number) => (reopening === undefined ? ringHash(level, folder, number) : undefined),
    prove: async () => {
      const snapshot = level.snapshot();
      try {
        let count = 0;
        for await (const [key, stored] of level.iterator({ snapshot, fillCache: false })) {
          jsonOf(key, stored, folder);
          if (++count % PROVEN_AT_ONCE === 0) await pause(PROOF_REST_MS, undefined, { ref: false });
          if (isClosing) return;
        }
      } catch (error) {
        // A database that is closed under it, for good or to be opened anew, is no damage.
        const failure = failureOf(error, folder);
        if (failure.code === 'STORE_CORRUPT') throw failure;
      } finally {
        await snapshot.close();
      }
    },
    close: async () => {
      isClosing = true;
      await working;
      copies.close();
      if (!torn) settle();
      await settling;
      await log.close();
      await level.close();
    },
  };

  for (const { key } of await store.range({ gt: ERASING, lt: `${ERASING}\uffff` })) {
    await purge(key.slice(ERASING.length));
    await commit([{ type: 'del', key }]);
  }
  copies = options.copies?.(store) ?? NO_COPIES;
  return store;
}

/** LevelDB and commit log, at the same commit. */
async function together(level: Awaited<ReturnType<typeof openDatabase>>, folder: string) {
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

const isOpenBelow = ({ gt, gte }: Range): boolean => gt === undefined && gte === undefined;

function operation({ type, key, value }: Op): Operation {
  return type === 'put' && value !== undefined && value !== null
    ? { type, key, value: JSON.stringify(value) }
    : { type: 'del', key };
}

function decoded<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

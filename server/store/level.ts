/**
 * The gateway's store: one ordered key space in a level database, JSON values, every commit atomic, numbered, and synced both
 * there and in the commit log.
 */
import type { StandbyState } from '../core/operator-state.ts';
import { applyCommits } from './apply.ts';
import { openDisk } from './disk.ts';
import { createErasure } from './erasure.ts';
import { createGroups } from './groups.ts';
import { createReading } from './read.ts';
import { type Commit, encodeCommit, type Operation, type Position } from './record.ts';
import { type Copies, NO_COPIES } from './standbys.ts';

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
  /** All rows as they are between two commits, whatever is committed later. */
  snapshot(): Promise<Snapshot>;
  since(number: number, maxBytes: number): Promise<Buffer | undefined>;
  /** Hash of a commit of the last thousands; undefined of an older one. */
  hashAt(number: number): string | undefined;
  /** Resolves when so many of these standbys, or all of them that there are, have that commit. @throws AppError FENCED | STANDBY_MISSING when it ends */
  held(urls: readonly string[], count: number, number: number): Promise<void>;
  /** Reads every row once, without haste. @throws AppError STORE_CORRUPT when one is not what was written */
  prove(): Promise<void>;
}

export interface Snapshot {
  readonly position: Position;
  rows(): AsyncIterable<Operation & { readonly type: 'put' }>;
  close(): Promise<void>;
}

export interface OpenStore {
  /** Where commits are copied to before they count. */
  readonly copies?: (source: CommittedStore) => Copies;
  /** Is a copy itself: it holds the commits of its gateway and no others, and copies may have to catch up from it one day. */
  readonly isCopy?: boolean;
}

const EPOCH_KEY = 'store:epoch';
/** Of the commit log, beyond what LevelDB needs, so that a standby that was away a while finds what it missed. */
const KEPT_BYTES = 64 << 20;

/** @throws AppError STORE_LOCKED | STORE_CORRUPT | STORE_NEWER | STORE_READ_ONLY | STORE_FULL | STORE_FAILED */
export async function openStore(folder: string, options: OpenStore = {}): Promise<CommittedStore> {
  const disk = await openDisk(folder, options.copies !== undefined || options.isCopy ? KEPT_BYTES : 0);
  let { epoch } = disk.position;
  let copies: Copies = NO_COPIES;
  let isClosing = false;

  const groups = createGroups(folder, async (operations) => {
    copies.admit();
    await disk.mend();
    const commit = encodeCommit(disk.position, epoch, operations);
    await disk.write([commit], operations);
    return { copied: copies.committed(commit) };
  });

  async function commit(ops: readonly Op[]): Promise<void> {
    // Encoded here, so that a value that is no JSON fails its own caller and not those who share the sync.
    const operations = ops.map(operation);
    if (operations.length > 0) await groups.commit(operations);
  }

  const reading = createReading(disk);
  const erasure = createErasure(disk, groups, { ...reading, commit });
  const store: CommittedStore = {
    ...reading,
    commit,
    replace: erasure.replace,
    ready: () => copies.ready(),
    standbys: () => copies.states(),
    held: (...asked) => copies.held(...asked),
    mayCommit: () => copies.admit(),
    release: () => copies.close(),
    // Beside a commit it might hold one that fails in the end, and that a copy made of it would never lose again.
    snapshot: () => groups.between(async () => reading.snapshot()),
    position: () => disk.position,
    apply: async (commits) => {
      const position = await applyCommits(disk, erasure, commits);
      epoch = position.epoch;
      return position;
    },
    raiseEpoch: async (to) => {
      if (to <= disk.position.epoch) return;
      epoch = to;
      await commit([{ type: 'put', key: EPOCH_KEY, value: epoch }]);
    },
    since: disk.since,
    prove: () => reading.prove(() => isClosing),
    close: async () => {
      isClosing = true;
      await groups.idle();
      copies.close();
      await disk.close();
    },
  };

  await erasure.finish(options.isCopy ?? false);
  copies = options.copies?.(store) ?? NO_COPIES;
  return store;
}

function operation({ type, key, value }: Op): Operation {
  return type === 'put' && value !== undefined && value !== null
    ? { type, key, value: JSON.stringify(value) }
    : { type: 'del', key };
}

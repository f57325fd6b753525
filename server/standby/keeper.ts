/**
 * What a standby holds: a copy of a gateway's store, and what it promised about epochs.
 * Folder: `store`, and `standby.json` = {@link Promises}. Everything here runs one after the other.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { writeMirrored } from '../store/files.ts';
import { type CommittedStore, openStore } from '../store/level.ts';
import { type Commit, decodeCommit, HEADER_BYTES, type Position } from '../store/record.ts';
import { readSnapshot } from '../store/snapshot.ts';
import { writeDurably } from '../store/write-file.ts';

interface Promises {
  /** Random: by which it is counted once, under whatever address. */
  readonly id: string;
  /** Where the process answers, for `promote`. */
  readonly url?: string;
  /** Commits of an older epoch are refused. */
  readonly epoch: number;
  /** The standby to which that epoch was promised, until its gateway was heard. */
  readonly promisedTo?: string;
  /** This copy is a gateway's store now, and takes no commits. */
  readonly isPromoted: boolean;
  /** Where the gateway keeps copies, this one among them, and how many must have a commit before it counts. */
  readonly copies?: { readonly urls: readonly string[]; readonly threshold: number };
}

export interface Promoted {
  readonly folder: string;
  readonly epoch: number;
  readonly number: number;
  readonly files: readonly string[];
}

/** Who speaks as the gateway: the epoch under which it commits now, whatever older commits it hands on. */
export interface Sender {
  readonly epoch: number;
  readonly copies: NonNullable<Promises['copies']>;
}

export interface StandbyHead
  extends Position,
    Pick<Promises, 'id' | 'isPromoted' | 'promisedTo' | 'copies'> {}

export interface Keeper {
  head(sender?: Sender): Promise<StandbyHead>;
  /** @throws AppError FENCED | STANDBY_GAP | STANDBY_FORK | RECORD_DAMAGED | STORE_* */
  take(records: Buffer, sender?: Sender): Promise<Position>;
  /** Everything anew. @throws AppError FENCED | STANDBY_NEWER | SNAPSHOT_DAMAGED | STORE_* */
  replaceAll(chunks: AsyncIterable<Uint8Array>): Promise<Position>;
  /**
   * Another standby is promoted to this epoch.
   * @param by its id
   * @throws AppError STANDBY_NEWER when this one has commits which that one lacks | STANDBY_PROMOTED | STANDBY_FENCED when promised already
   */
  fence(epoch: number, number: number, by?: string): Promise<Position>;
  /** Makes the folder a gateway's. @throws AppError STANDBYS_UNFENCED | STANDBY_FENCED | STANDBY_EMPTY | STORE_* */
  promote(order: { readonly fenced: number; readonly epoch: number }): Promise<Promoted>;
  heardAt(url: string): Promise<void>;
  close(): Promise<void>;
}

const NOBODY: Position = { number: 0, epoch: 0, hash: '00'.repeat(32) };

/** @throws AppError STORE_* | STANDBY_FILE */
export async function openKeeper(folder: string): Promise<Keeper> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const storePath = join(folder, 'store');
  const incoming = join(folder, 'store.incoming');
  const outgoing = join(folder, 'store.outgoing');
  const promisesPath = join(folder, 'standby.json');
  let promises = await readPromises(promisesPath);
  await finishSwap();
  let store: CommittedStore | undefined = promises.isPromoted
    ? undefined
    : await openStore(storePath, { isCopy: true });
  let last: Position | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = turn.then(step);
    turn = done.catch(() => undefined);
    return done;
  }

  async function keep(change: { readonly [K in keyof Promises]?: Promises[K] | undefined }): Promise<void> {
    promises = { ...promises, ...change } as Promises;
    await writeDurably(promisesPath, `${JSON.stringify(promises)}\n`);
  }

  async function hear({ copies }: Sender): Promise<void> {
    const isKnown = JSON.stringify(copies) === JSON.stringify(promises.copies);
    if (!isKnown || promises.promisedTo !== undefined) await keep({ copies, promisedTo: undefined });
  }

  /** A kill between the two renames leaves the old copy beside. */
  async function finishSwap(): Promise<void> {
    if (!existsSync(storePath) && existsSync(outgoing)) await rename(outgoing, storePath);
    for (const rest of [incoming, outgoing]) await rm(rest, { recursive: true, force: true });
  }

  function position(): Position {
    const own = store?.position() ?? last ?? NOBODY;
    return { ...own, epoch: Math.max(own.number === 0 ? 0 : own.epoch, promises.epoch) };
  }

  function refuseOlder(epoch: number): CommittedStore {
    if (store === undefined || promises.isPromoted || epoch < promises.epoch)
      throw new AppError('FENCED', { epoch: promises.epoch });
    return store;
  }

  return {
    head: (sender) =>
      inTurn(async () => {
        if (sender !== undefined && !promises.isPromoted && sender.epoch >= promises.epoch)
          await hear(sender);
        const { id, isPromoted, promisedTo, copies } = promises;
        return {
          ...position(),
          id,
          isPromoted,
          ...(promisedTo !== undefined && { promisedTo }),
          ...(copies !== undefined && { copies }),
        };
      }),
    take: (records, sender) =>
      inTurn(async () => {
        const commits = decodeAll(records);
        const into = refuseOlder(sender?.epoch ?? commits[0]!.epoch);
        if (sender !== undefined) await hear(sender);
        await into.apply(commits);
        return position();
      }),
    replaceAll: (chunks) =>
      inTurn(async () => {
        refuseOlder(Number.POSITIVE_INFINITY);
        await rm(incoming, { recursive: true, force: true });
        const { epoch, number } = await readSnapshot(incoming, chunks).catch(async (error) => {
          await rm(incoming, { recursive: true, force: true });
          throw error;
        });
        const before = refuseOlder(epoch);
        if (number < before.position().number) {
          await rm(incoming, { recursive: true, force: true });
          throw new AppError('STANDBY_NEWER', { number: before.position().number });
        }
        await before.close();
        await rename(storePath, outgoing);
        await rename(incoming, storePath);
        // Before it is opened, which takes room on a disk that may be full now.
        await rm(outgoing, { recursive: true, force: true });
        store = await openStore(storePath, { isCopy: true });
        return position();
      }),
    fence: (epoch, number, by) =>
      inTurn(async () => {
        if (promises.isPromoted) throw new AppError('STANDBY_PROMOTED', { epoch: promises.epoch });
        const own = position();
        if (own.number > number) throw new AppError('STANDBY_NEWER', { number: own.number });
        if (epoch <= promises.epoch) throw new AppError('STANDBY_FENCED', { epoch: promises.epoch });
        await keep({ epoch, promisedTo: by });
        return position();
      }),
    promote: ({ fenced, epoch: asked }) =>
      inTurn(async () => {
        const { copies, isPromoted } = promises;
        if (!isPromoted && asked <= promises.epoch)
          throw new AppError('STANDBY_FENCED', { epoch: promises.epoch });
        const needed = neededOf(copies);
        if (!isPromoted && fenced < needed) throw new AppError('STANDBYS_UNFENCED', { fenced, needed });
        // Done again after a kill: the copy may have been closed and the epoch raised already.
        store ??= await openStore(storePath, { isCopy: true });
        if (store.position().number === 0) throw new AppError('STANDBY_EMPTY', { folder });
        const epoch = Math.max(asked, promises.epoch, store.position().epoch + (promises.isPromoted ? 0 : 1));
        // First the promise to nobody but the new one, then the epoch in the store itself.
        await keep({ epoch, isPromoted: true });
        await store.raiseEpoch(epoch);
        const files = await writeMirrored(store, folder);
        last = store.position();
        await store.close();
        store = undefined;
        return { folder, epoch, number: last.number, files };
      }),
    heardAt: (url) => inTurn(() => keep({ url })),
    close: () => inTurn(async () => store?.close()),
  };
}

/** So many others must be fenced that the old gateway is left with fewer than it needs. */
export function neededOf(copies: Promises['copies']): number {
  return copies === undefined ? 0 : copies.urls.length - copies.threshold;
}

export async function readPromises(path: string): Promise<Promises> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { id: randomUUID(), epoch: 0, isPromoted: false };
  try {
    const read = JSON.parse(text) as Promises;
    if (
      typeof read.id === 'string' &&
      Number.isSafeInteger(read.epoch) &&
      typeof read.isPromoted === 'boolean' &&
      (read.copies === undefined || Array.isArray(read.copies.urls))
    )
      return read;
  } catch (error) {
    throw new AppError('STANDBY_FILE', { path }, error);
  }
  throw new AppError('STANDBY_FILE', { path });
}

function decodeAll(records: Buffer): Commit[] {
  const commits: Commit[] = [];
  for (let offset = 0; offset < records.length; ) {
    const commit = offset + HEADER_BYTES > records.length ? undefined : decodeCommit(records, offset);
    if (commit === undefined) throw new AppError('RECORD_DAMAGED', { offset });
    commits.push(commit);
    offset += commit.bytes.length;
  }
  if (commits.length === 0) throw new AppError('RECORD_DAMAGED', { offset: 0 });
  return commits;
}

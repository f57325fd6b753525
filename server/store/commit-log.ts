/**
 * The store's own log of commits, the second place where each one is before anybody is answered. Files of zeros are laid out
 * first and then written into, so that a full disk shows before LevelDB is touched and a sync has no file size to record.
 * Folder `commits`: files as in segment.ts, and `head`.
 */
import { mkdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Head, openHead, readHead } from './head.ts';
import { type Commit, decodeCommit, lengthAt, type Position } from './record.ts';
import {
  type Blank,
  FORMAT,
  lastOf,
  layOut,
  namesOf,
  SEGMENT_BYTES,
  type Segment,
  segmentOf,
} from './segment.ts';
import { writeAt } from './write-file.ts';

/** What the files prove by themselves, before they are compared with LevelDB. */
export interface Found {
  /** The newest commits without a gap, oldest first. */
  readonly commits: readonly Commit[];
  readonly head: Head | undefined;
}

export interface CommitLog {
  /** Makes room for a commit of this size. @throws an error of the file system when there is none */
  reserve(bytes: number, number: number): Promise<void>;
  /** In the file when it resolves, where a kill does not undo it, and not yet on the disk. Never two at a time. */
  append(commits: readonly Commit[]): Promise<void>;
  /** What was appended is on the disk when it resolves. */
  sync(): Promise<void>;
  /** Takes back what was appended and not confirmed, whether or not it was written whole. */
  withdraw(): Promise<void>;
  /** What was appended is on the disk, here and in LevelDB. */
  confirm(position: Position): void;
  /** What comes next goes into a new file. */
  turn(): Promise<void>;
  /** Bytes of commits that LevelDB may hold in its own log only. */
  readonly untabledBytes: number;
  readonly untabledCount: number;
  /** All up to this number are in LevelDB's tables; of those, what nobody may need any more is deleted. */
  tabled(number: number, keepBytes: number): void;
  /** Records behind this number, at most so many bytes and at least one; none at the end; undefined when they are gone. */
  since(number: number, maxBytes: number): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export function readCommits(folder: string): Found {
  let commits: Commit[] = [];
  for (const name of namesOf(folder)) {
    const buffer = readFileSync(join(folder, name));
    // A kill may come before a file that is being laid out has its format.
    if (!buffer.subarray(0, FORMAT.length).equals(FORMAT)) continue;
    for (let offset = FORMAT.length; ; ) {
      const length = lengthAt(buffer, offset);
      if (length === undefined) break;
      const commit = decodeCommit(buffer, offset);
      const last = commits.at(-1);
      // A torn one at the end takes nothing from those before it; behind a damaged one the next begins another run.
      if (commit !== undefined && last !== undefined && !follows(commit, last)) commits = [commit];
      else if (commit !== undefined) commits.push(commit);
      offset += length;
    }
  }
  return { commits, head: readHead(join(folder, 'head')) };
}

export const follows = (commit: Commit, before: Pick<Position, 'number' | 'hash'>): boolean =>
  commit.number === before.number + 1 && commit.previous === before.hash;

/** Begins a file behind `position`; of the older ones those stay that lead up to it without a gap. */
export async function openCommitLog(folder: string, position: Position, found: Found): Promise<CommitLog> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isWhole = found.commits.at(-1)?.hash === position.hash;
  let segments: Segment[] = [];
  let sequence = 1 + Number(namesOf(folder).at(-1)?.slice(0, 16) ?? 0);
  const firstKept = isWhole ? found.commits[0]!.number : Number.POSITIVE_INFINITY;
  for (const name of namesOf(folder)) {
    const path = join(folder, name);
    const segment = segmentOf(path);
    // A torn record at the end is none.
    segment.offsets.splice(Math.max(1, position.number - segment.first + 2));
    if (segment.first >= firstKept && segment.offsets.length > 1) segments.push(segment);
    else unlinkSync(path);
  }
  const head = openHead(join(folder, 'head'));
  let newest: Pick<Position, 'number' | 'hash'> = position;
  let tabledUpTo = position.number;
  let untabledBytes = 0;
  let current: { segment: Segment; file: FileHandle } | undefined;
  let prepared: Promise<Blank> | undefined;

  async function begin(first: number, bytes: number): Promise<void> {
    const fits = FORMAT.length + bytes <= SEGMENT_BYTES;
    const ready = await prepared?.catch(() => undefined);
    prepared = undefined;
    if (!fits) await ready?.discard();
    const blank = (fits ? ready : undefined) ?? (await layOut(folder, sequence++, bytes));
    await current?.file.close();
    const segment = { path: blank.path, first, offsets: [FORMAT.length], bytes: blank.bytes };
    segments = [...segments, segment];
    current = { segment, file: blank.file };
  }

  /** The next file, beside the work: laying one out takes longer than a commit. */
  function prepare(): void {
    const { offsets, bytes } = current!.segment;
    if (prepared !== undefined || offsets.at(-1)! < bytes / 2) return;
    prepared = layOut(folder, sequence++, 0);
    // Whoever needs it tries again, and is told.
    prepared.catch(() => undefined);
  }

  function note(): void {
    head.write({ ...newest, tabled: tabledUpTo });
  }

  note();
  return {
    async reserve(bytes, number) {
      const segment = current?.segment;
      if (segment !== undefined && segment.offsets.at(-1)! + bytes <= segment.bytes) return;
      await begin(number, bytes);
    },
    async append(commits) {
      const { segment, file } = current!;
      const at = segment.offsets.at(-1)!;
      const bytes =
        commits.length === 1 ? commits[0]!.bytes : Buffer.concat(commits.map((commit) => commit.bytes));
      for (const commit of commits) segment.offsets.push(segment.offsets.at(-1)! + commit.bytes.length);
      await writeAt(file, bytes, at);
    },
    sync: () => current!.file.datasync(),
    async withdraw() {
      if (current === undefined) return;
      const { segment, file } = current;
      const index = newest.number + 1 - segment.first;
      const [from, to] = [segment.offsets[index]!, segment.offsets.at(-1)!];
      if (from === to) return;
      await writeAt(file, Buffer.alloc(to - from), from);
      await file.sync();
      segment.offsets.length = index + 1;
    },
    confirm(position) {
      const { offsets, first } = current!.segment;
      untabledBytes += offsets.at(-1)! - offsets[newest.number + 1 - first]!;
      newest = position;
      try {
        note();
      } catch {
        // Too old, it accuses nobody; the commit is on the disk.
      }
      prepare();
    },
    turn: () => begin(newest.number + 1, 0),
    get untabledBytes() {
      return untabledBytes;
    },
    get untabledCount() {
      return newest.number - tabledUpTo;
    },
    tabled(number, keepBytes) {
      tabledUpTo = number;
      untabledBytes = 0;
      note();
      let kept = 0;
      segments = segments
        .toReversed()
        .filter((segment) => {
          kept += segment.bytes;
          if (segment === current?.segment || lastOf(segment) > number || kept <= keepBytes) return true;
          rmSync(segment.path, { force: true });
          return false;
        })
        .toReversed();
    },
    async since(number, maxBytes) {
      if (number >= newest.number) return Buffer.alloc(0);
      const segment = segments.find(
        ({ first, offsets }) => number + 1 >= first && number + 1 < first + offsets.length - 1,
      );
      if (segment === undefined) return undefined;
      const { offsets, first, path } = segment;
      const from = number + 1 - first;
      let to = from + 1;
      // Only what is confirmed: the newest may still be withdrawn.
      while (
        first + to <= newest.number &&
        to + 1 < offsets.length &&
        offsets[to + 1]! - offsets[from]! <= maxBytes
      )
        to++;
      const file = await open(path, 'r');
      try {
        const buffer = Buffer.alloc(offsets[to]! - offsets[from]!);
        await file.read(buffer, 0, buffer.length, offsets[from]!);
        return buffer;
      } finally {
        await file.close();
      }
    },
    async close() {
      await (await prepared?.catch(() => undefined))?.discard();
      await current?.file.close();
      head.close();
    },
  };
}

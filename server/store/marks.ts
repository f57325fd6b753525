/**
 * What LevelDB knows of its commits, behind a zero that no other key begins with: `head` = the newest, and `commit:<number modulo RING>` = one row for each of
 * the newest, written in the same batch. LevelDB drops damaged batches of its log in silence, in the middle too; the row of a
 * dropped one is missing then, or is an older one's.
 */
import { AppError } from '../core/errors.ts';
import { type Found, follows } from './commit-log.ts';
import { compact, type Database } from './database.ts';
import { BEGINNING, type Commit, type Operation, operationsOf, type Position } from './record.ts';
import { jsonOf, storedOf } from './rows.ts';

/** Rows before it are the store's own and in no range. */
export const FIRST_KEY = '\u0001';
const HEAD = '\u0000head';
const FORMAT = 1;
/** Commits that may be in LevelDB's log only are never more than that. */
export const RING = 16_384;

interface HeadRow extends Position {
  readonly format: number;
}

export function marksOf(commits: readonly Position[]): Operation[] {
  const { number, epoch, hash } = commits.at(-1)!;
  const head: HeadRow = { format: FORMAT, number, epoch, hash };
  return [
    ...commits.map((commit): Operation => {
      return {
        type: 'put',
        key: ringKey(commit.number),
        value: JSON.stringify(`${commit.number} ${commit.hash}`),
      };
    }),
    { type: 'put', key: HEAD, value: JSON.stringify(head) },
  ];
}

/** undefined in a store of before there was a commit log, and in an empty one. @throws AppError STORE_NEWER | STORE_CORRUPT */
export function headOf(stored: string | undefined, folder: string): Position | undefined {
  if (stored === undefined) return undefined;
  const { format, number, epoch, hash } = JSON.parse(jsonOf(HEAD, stored, folder)) as HeadRow;
  if (format > FORMAT) throw new AppError('STORE_NEWER', { folder, format, known: FORMAT });
  return { number, epoch, hash };
}

export const HEAD_KEY = HEAD;
/** The number at which this store was made as a copy of another: of the commits before it has no rows here. */
export const COPIED_KEY = '\u0000copied';
export const isOwnKey = (key: string): boolean => key < FIRST_KEY;
const ringKey = (number: number) => `\u0000commit:${number % RING}`;

/**
 * Brings the one that is behind to where the other is, and returns that place.
 * @throws AppError STORE_CORRUPT when both lack the same commit, or tell different histories
 */
export async function reconcile(level: Database, found: Found, folder: string): Promise<Position> {
  const corrupt = (number: number) => new AppError('STORE_CORRUPT', { folder, commit: number });
  const { commits, head: witness } = found;
  const own = headOf(level.getSync(HEAD), folder) ?? (await beginning(level, folder));
  const newestLogged = commits.at(-1) ?? BEGINNING;
  const logged = new Map(commits.map((commit) => [commit.number, commit]));
  const { number, epoch, hash } = newestLogged.number > own.number ? newestLogged : own;
  const newest: Position = { number, epoch, hash };
  if (logged.has(own.number) && logged.get(own.number)!.hash !== own.hash) throw corrupt(own.number);
  const known = ringHash(level, folder, newestLogged.number);
  if (known !== undefined && known !== newestLogged.hash) throw corrupt(newestLogged.number);
  if (witness !== undefined && (witness.number > newest.number || isOther(witness, newest, logged)))
    throw corrupt(Math.max(witness.number, 1));
  const copied = level.getSync(COPIED_KEY);
  const from = firstMissing(
    level,
    folder,
    Math.max(witness?.tabled ?? 0, copied === undefined ? 0 : Number(jsonOf(COPIED_KEY, copied, folder))),
    own.number,
  );
  if (from > newest.number) return newest;
  const missing = commits.filter(({ number }) => number >= from);
  const before = from - 1 === own.number ? own.hash : ringHash(level, folder, from - 1);
  if (
    missing[0]?.number !== from ||
    missing.at(-1)!.number < newest.number ||
    (before !== undefined && !follows(missing[0], { number: from - 1, hash: before }))
  )
    throw corrupt(from);
  await replay(level, missing);
  return newest;
}

/** In the order in which they were committed: a later one wins again over an earlier one that was missing. */
async function replay(level: Database, commits: readonly Commit[]): Promise<void> {
  // All or nothing: half of it would hide from the next start that later ones are still to win.
  await level.batch([...commits.flatMap(operationsOf), ...marksOf(commits)].map(storedOf), { sync: true });
  await compact(level, HEAD);
  // Tells whether all is in tables now.
  await level.batch(marksOf(commits.slice(-1)).map(storedOf), { sync: true });
}

function isOther(
  witness: Pick<Position, 'number' | 'hash'>,
  newest: Position,
  logged: Map<number, Commit>,
): boolean {
  const here = witness.number === newest.number ? newest : logged.get(witness.number);
  return here !== undefined && here.hash !== witness.hash;
}

/** A store that was in use before it had a commit log must not be taken for an empty one that lost everything. */
async function beginning(level: Database, folder: string): Promise<Position> {
  const isUsed = (await level.keys({ limit: 1 }).all()).length > 0;
  if (!isUsed) return BEGINNING;
  const position: Position = { ...BEGINNING, hash: 'ff'.repeat(32) };
  const head: HeadRow = { format: FORMAT, ...position };
  await level
    .batch([storedOf({ type: 'put', key: HEAD, value: JSON.stringify(head) })], { sync: true })
    .catch((error) => {
      throw new AppError('STORE_FAILED', { folder }, error);
    });
  return position;
}

/** The first commit behind `tabled` whose row is not there; one more than the newest when none is missing. */
function firstMissing(level: Database, folder: string, tabled: number, newest: number): number {
  for (let number = Math.max(tabled, newest - RING, 0) + 1; number <= newest; number++) {
    const row = ringRow(level, folder, number);
    // A later one in the same place shows that tables were written in between.
    if (row === undefined || row.number < number) return number;
  }
  return newest + 1;
}

export function ringHash(level: Database, folder: string, number: number): string | undefined {
  const row = ringRow(level, folder, number);
  return row?.number === number ? row.hash : undefined;
}

function ringRow(
  level: Database,
  folder: string,
  number: number,
): { number: number; hash: string } | undefined {
  const key = ringKey(number);
  const stored = level.getSync(key);
  if (stored === undefined) return undefined;
  const [found, hash] = (JSON.parse(jsonOf(key, stored, folder)) as string).split(' ');
  return { number: Number(found), hash: hash! };
}

/** Commits of the gateway, written by a copy of its store as they are. */
import { AppError } from '../core/errors.ts';
import { follows } from './commit-log.ts';
import { failureOf } from './database.ts';
import type { Disk } from './disk.ts';
import { type Erasure, erasedBy } from './erasure.ts';
import { RING } from './marks.ts';
import { type Commit, operationsOf, type Position } from './record.ts';

/** Those already here are passed over. @throws AppError STANDBY_GAP | STANDBY_FORK | STORE_* */
export async function applyCommits(
  disk: Disk,
  erasure: Pick<Erasure, 'purge'>,
  commits: readonly Commit[],
): Promise<Position> {
  await disk.mend();
  await erasure.purge([]);
  let together: Commit[] = [];
  for (const commit of commits) {
    const last = together.at(-1) ?? disk.position;
    if (commit.number <= last.number) {
      if (commit.number === last.number && commit.hash !== last.hash)
        throw new AppError('STANDBY_FORK', { number: commit.number });
      continue;
    }
    if (commit.number > last.number + 1) throw new AppError('STANDBY_GAP', { number: last.number });
    if (!follows(commit, last)) throw new AppError('STANDBY_FORK', { number: commit.number });
    const keys = erasedBy(commit);
    if (keys.length === 0 && together.push(commit) < RING / 4) continue;
    await write(disk, together);
    together = [];
    if (keys.length === 0) continue;
    await write(disk, [commit]);
    await erasure.purge(keys);
  }
  await write(disk, together);
  return disk.position;
}

async function write(disk: Disk, commits: readonly Commit[]): Promise<void> {
  if (commits.length === 0) return;
  await disk.write(commits, commits.flatMap(operationsOf)).catch((error) => {
    throw failureOf(error, disk.folder);
  });
}

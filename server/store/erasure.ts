/** Old values of a key, gone from the disk. A kill in between is made good at the next start. */
import { compact } from './database.ts';
import type { Disk } from './disk.ts';
import type { Groups } from './groups.ts';
import type { Op, Store } from './level.ts';
import { type Commit, operationsOf } from './record.ts';

/** `store:erasing:<key>`: old values of this key have still to go from the disk. */
const ERASING = 'store:erasing:';

export interface Erasure {
  readonly replace: Store['replace'];
  readonly purge: (key: string) => Promise<void>;
  /** Does what was begun before this start. A copy makes no commit of its own: the one that ends an erasure comes from the gateway. */
  finish(isCopy: boolean): Promise<void>;
}

export function createErasure(
  disk: Disk,
  groups: Groups,
  { commit, range }: Pick<Store, 'commit' | 'range'>,
): Erasure {
  const purge = (key: string) => groups.between(() => disk.purge(key));
  const isDone = (key: string): Op => ({ type: 'del', key: ERASING + key });
  return {
    purge,
    replace: async (key, value) => {
      await tableOld(disk, key);
      await commit([
        { type: 'put', key, value },
        { type: 'put', key: ERASING + key, value: true },
      ]);
      await purge(key);
      await commit([isDone(key)]);
    },
    finish: async (isCopy) => {
      for (const row of await range({ gt: ERASING, lt: `${ERASING}\uffff` })) {
        const key = row.key.slice(ERASING.length);
        await purge(key);
        if (!isCopy) await commit([isDone(key)]);
      }
    },
  };
}

/** LevelDB drops an old value only when it merges two tables: the old one has to be in one before the new one comes. */
export function tableOld({ level }: Disk, key: string): Promise<void> {
  return compact(level, key);
}

/** Keys whose old values a commit replaces for good. */
export function erasedBy(commit: Commit): string[] {
  return operationsOf(commit)
    .filter(({ type, key }) => type === 'put' && key.startsWith(ERASING))
    .map(({ key }) => key.slice(ERASING.length));
}

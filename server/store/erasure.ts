/** Old values of a key, gone from the disk. A kill in between is made good at the next start. */
import type { Disk } from './disk.ts';
import type { Groups } from './groups.ts';
import type { Op, Store } from './level.ts';
import type { Reading } from './read.ts';
import { type Commit, operationsOf } from './record.ts';

/** `store:erasing:<key>`: old values of this key have still to go from the disk. */
const ERASING = 'store:erasing:';

export interface Erasure {
  readonly replace: Store['replace'];
  /** Of these keys, and of those of before for which it failed. */
  purge(keys: readonly string[]): Promise<void>;
  /** Does what was begun before this start. A copy makes no commit of its own: the one that ends an erasure comes from the gateway. */
  finish(isCopy: boolean): Promise<void>;
}

export function createErasure(
  disk: Disk,
  groups: Groups,
  { commit, range, copies, lists }: Pick<Store, 'commit'> & Pick<Reading, 'range' | 'copies' | 'lists'>,
): Erasure {
  const isDone = (key: string): Op => ({ type: 'del', key: ERASING + key });
  const owed = new Set<string>();
  /** Of a key that is replaced again meanwhile only the last one ends the erasure. */
  const last = new Map<string, symbol>();

  async function purge(key: string): Promise<void> {
    const once = () => groups.between(() => disk.purge(key));
    // Who began to read before the new value came still needs the old one in every new file.
    await lists.closed();
    await once();
    const reading = lists.closed();
    if (reading === undefined) return;
    // Who reads in a file keeps it on the disk.
    await reading;
    await once();
  }

  async function end(key: string, turn: symbol): Promise<void> {
    await purge(key);
    const reading = copies.closed();
    if (reading !== undefined) {
      // Who began to copy since reads in files that held the old value.
      await reading;
      await purge(key);
    }
    await done(key, turn);
  }

  async function done(key: string, turn: symbol): Promise<void> {
    if (last.get(key) !== turn) return;
    last.delete(key);
    await commit([isDone(key)]);
  }

  return {
    purge: async (keys) => {
      for (const key of keys) owed.add(key);
      for (const key of owed) {
        await purge(key);
        owed.delete(key);
      }
    },
    replace: async (key, value) => {
      const turn = Symbol(key);
      last.set(key, turn);
      await commit([
        { type: 'put', key, value },
        { type: 'put', key: ERASING + key, value: true },
      ]);
      const before = copies.closed();
      await purge(key);
      const closed = before ?? copies.closed();
      if (closed === undefined) return done(key, turn);
      // What an open copy still sees goes when that is closed, or at the next start, whatever the caller does meanwhile.
      void closed.then(() => end(key, turn)).catch(() => undefined);
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

/** Keys whose old values a commit replaces for good. */
export function erasedBy(commit: Commit): string[] {
  return operationsOf(commit)
    .filter(({ type, key }) => type === 'put' && key.startsWith(ERASING))
    .map(({ key }) => key.slice(ERASING.length));
}

/** Rows as callers read them: on the spot, since a value is mostly in memory and a hop to a worker thread costs twenty times as much. */
import { setTimeout as pause } from 'node:timers/promises';
import { failureOf } from './database.ts';
import type { Disk } from './disk.ts';
import type { CommittedStore, Range, Snapshot } from './level.ts';
import { FIRST_KEY, HEAD_KEY, headOf, isOwnKey, ringHash } from './marks.ts';
import { jsonOf } from './rows.ts';
import { createViews, type Views } from './views.ts';

/** A proof of all rows leaves nine tenths of the time to others. */
const PROVEN_AT_ONCE = 500;
const PROOF_REST_MS = 20;

export interface Reading extends Pick<CommittedStore, 'get' | 'getMany' | 'range' | 'hashAt'> {
  snapshot(): Snapshot;
  /** Of snapshots. */
  readonly copies: Views;
  /** Of ranges: for moments. */
  readonly lists: Views;
  /** @throws AppError STORE_CORRUPT */
  prove(isClosing: () => boolean): Promise<void>;
}

export function createReading(disk: Disk): Reading {
  const { level, folder, position: start } = disk;
  const copies = createViews();
  const lists = createViews();

  async function list(range: Range & { readonly fillCache?: boolean }): Promise<[string, string][]> {
    const close = lists.open();
    try {
      return await level.iterator({ ...range, snapshot: disk.asOf }).all();
    } finally {
      close();
    }
  }

  function read<T>(key: string): T | undefined {
    const { asOf } = disk;
    // Without options on the database's shortest way.
    const stored = asOf === undefined ? level.getSync(key) : level.getSync(key, { snapshot: asOf });
    return stored === undefined ? undefined : (JSON.parse(jsonOf(key, stored, folder)) as T);
  }

  return {
    copies,
    lists,
    get: async <T>(key: string) => {
      await disk.reopening;
      return read<T>(key);
    },
    getMany: async <T>(keys: readonly string[]) => {
      await disk.reopening;
      return keys.map((key) => read<T>(key));
    },
    range: async <T>(range: Range) => {
      await disk.reopening;
      const below = isOpenBelow(range) && { gte: FIRST_KEY };
      const rows = await list({ ...range, ...below });
      return rows.map(([key, stored]) => ({ key, value: JSON.parse(jsonOf(key, stored, folder)) as T }));
    },
    snapshot: () => {
      const own = disk.asOf === undefined ? level.snapshot() : undefined;
      const snapshot = own ?? disk.asOf!;
      const position = headOf(level.getSync(HEAD_KEY, { snapshot }), folder) ?? start;
      const close = copies.open();
      return {
        position,
        async *rows() {
          for await (const [key, stored] of level.iterator({ snapshot, fillCache: false }))
            if (!isOwnKey(key)) yield { type: 'put', key, value: jsonOf(key, stored, folder) };
        },
        close: async () => {
          await own?.close();
          close();
        },
      };
    },
    prove: async (isClosing) => {
      try {
        // In slices: a view of all rows would keep what is erased meanwhile on the disk.
        for (let after = ''; !isClosing(); ) {
          const rows = await list({ gt: after, limit: PROVEN_AT_ONCE, fillCache: false });
          for (const [key, stored] of rows) jsonOf(key, stored, folder);
          if (rows.length < PROVEN_AT_ONCE) return;
          after = rows.at(-1)![0];
          await pause(PROOF_REST_MS, undefined, { ref: false });
        }
      } catch (error) {
        // A database that is closed under it, for good or to be opened anew, is no damage.
        const failure = failureOf(error, folder);
        if (failure.code === 'STORE_CORRUPT') throw failure;
      }
    },
    hashAt: (number) => (disk.reopening === undefined ? ringHash(level, folder, number) : undefined),
  };
}

const isOpenBelow = ({ gt, gte }: Range): boolean => gt === undefined && gte === undefined;

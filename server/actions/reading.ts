/** Runs a service's generators: answers what they ask for from the store and the vault. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Read, Reading, Row } from '../services/define.ts';
import type { Store } from '../store/level.ts';
import type { Vault } from '../vault/vault.ts';

/** Where rows come from. */
export interface Sources {
  readonly store: Store;
  readonly vault: Vault;
  readonly outbox: Pick<Outbox, 'entry'>;
}

export interface Reader {
  get(key: string): Promise<unknown>;
  range(prefix: string, limit: number, after?: string): Promise<readonly Row<unknown>[]>;
}

/** Drives `reading` to its end. Rules are pure, so a run that fails half way has changed nothing. */
export async function run<T>(reading: Reading<T>, reader: Reader): Promise<T> {
  let step = reading.next();
  while (!step.done) step = reading.next(await answer(step.value, reader));
  return step.value;
}

/** What a rule of service `id` may see: its own rows, the organisations, originals, publications, places in batches, where entries stand. */
export function readerOf(id: string, { store, vault, outbox }: Sources): Reader {
  const rows = limited(id, store, [...viewsOf(id), `local:${id}/`, 'attested:', 'publication:']);
  return {
    ...rows,
    async get(key) {
      if (key.startsWith('original:')) return vault.openOriginal(key.slice('original:'.length) as Hex);
      if (key.startsWith('entry:')) return outbox.entry(key.slice('entry:'.length) as Hex);
      return rows.get(key);
    },
  };
}

/** What a fold of service `id` may see: nothing that is not itself a function of the chain. */
export function foldReaderOf(id: string, store: Pick<Store, 'get' | 'range'>): Reader {
  return limited(id, store, viewsOf(id));
}

function viewsOf(id: string): readonly string[] {
  return [`view:${id}/`, 'view:organisations/', 'view:organisations-key/'];
}

function limited(id: string, store: Pick<Store, 'get' | 'range'>, allowed: readonly string[]): Reader {
  const check = (key: string) => {
    if (!allowed.some((prefix) => key.startsWith(prefix)))
      throw new AppError('READ_FORBIDDEN', { service: id, key });
  };
  return {
    async get(key) {
      check(key);
      return store.get(key);
    },
    async range(prefix, limit, after) {
      check(prefix);
      return store.range({ ...bounds(prefix, after), limit });
    },
  };
}

/** The same rows with changes that are not committed yet laid over them; `undefined` = removed. */
export function overlaid(reader: Reader, changes: ReadonlyMap<string, unknown>): Reader {
  return {
    get: async (key) => (changes.has(key) ? changes.get(key) : reader.get(key)),
    async range(prefix, limit, after) {
      const laid: (readonly [string, unknown])[] = [];
      for (const change of changes)
        if (change[0].startsWith(prefix) && (after === undefined || change[0] > after)) laid.push(change);
      if (laid.length === 0) return reader.range(prefix, limit, after);
      // Removed rows could leave the answer short, so that many more are read.
      const rows = new Map(
        (await reader.range(prefix, limit + laid.length, after)).map((row) => [row.key, row.value]),
      );
      for (const [key, value] of laid)
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      return [...rows]
        .map(([key, value]) => ({ key, value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit);
    },
  };
}

function answer(read: Read, reader: Reader): Promise<unknown> {
  return 'get' in read ? reader.get(read.get) : reader.range(read.range, read.limit, read.after);
}

function bounds(prefix: string, after?: string) {
  // U+FFFF sorts behind every character that keys are made of.
  const lt = `${prefix}\uffff`;
  return after === undefined ? { gte: prefix, lt } : { gt: after, lt };
}

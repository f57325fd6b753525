/**
 * What the chain names by a digest, as far as it is here. Which there are follows from the own log alone: nobody else can make this
 * server keep anything, or want it.
 * - `publication:<digest>`    the bytes, base64
 * - `wanted:<digest>:<form>`  {@link WantedPublication}
 * - `publications`            {@link Cursor}
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ContractAddresses, eventOfLeaf, type RecordedEvent, topicsOf } from '../core/abi.ts';
import { fromBase64, toBase64 } from '../core/bytes.ts';
import { topicOfLeaf } from '../core/event.ts';
import type { WantedPublication } from '../core/operator-state.ts';
import type { Named, Service } from '../services/define.ts';
import type { Op, Store } from '../store/level.ts';

export interface Shelf {
  readonly held: number;
  /** By key, the oldest first. */
  readonly lacking: ReadonlyMap<string, WantedPublication>;
  get(digest: string): Promise<Uint8Array | undefined>;
  /** Looks through leaves that are new. */
  scan(): Promise<void>;
  /** Durable when it resolves. @param named what the bytes name in turn */
  keep(key: string, bytes: Uint8Array, named: readonly Named[]): Promise<void>;
}

/** The own log, as far as it is derived. */
export interface Leaves {
  size(): number;
  leaf(index: number): Promise<Uint8Array>;
}

export interface OpenShelf {
  readonly services: readonly Service[];
  readonly contracts: ContractAddresses;
  readonly store: Store;
  readonly leaves: Leaves;
  readonly nowSec: () => number;
}

interface Cursor {
  /** Leaves looked through. */
  readonly size: number;
  readonly held: number;
  /** `<service>/<form>`: with other ones all leaves are looked through again. */
  readonly forms: readonly string[];
}

const STRETCH = 256;
/** Leaves that name nothing need no commit of their own; after a kill so many are looked through twice. */
const UNWRITTEN = 10_000;
const WANTED = 'wanted:';
const CURSOR = 'publications';

const keyOf = (digest: string) => `publication:${digest}`;
/** An author may name a digest under a form that is not its; that hides it from nobody who names it rightly. */
const wantedKey = ({ digest, form }: Named) => `${WANTED}${digest}:${form}`;

export async function openShelf({ services, contracts, store, leaves, nowSec }: OpenShelf): Promise<Shelf> {
  const forms = services
    .flatMap(({ id, publishes }) => Object.keys(publishes?.forms ?? {}).map((form) => `${id}/${form}`))
    .sort();
  const topics = topicsOf(services.flatMap(({ publishes }) => publishes?.events ?? []));
  const before = await store.get<Cursor>(CURSOR);
  const isSame = JSON.stringify(before?.forms) === JSON.stringify(forms);
  let written: Cursor = { size: isSame ? before!.size : 0, held: before?.held ?? 0, forms };
  let { size } = written;
  const rows = await store.range<WantedPublication>({ gt: WANTED, lt: `${WANTED}\uffff` });
  const oldestFirst = rows.sort((a, b) => a.value.leafIndex - b.value.leafIndex);
  const lacking = new Map(oldestFirst.map(({ key, value }) => [key, value]));

  async function commit(ops: readonly Op[], next: Cursor): Promise<void> {
    await store.commit([...ops, { type: 'put', key: CURSOR, value: next }]);
    written = next;
  }

  /** Those of which there is neither a copy nor a want, as rows. */
  async function fresh(
    wanted: readonly WantedPublication[],
  ): Promise<readonly (Op & { readonly value: WantedPublication })[]> {
    const copies = await store.getMany(wanted.map(({ digest }) => keyOf(digest)));
    const found = wanted.filter((one, i) => copies[i] === undefined && !lacking.has(wantedKey(one)));
    const byKey = new Map(found.map((value) => [wantedKey(value), value]));
    return [...byKey].map(([key, value]) => ({ type: 'put', key, value }));
  }

  function wantedBy(event: RecordedEvent): WantedPublication[] {
    const { leafIndex, timeSec } = event;
    const place = { leafIndex, timeSec, sinceSec: nowSec() };
    return services.flatMap(({ id, publishes }) =>
      (publishes?.named(event) ?? []).map((named) => ({ ...named, service: id, ...place })),
    );
  }

  return {
    get held() {
      return written.held;
    },
    lacking,
    async get(digest) {
      const text = await store.get<string>(keyOf(digest));
      return text === undefined ? undefined : fromBase64(text);
    },
    async scan() {
      while (size < leaves.size()) {
        const until = Math.min(leaves.size(), size + STRETCH);
        const found: WantedPublication[] = [];
        for (let index = size; index < until; index++) {
          const leaf = await leaves.leaf(index);
          const event = topics.has(topicOfLeaf(leaf)) ? eventOfLeaf(leaf, index, contracts) : undefined;
          if (event !== undefined) found.push(...wantedBy(event));
        }
        const puts = await fresh(found);
        if (puts.length > 0 || until - written.size >= UNWRITTEN)
          await commit(puts, { ...written, size: until });
        for (const { key, value } of puts) lacking.set(key, value);
        size = until;
        await nextTurn();
      }
    },
    async keep(key, bytes, named) {
      const wanted = lacking.get(key)!;
      const puts = await fresh(named.map((one) => ({ ...wanted, ...one, sinceSec: nowSec() })));
      const copyKey = keyOf(wanted.digest);
      const isNew = (await store.get(copyKey)) === undefined;
      await commit([{ type: 'put', key: copyKey, value: toBase64(bytes) }, { type: 'del', key }, ...puts], {
        ...written,
        size,
        held: written.held + (isNew ? 1 : 0),
      });
      lacking.delete(key);
      for (const put of puts) lacking.set(put.key, put.value);
    },
  };
}

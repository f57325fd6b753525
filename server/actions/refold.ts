/**
 * Rows that were folded by other rules, or before a service was added, are folded again from the log's leaves.
 * `folded` = {@link Folded}: by which rules the rows here were made.
 */
import { type ContractAddresses, eventOfLeaf, type RecordedEvent } from '../core/abi.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../log/log.ts';
import type { Service } from '../services/define.ts';
import type { Store } from '../store/level.ts';
import { projectEvents } from './project.ts';

/** Raised with every change of what a fold writes. */
const RULES = 4;
const FOLDED = 'folded';
/** All that {@link projectEvents} writes, or did once. */
const PREFIXES = ['view:', 'recorded:', 'figures:', 'count:'];
const STRETCH = 500;

interface Folded {
  readonly rules: number;
  /** Ids; with `@<version>` where the fold is not the service's first. */
  readonly services: readonly string[];
}

export interface Refold {
  readonly services: readonly Service[];
  readonly contracts: ContractAddresses;
  readonly store: Store;
  readonly log: Pick<Log, 'leaf'>;
  /** Leaves that the rows hold. */
  readonly size: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Begun again from the first leaf when it was cut short: its mark is written last.
 * @throws AppError VIEWS_NEWER when a newer program folded them: this one would take its rows apart
 */
export async function refoldIfOther(options: Refold): Promise<void> {
  const { services, contracts, store, log, size, onProgress } = options;
  const names = services.map(({ id, foldVersion = 1 }) => (foldVersion === 1 ? id : `${id}@${foldVersion}`));
  const now: Folded = { rules: RULES, services: names.sort() };
  const before = await store.get<Folded>(FOLDED);
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  if (before !== undefined) refuseNewer(before, now);
  await store.commit([{ type: 'del', key: FOLDED }]);
  for (const prefix of PREFIXES) await removeAll(store, prefix);
  for (let from = 0; from < size; from += STRETCH) {
    const events: RecordedEvent[] = [];
    for (let index = from; index < Math.min(size, from + STRETCH); index++)
      events.push(eventOfLeaf(await log.leaf(index), index, contracts)!);
    await store.commit(await projectEvents(events, services, store));
    onProgress?.(Math.min(size, from + STRETCH), size);
  }
  await store.commit([{ type: 'put', key: FOLDED, value: now }]);
}

/** A service that this program does not know at all was taken out on purpose: its rows just go. */
function refuseNewer(before: Folded, now: Folded): void {
  const known = new Map(now.services.map(versioned));
  const newer = before.services.map(versioned).find(([id, version]) => version > (known.get(id) ?? version));
  if (before.rules > now.rules || newer !== undefined)
    throw new AppError('VIEWS_NEWER', { of: newer?.[0] ?? 'all services' });
}

function versioned(name: string): readonly [id: string, version: number] {
  const [id = '', version = '1'] = name.split('@');
  return [id, Number(version)];
}

async function removeAll(store: Store, prefix: string): Promise<void> {
  for (;;) {
    const rows = await store.range({ gte: prefix, lt: `${prefix}\uffff`, limit: STRETCH });
    if (rows.length === 0) return;
    await store.commit(rows.map(({ key }) => ({ type: 'del', key })));
  }
}

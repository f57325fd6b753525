/**
 * Rows that were folded by other rules, or before a service was added, are folded again from the log's leaves.
 * `folded` = {@link Folded}: by which rules the rows here were made.
 */
import { type ContractAddresses, decodeEvent, type RecordedEvent } from '../core/abi.ts';
import { decodeLeaf } from '../core/event.ts';
import type { Log } from '../log/log.ts';
import type { Service } from '../services/define.ts';
import type { Store } from '../store/level.ts';
import { projectEvents } from './project.ts';

/** Raised with every change of what a fold writes. */
const RULES = 3;
const FOLDED = 'folded';
/** All that {@link projectEvents} writes, or did once. */
const PREFIXES = ['view:', 'recorded:', 'figures:', 'count:'];
const STRETCH = 500;

interface Folded {
  readonly rules: number;
  readonly services: readonly string[];
}

export interface Refold {
  readonly services: readonly Service[];
  readonly contracts: ContractAddresses;
  readonly store: Store;
  readonly log: Pick<Log, 'leaf'>;
  /** Leaves that the rows hold. */
  readonly size: number;
}

/** Begun again from the first leaf when it was cut short: its mark is written last. */
export async function refoldIfOther({ services, contracts, store, log, size }: Refold): Promise<void> {
  const now: Folded = { rules: RULES, services: services.map(({ id }) => id).sort() };
  if (JSON.stringify(await store.get<Folded>(FOLDED)) === JSON.stringify(now)) return;
  await store.commit([{ type: 'del', key: FOLDED }]);
  for (const prefix of PREFIXES) await removeAll(store, prefix);
  for (let from = 0; from < size; from += STRETCH) {
    const events: RecordedEvent[] = [];
    for (let leafIndex = from; leafIndex < Math.min(size, from + STRETCH); leafIndex++) {
      const ledger = decodeLeaf(await log.leaf(leafIndex));
      const event = decodeEvent(ledger, contracts)!;
      events.push({ ...event, leafIndex, block: ledger.block, timeSec: ledger.timeSec });
    }
    await store.commit(await projectEvents(events, services, store));
  }
  await store.commit([{ type: 'put', key: FOLDED, value: now }]);
}

async function removeAll(store: Store, prefix: string): Promise<void> {
  for (;;) {
    const rows = await store.range({ gte: prefix, lt: `${prefix}\uffff`, limit: STRETCH });
    if (rows.length === 0) return;
    await store.commit(rows.map(({ key }) => ({ type: 'del', key })));
  }
}

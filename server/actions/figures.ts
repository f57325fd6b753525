/**
 * What the ledger counts for everybody, folded from its events in the commit of the cursor.
 * - `figures:total/<service>`           {@link Counts} since the first entry
 * - `figures:hour/<second>`, `figures:day/<YYYY-MM-DD>`  {@link Counts} by service of one hour, of one day in Seoul
 *
 * An event adds to three rows however many there are, and a block writes each of them once. `<service>` is also
 * {@link ORGANISATIONS} for the city's acts on organisations, and {@link OTHER} for entries of services that are not run here.
 */
import type { RecordedEvent } from '../core/abi.ts';
import { addDays, seoulDay } from '../core/seoul.ts';
import type { Figures, Service } from '../services/define.ts';
import type { Op, Store } from '../store/level.ts';
import { foldReaderOf, type Reader, run } from './reading.ts';

/** By kind or thing; `entries` counts attestations of a batch one by one. */
export type Counts = Readonly<Record<string, number>>;
type ByService = Readonly<Record<string, Counts>>;

export const ORGANISATIONS = 'organisations';
export const OTHER = 'other';
export const HOURS = 48;
export const DAYS = 366;
const HOUR_SEC = 3600;
const PREFIX = 'figures:';

const totalKey = (service: string) => `${PREFIX}total/${service}`;
const hourKey = (startSec: number) => `${PREFIX}hour/${String(startSec).padStart(12, '0')}`;
const dayKey = (day: string) => `${PREFIX}day/${day}`;
const startOfHour = (timeSec: number) => timeSec - (timeSec % HOUR_SEC);

/** Gathers what the events of a block add. */
export function createTally() {
  const totals = new Map<string, Map<string, number>>();
  const periods = new Map<string, Map<string, Map<string, number>>>();
  /** Of the block's one time. */
  let last = { timeSec: -1, keys: [] as readonly string[] };

  function keysOf(timeSec: number): readonly string[] {
    if (last.timeSec !== timeSec)
      last = { timeSec, keys: [hourKey(startOfHour(timeSec)), dayKey(seoulDay(timeSec))] };
    return last.keys;
  }

  return {
    /** @param reader rows as they are before the event */
    async add(event: RecordedEvent, service: Service | undefined, reader: Reader): Promise<void> {
      const id = service?.id ?? (event.contract === 'Organisations' ? ORGANISATIONS : OTHER);
      const entries = event.name === 'BatchAnchored' ? event.args.count : 1;
      const counted =
        service?.figures !== undefined
          ? await run(service.figures.count(event), reader)
          : event.name === 'OrganisationRegistered'
            ? { registered: 1 }
            : {};
      const added = Object.entries({ entries, ...counted }).filter(([, more]) => more !== 0);
      addTo(within(totals, id), added);
      for (const key of keysOf(event.timeSec)) addTo(within(within(periods, key), id), added);
    },

    async ops(store: Pick<Store, 'get'>): Promise<readonly Op[]> {
      const ops: Op[] = [];
      for (const [id, added] of totals) {
        const before = await store.get<Counts>(totalKey(id));
        ops.push({ type: 'put', key: totalKey(id), value: sum(before, added) });
      }
      for (const [key, services] of periods) {
        const value: Record<string, Counts> = { ...(await store.get<ByService>(key)) };
        for (const [id, added] of services) value[id] = sum(value[id], added);
        ops.push({ type: 'put', key, value });
      }
      return ops;
    },
  };
}

function within<Inner>(outer: Map<string, Map<string, Inner>>, key: string): Map<string, Inner> {
  const inner = outer.get(key) ?? new Map<string, Inner>();
  outer.set(key, inner);
  return inner;
}

function addTo(counts: Map<string, number>, added: readonly (readonly [string, number])[]): void {
  for (const [name, more] of added) counts.set(name, (counts.get(name) ?? 0) + more);
}

function sum(before: Counts = {}, added: ReadonlyMap<string, number>): Counts {
  const after: Record<string, number> = { ...before };
  for (const [name, more] of added) after[name] = (after[name] ?? 0) + more;
  return after;
}

/** Entries of one hour or one day. */
export interface Period {
  readonly start: number | string;
  readonly entries: number;
  readonly services: ByService;
}

export interface ListNow {
  readonly service: string;
  readonly list: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

export interface LedgerFigures {
  readonly entries: number;
  readonly services: ByService;
  /** The last {@link HOURS}, the running one last; `start` in Unix seconds. */
  readonly hours: readonly Period[];
  /** Days in Seoul from the first with an entry, {@link DAYS} at most, today last. */
  readonly days: readonly Period[];
  readonly lists: readonly ListNow[];
}

export async function totalsOf(
  services: readonly Service[],
  store: Pick<Store, 'getMany'>,
): Promise<ByService> {
  const ids = [...services.map(({ id }) => id), ORGANISATIONS, OTHER];
  const rows = await store.getMany<Counts>(ids.map(totalKey));
  return Object.fromEntries(ids.map((id, i) => [id, rows[i] ?? { entries: 0 }]));
}

export async function figuresOf(
  services: readonly Service[],
  store: Store,
  nowSec: number,
): Promise<LedgerFigures> {
  const totals = await totalsOf(services, store);
  const hours = Array.from({ length: HOURS }, (_, i) => startOfHour(nowSec) - (HOURS - 1 - i) * HOUR_SEC);
  const days = Array.from({ length: DAYS }, (_, i) => addDays(seoulDay(nowSec), i + 1 - DAYS));
  const [byHour, byDay] = await Promise.all([
    store.getMany<ByService>(hours.map(hourKey)),
    store.getMany<ByService>(days.map(dayKey)),
  ]);
  const firstDay = byDay.findIndex((row) => row !== undefined);
  const period = (start: number | string, row: ByService = {}): Period => {
    const shown = shownOf(services, row);
    return { start, entries: entriesIn(shown), services: shown };
  };
  return {
    entries: entriesIn(totals),
    services: totals,
    hours: hours.map((start, i) => period(start, byHour[i])),
    days: firstDay < 0 ? [] : days.map((day, i) => period(day, byDay[i])).slice(firstDay),
    lists: await listsOf(services, store, nowSec),
  };
}

function entriesIn(services: ByService): number {
  return Object.values(services).reduce((all, { entries = 0 }) => all + entries, 0);
}

/** What a kind's step hides of an hour or a day is missing from the entries too, and a zero from the names, or they would tell it. */
function shownOf(services: readonly Service[], row: ByService): ByService {
  const shown: Record<string, Counts> = {};
  for (const [id, counts] of Object.entries(row)) {
    const kinds = services.find((service) => service.id === id)?.figures?.kinds ?? {};
    const left = Object.entries(inSteps(counts, kinds)).filter(([, count]) => count !== 0);
    if (left.length > 0) shown[id] = Object.fromEntries(left);
  }
  return shown;
}

function inSteps(counts: Counts, kinds: Figures['kinds']): Counts {
  const shown: Record<string, number> = { ...counts };
  for (const [kind, { step = 1 }] of Object.entries(kinds)) {
    const hidden = (counts[kind] ?? 0) % step;
    shown[kind] = (counts[kind] ?? 0) - hidden;
    shown.entries = shown.entries! - hidden;
  }
  return shown;
}

async function listsOf(
  services: readonly Service[],
  store: Store,
  nowSec: number,
): Promise<readonly ListNow[]> {
  return Promise.all(
    services.flatMap(({ id, figures }) =>
      Object.entries(figures?.lists ?? {}).map(async ([list, { rows }]) => ({
        service: id,
        list,
        rows: await run(rows(nowSec), foldReaderOf(id, store)),
      })),
    ),
  );
}

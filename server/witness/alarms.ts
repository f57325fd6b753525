/**
 * What this server would not cosign, kept for good: on the disk before the log hears of the refusal, with the signed note as evidence.
 * `alarm:<code>:<size>:<root>` = {@link Alarm}.
 */
import type { Store } from '../store/level.ts';

export interface Alarm {
  /** INCONSISTENT_CHECKPOINT, ROOT_NOT_DERIVED, EMPTY_TREE_ROOT, OTHER_ROOT: the log; LOG_CONFLICT, CHAIN_FORKED: the own node. */
  readonly code: string;
  readonly size: number;
  readonly root: string;
  /** Root of the same size, as this server derived it. */
  readonly own?: string;
  /** The request with the note that the log signed. */
  readonly evidence?: string;
  readonly firstAtSec: number;
  readonly lastAtSec: number;
  readonly count: number;
}

export type Incident = Pick<Alarm, 'code' | 'size' | 'root' | 'own' | 'evidence'>;

export interface Alarms {
  /** Durable when it resolves. */
  raise(incident: Incident): Promise<void>;
  /** Oldest first. */
  list(): readonly Alarm[];
  /** By its {@link alarmPath}. */
  at(path: string): Alarm | undefined;
}

/** Where the evidence of an alarm can be read. */
export function alarmPath({ code, size, root }: Pick<Alarm, 'code' | 'size' | 'root'>): string {
  return `/alarms/${code}/${size}/${root}`;
}

const PREFIX = 'alarm:';
/** A log that lies all day must not fill the disk; its first lies are the ones that matter. */
const MAX_ALARMS = 1000;

export async function openAlarms(store: Store, nowSec: () => number): Promise<Alarms> {
  const rows = await store.range<Alarm>({ gt: PREFIX, lt: `${PREFIX}\uffff` });
  const known = new Map(rows.map(({ key, value }) => [key, value]));
  return {
    async raise(incident) {
      const key = `${PREFIX}${incident.code}:${incident.size}:${incident.root}`;
      const before = known.get(key);
      if (before === undefined && known.size >= MAX_ALARMS) return;
      const atSec = nowSec();
      const alarm: Alarm = {
        ...incident,
        firstAtSec: before?.firstAtSec ?? atSec,
        lastAtSec: atSec,
        count: (before?.count ?? 0) + 1,
      };
      known.set(key, alarm);
      await store.commit([{ type: 'put', key, value: alarm }]);
    },
    at: (path) => known.get(`${PREFIX}${path.slice('/alarms/'.length).replaceAll('/', ':')}`),
    list: () => [...known.values()].sort((a, b) => a.firstAtSec - b.firstAtSec),
  };
}

/**
 * What the readings of one car say, by a published rule: `logical`, `illogical`, or `none` when they cannot say. Lower readings are
 * recorded like all others; the verdict names them. Modelled on the verdict of the Netherlands Vehicle Authority (RDW).
 */
import type { Hex } from '../../core/bytes.ts';

const RULE = 'odometer.1';
/** A smaller drop is a difference of reading, not of the meter. */
const DROP_KM = 100;
/** More than this each day between two readings is worth a look; it stays logical. */
const HIGH_KM_PER_DAY = 1500;
const DAY_SEC = 86_400;

export interface OdometerReading {
  readonly entryId: Hex;
  /** When it was read according to its author, Unix seconds. */
  readonly occurredAtSec: number;
  /** Position in the log: the order in which readings became known, which nobody can choose. */
  readonly leafIndex: number;
  readonly km: number;
  /** The inspector says the meter was replaced before this reading. */
  readonly meterReplaced: boolean;
  /** Its record was withdrawn: it counts no more, but does not vanish either. */
  readonly withdrawn: boolean;
}

export interface OdometerReason {
  readonly code:
    | 'ODOMETER_LOWER'
    | 'TOO_FEW_READINGS'
    | 'METER_REPLACED'
    | 'HIGHER_READING_WITHDRAWN'
    | 'IMPROBABLY_HIGH';
  readonly details: Readonly<Record<string, string | number>>;
}

export interface OdometerVerdict {
  readonly rule: string;
  readonly verdict: 'logical' | 'illogical' | 'none';
  readonly reasons: readonly OdometerReason[];
}

/** Whatever readings come later, `illogical` stays `illogical`: only correcting or withdrawing a record can change it. */
export function odometerVerdict(all: readonly OdometerReading[]): OdometerVerdict {
  const byTime = [...all].sort((a, b) => a.occurredAtSec - b.occurredAtSec || a.leafIndex - b.leafIndex);
  const readings = byTime.filter((reading) => !reading.withdrawn);
  const replacements = readings.flatMap((reading, at) => (reading.meterReplaced ? [{ at, reading }] : []));
  // A replacement recorded after the lower reading explains nothing: it may have been back-dated to hide the drop.
  const isExplained = (from: number, to: number): boolean =>
    replacements.some(
      ({ at, reading }) => at > from && at <= to && reading.leafIndex <= readings[to]!.leafIndex,
    );
  const drops: OdometerReason[] = [];
  const doubts: OdometerReason[] = [];
  for (const [i, later] of readings.entries()) {
    const before = readings.slice(0, i).filter((earlier) => earlier.km - later.km >= DROP_KM);
    const worst = highest(
      readings.filter((earlier, at) => at < i && earlier.km - later.km >= DROP_KM && !isExplained(at, i)),
    );
    if (worst) drops.push(reason('ODOMETER_LOWER', worst, later));
    else if (before.length > 0) doubts.push(reason('METER_REPLACED', highest(before)!, later));
    const withdrawn = highest(
      byTime
        .slice(0, byTime.indexOf(later))
        .filter((earlier) => earlier.withdrawn && earlier.km - later.km >= DROP_KM),
    );
    if (withdrawn) doubts.push(reason('HIGHER_READING_WITHDRAWN', withdrawn, later));
  }
  const leaps = leapsOf(readings);
  if (drops.length > 0) return { rule: RULE, verdict: 'illogical', reasons: [...drops, ...doubts, ...leaps] };
  if (readings.length < 2) doubts.unshift({ code: 'TOO_FEW_READINGS', details: { count: readings.length } });
  return { rule: RULE, verdict: doubts.length > 0 ? 'none' : 'logical', reasons: [...doubts, ...leaps] };
}

function leapsOf(readings: readonly OdometerReading[]): OdometerReason[] {
  return readings.slice(1).flatMap((later, i) => {
    const earlier = readings[i]!;
    const days = Math.max(1, Math.ceil((later.occurredAtSec - earlier.occurredAtSec) / DAY_SEC));
    return later.km - earlier.km > HIGH_KM_PER_DAY * days ? [reason('IMPROBABLY_HIGH', earlier, later)] : [];
  });
}

function highest(readings: readonly OdometerReading[]): OdometerReading | undefined {
  return readings.reduce<OdometerReading | undefined>(
    (best, reading) => (best === undefined || reading.km > best.km ? reading : best),
    undefined,
  );
}

function reason(
  code: OdometerReason['code'],
  earlier: OdometerReading,
  later: OdometerReading,
): OdometerReason {
  return {
    code,
    details: { entryId: later.entryId, km: later.km, earlierEntryId: earlier.entryId, earlierKm: earlier.km },
  };
}

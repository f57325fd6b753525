/** A car's history: its entries with the documents this gateway holds, and what follows from them. */
import type { Hex } from '../../core/bytes.ts';
import { daysBetween, seoulDay } from '../../core/seoul.ts';
import { type Original, type Reading, row } from '../define.ts';
import { type OdometerReading, type OdometerVerdict, odometerVerdict } from './odometer.ts';
import type { VehicleDocument } from './records.ts';
import { inspectionValidUntil } from './terms.ts';
import { type EntryRow, entriesOn } from './view.ts';

/** More entries on one car than a life of inspections and trades makes; older ones are left out and the answer says so. */
const MAX_ENTRIES = 300;

export interface HistoryRecord {
  readonly entry: EntryRow;
  /** undefined: erased, or kept by another gateway. */
  readonly document: VehicleDocument | undefined;
}

export interface History {
  /** Newest first; status changes are left out, their effect stands in `entry.status`. */
  readonly records: readonly HistoryRecord[];
  readonly isTruncated: boolean;
}

/** A record that speaks for the car now: neither replaced nor withdrawn. */
export function isStanding({ status }: EntryRow): boolean {
  return status === 'active' || status === 'suspended' || status === 'disputed';
}

/** By the chain's status, or by the open dispute of somebody else. */
function isDisputed({ status, openDisputes }: EntryRow): boolean {
  return status === 'disputed' || openDisputes !== undefined;
}

export function* historyOf(subject: Hex): Reading<History> {
  const entries = yield* entriesOn(subject, MAX_ENTRIES);
  const records: HistoryRecord[] = [];
  for (const entry of entries) {
    if (entry.status === 'change') continue;
    const original = yield* row<Original>(`original:${entry.entryId}`);
    records.push({ entry, document: original?.document as VehicleDocument | undefined });
  }
  return { records, isTruncated: entries.length === MAX_ENTRIES };
}

export function readingsOf({ records }: History): OdometerReading[] {
  return records.flatMap(({ entry, document }) => {
    const isGone = entry.status === 'revoked' || entry.status === 'superseded';
    if (document === undefined || !(isStanding(entry) || isGone)) return [];
    const overall = document.overall as { meterReplaced?: boolean } | undefined;
    return [
      {
        entryId: entry.entryId,
        occurredAtSec: entry.occurredAtSec,
        leafIndex: entry.leafIndex,
        km: document.odometerKm,
        meterReplaced: overall?.meterReplaced === true,
        withdrawn: isGone,
      },
    ];
  });
}

export function verdictOf(history: History): OdometerVerdict {
  return odometerVerdict(readingsOf(history));
}

export interface CurrentInspection {
  readonly entryId: Hex;
  readonly inspectedOn: string;
  readonly validUntil: string;
  readonly state: 'in-force' | 'expired' | 'suspended' | 'disputed';
}

/** The newest standing inspection, whoever made it; the later recorded one of two of the same day. */
export function currentInspection(history: History, nowSec: number): CurrentInspection | undefined {
  const newest = history.records
    .filter(({ entry }) => entry.type === 'inspection' && isStanding(entry))
    .sort(
      (a, b) => b.entry.occurredAtSec - a.entry.occurredAtSec || b.entry.leafIndex - a.entry.leafIndex,
    )[0];
  return newest === undefined ? undefined : inspectionState(newest.entry, nowSec);
}

/** The entry's own date says when it was made: it stands on the ledger and needs no document. */
export function inspectionState(entry: EntryRow, nowSec: number): CurrentInspection {
  const inspectedOn = seoulDay(entry.occurredAtSec);
  const validUntil = inspectionValidUntil(inspectedOn);
  const held =
    entry.status === 'suspended' ? 'suspended' : isDisputed(entry) ? ('disputed' as const) : undefined;
  const state = held ?? (seoulDay(nowSec) > validUntil ? 'expired' : 'in-force');
  return { entryId: entry.entryId, inspectedOn, validUntil, state };
}

export interface Alert {
  readonly code: 'IN_TWO_STOCKS' | 'INSPECTED_TWICE_WITHIN_A_DAY';
  readonly details: Readonly<Record<string, string>>;
}

/** Signs of one number on two cars. They accuse nobody: a sale registered late looks the same until it is registered. */
export function alertsOf({ records }: History): Alert[] {
  const standing = records.filter(({ entry }) => isStanding(entry)).map(({ entry }) => entry);
  const byTime = standing.sort((a, b) => a.occurredAtSec - b.occurredAtSec || a.leafIndex - b.leafIndex);
  const holders = new Set<string>();
  const alerts: Alert[] = [];
  for (const { type, organisation } of byTime) {
    if (type === 'purchase') holders.add(organisation);
    if (type === 'sale') holders.delete(organisation);
  }
  if (holders.size > 1)
    alerts.push({ code: 'IN_TWO_STOCKS', details: { organisations: [...holders].sort().join(', ') } });
  const inspections = byTime.filter(({ type }) => type === 'inspection');
  for (const [i, later] of inspections.slice(1).entries()) {
    const earlier = inspections[i]!;
    const days = daysBetween(seoulDay(earlier.occurredAtSec), seoulDay(later.occurredAtSec));
    if (days <= 1 && earlier.organisation !== later.organisation)
      alerts.push({
        code: 'INSPECTED_TWICE_WITHIN_A_DAY',
        details: { entryId: later.entryId, earlierEntryId: earlier.entryId },
      });
  }
  return alerts;
}

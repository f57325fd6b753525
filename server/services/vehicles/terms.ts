/** Terms printed on the inspection record: computed from its dates, never stored. All days are days in Seoul. */
import { addDays, addWorkingDays, seoulDay } from '../../core/seoul.ts';

const VALID_DAYS = 120;
const WARRANTY_DAYS = 30;
const WARRANTY_KM = 2000;
const CORRECTION_WORKING_DAYS = 5;

/** Last day of validity: the day of inspection is not counted. */
export function inspectionValidUntil(inspectedOn: string): string {
  return addDays(inspectedOn, VALID_DAYS);
}

/** Whichever comes first, counted from delivery. */
export function warrantyOf(soldOn: string, odometerKm: number): { untilDay: string; untilKm: number } {
  return { untilDay: addDays(soldOn, WARRANTY_DAYS), untilKm: odometerKm + WARRANTY_KM };
}

/** Last day on which the author may correct an odometer reading. @param recordedAtSec block time, Unix seconds */
export function correctionUntil(recordedAtSec: number): string {
  return addWorkingDays(seoulDay(recordedAtSec), CORRECTION_WORKING_DAYS);
}

/** Answers of the vehicles service, as the pages read them. */
import type { Hex } from '../../../server/core/bytes.ts';
import type { CurrentInspection } from '../../../server/services/vehicles/history.ts';
import type { OdometerVerdict } from '../../../server/services/vehicles/odometer.ts';

export interface BodyMarkShown {
  readonly position: string;
  readonly codes: readonly string[];
}

export interface ShownDocument {
  readonly odometerKm?: number;
  readonly accident?: 'none' | 'yes';
  readonly body?: readonly BodyMarkShown[];
  readonly [member: string]: unknown;
}

export interface ShownRecord {
  readonly entryId: Hex;
  readonly type: 'purchase' | 'inspection' | 'sale';
  readonly organisation: string;
  readonly status: string;
  readonly recordedAtSec: number;
  readonly occurredOn: string;
  readonly document: ShownDocument | null;
}

export interface Car {
  readonly subject: Hex;
  readonly vin?: string;
  readonly modelName?: string;
  readonly inspection?: CurrentInspection;
  readonly warranty?: { readonly untilDay: string; readonly untilKm: number };
  readonly odometer: OdometerVerdict;
  readonly alerts: readonly { readonly code: string; readonly details: Readonly<Record<string, string>> }[];
  readonly records: readonly ShownRecord[];
  readonly isTruncated: boolean;
  readonly asOfSec: number;
}

export interface InspectionAnswer {
  readonly inspections: readonly (ShownRecord & {
    readonly vin?: string;
    readonly state: string;
    readonly validUntil: string;
  })[];
  readonly asOfSec: number;
}

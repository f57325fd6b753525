/** Answers of the vehicles service, as the pages read them; of a document only what a page looks into is named. */
import type {
  VehiclesCarAnswer,
  VehiclesInspectionAnswer,
  VehiclesLookUpAnswer,
} from '../../lib/client/services.generated.ts';

export interface BodyMarkShown {
  readonly position: string;
  readonly codes: readonly string[];
}

interface ShownDocument {
  readonly odometerKm?: number;
  readonly accident?: 'none' | 'yes';
  readonly body?: readonly BodyMarkShown[];
  readonly modelName?: string;
  readonly [member: string]: unknown;
}

type Documented<Shown> = Omit<Shown, 'document'> & { readonly document: ShownDocument | null };

export type ShownRecord = Documented<VehiclesLookUpAnswer['records'][number]>;
export type Car = Omit<VehiclesLookUpAnswer | VehiclesCarAnswer, 'records'> & {
  readonly records: readonly ShownRecord[];
  readonly warranty?: VehiclesLookUpAnswer['warranty'];
};
export type ShownInspection = Documented<VehiclesInspectionAnswer['inspections'][number]>;
export type InspectionAnswer = Omit<VehiclesInspectionAnswer, 'inspections'> & {
  readonly inspections: readonly ShownInspection[];
};

/** Records of cars as staff see them. */
import type { Hex } from '../../server/core/bytes.ts';
import { askOptional } from './api.ts';
import type { VehiclesCarAnswer, VehiclesRecordAnswer } from './client/services.generated.ts';

export type OwnRecord = VehiclesRecordAnswer;
export type OwnCar = VehiclesCarAnswer;

export const askRecord = (entryId: string) => askOptional<OwnRecord>(`/v1/vehicles/records/${entryId}`);

export const recordLink = (entryId: Hex): string => `/records/${entryId}`;

/** `amend-sale` is one way of the act `amend`: words go with the act. */
export type RecordAct = 'amend' | 'supersede' | 'withdraw' | 'suspend' | 'resume' | 'dispute' | 'resolve';

export function actOf(action: string): RecordAct {
  return action.split('-')[0] as RecordAct;
}

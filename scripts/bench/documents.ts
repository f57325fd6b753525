/** Bodies as dealers' and issuers' systems send them, every one of another car or person. */
import { EXAMPLES } from '../../server/services/vehicles/examples.ts';

/** Korean makers' numbers have no check digit. @param index below 10^6 */
export function inspectionOf(index: number): unknown {
  const serial = String(index).padStart(6, '0');
  return {
    ...EXAMPLES.inspection,
    number: `04-26-${serial}`,
    vin: `KMHSH81XDPU${serial}`,
    // Records of one plate have to wait for each other.
    plate: `${100 + Math.floor(index / 10_000)}가${serial.slice(2)}`,
  };
}

export function courseOf(index: number): unknown {
  return {
    holderName: `수료 ${index}`,
    courseName: '자동차 성능점검 기초',
    hours: 32,
    completedOn: '2026-02-27',
    result: 'completed',
  };
}

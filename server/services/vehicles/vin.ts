/**
 * Vehicle identification numbers (ISO 3779): 17 characters without I, O and Q. Position 9 is a check digit (49 CFR 565.15) where
 * North America and China demand it; Korea and Europe use the position freely, so there it only earns a notice.
 */
import { z } from 'zod';
import { issue } from '../fields.ts';

const VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/** First character of the maker's code: 1 to 5 North America, L China. */
const CHECKED_REGIONS = /^[1-5L]/;

export interface VinProblem {
  readonly code: 'VIN_LENGTH' | 'VIN_CHARACTER' | 'VIN_CHECK_DIGIT';
  readonly details: Readonly<Record<string, string | number>>;
}

/** Full-width and lower-case letters, spaces and hyphens are ways of writing; O for 0 is an error and stays one. */
export function normaliseVin(text: string): string {
  const plain = text.normalize('NFKC').replaceAll(/[\s-]/g, '');
  return /^[\x20-\x7e]*$/.test(plain) ? plain.toUpperCase() : plain;
}

/** undefined when the normalised VIN may be recorded. */
export function vinProblem(vin: string): VinProblem | undefined {
  const letters = [...vin];
  const wrongAt = letters.findIndex((letter) => !/^[0-9A-HJ-NPR-Z]$/.test(letter));
  if (wrongAt >= 0)
    return { code: 'VIN_CHARACTER', details: { character: letters[wrongAt]!, position: wrongAt + 1 } };
  if (letters.length !== 17) return { code: 'VIN_LENGTH', details: { length: letters.length } };
  if (!CHECKED_REGIONS.test(vin) || vin[8] === checkDigit(vin)) return undefined;
  return { code: 'VIN_CHECK_DIGIT', details: { expected: checkDigit(vin), found: vin[8]! } };
}

/** Whether position 9 is no check digit: accepted outside the regions that demand one, but a typing error stays unseen. */
export function lacksCheckDigit(vin: string): boolean {
  return vin[8] !== checkDigit(vin);
}

/** What position 9 would be. @param vin 17 allowed characters */
export function checkDigit(vin: string): string {
  const sum = [...vin].reduce((total, letter, i) => total + letterValue(letter) * WEIGHTS[i]!, 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
}

/** Enough to compare with the car, too little to copy: maker and serial number. */
export function maskVin(vin: string): string {
  return `${vin.slice(0, 3)}${'*'.repeat(10)}${vin.slice(13)}`;
}

export const vinText = z
  .string()
  .max(64)
  .transform((text, context) => {
    const vin = normaliseVin(text);
    const problem = vinProblem(vin);
    if (problem === undefined) return vin;
    context.issues.push(issue(problem.code, text, problem.details));
    return z.NEVER;
  });

/** Digits stand for themselves; the letters count 1..8, 1..5 7 9, 2..9 along the alphabet. */
function letterValue(letter: string): number {
  return VALUES.indexOf(letter) % 10;
}

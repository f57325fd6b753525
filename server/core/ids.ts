/** Short names that stand in a bytes32 on chain, readable by eye: organisations, services, schemas. */
import { fromHex, fromUtf8, type Hex, toHex, utf8 } from './bytes.ts';
import { AppError } from './errors.ts';

/** 1..31 bytes, lower case letters, digits, dots and hyphens, left aligned and padded with zeros. @throws AppError NAME_INVALID */
export function nameToBytes32(name: string): Hex {
  if (!/^[a-z0-9][a-z0-9.-]{0,30}$/.test(name)) throw new AppError('NAME_INVALID', { name });
  const padded = new Uint8Array(32);
  padded.set(utf8(name));
  return toHex(padded);
}

/** Inverse of {@link nameToBytes32}. @throws AppError NAME_INVALID when the bytes hold no such name. */
export function bytes32ToName(hex: string): string {
  const bytes = fromHex(hex);
  const end = bytes.indexOf(0);
  const name = fromUtf8(end < 0 ? bytes : bytes.subarray(0, end));
  if (bytes.length !== 32 || nameToBytes32(name) !== hex.toLowerCase())
    throw new AppError('NAME_INVALID', { name: hex });
  return name;
}

/** Base45 (RFC 9285): bytes in the alphanumeric characters of a QR code. Strict: one text for one sequence of bytes. */
import { AppError } from '../core/errors.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

export function toBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const isPair = i + 1 < bytes.length;
    const value = isPair ? bytes[i]! * 256 + bytes[i + 1]! : bytes[i]!;
    text += ALPHABET[value % 45]! + ALPHABET[Math.floor(value / 45) % 45]!;
    if (isPair) text += ALPHABET[Math.floor(value / 2025)]!;
  }
  return text;
}

/** @throws AppError BASE45_MALFORMED */
export function fromBase45(text: string): Uint8Array {
  if (text.length % 3 === 1) throw new AppError('BASE45_MALFORMED', { reason: 'length' });
  const bytes = new Uint8Array(Math.floor((text.length * 2) / 3));
  for (let i = 0, at = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((character) => ALPHABET.indexOf(character));
    if (digits.includes(-1)) throw new AppError('BASE45_MALFORMED', { reason: 'character' });
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    const size = digits.length - 1;
    if (value >= 256 ** size) throw new AppError('BASE45_MALFORMED', { reason: 'triple' });
    if (size === 2) bytes[at++] = Math.floor(value / 256);
    bytes[at++] = value % 256;
  }
  return bytes;
}

/** Bytes and the few text forms they take. */

export type Hex = `0x${string}`;

export const EMPTY: Uint8Array = new Uint8Array(0);

const ENCODER = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Value of each ASCII character as a hexadecimal digit, 16 for those that are none. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 16 : value;
});
/** Value of each ASCII character, 64 for those outside the alphabet. */
const BASE64_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = BASE64.indexOf(String.fromCharCode(code));
  return value < 0 ? 64 : value;
});

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** @throws TypeError when the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function toHex(bytes: Uint8Array): Hex {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!]!;
  return `0x${text}`;
}

/** @throws RangeError when `hex` is not an even number of hexadecimal digits after 0x. */
export function fromHex(hex: string): Uint8Array {
  if (!hex.startsWith('0x') || hex.length % 2 !== 0) throw new RangeError('not hexadecimal bytes');
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGITS[hex.charCodeAt(2 + 2 * i)] ?? 16;
    const low = DIGITS[hex.charCodeAt(3 + 2 * i)] ?? 16;
    if (high === 16 || low === 16) throw new RangeError('not hexadecimal bytes');
    bytes[i] = 16 * high + low;
  }
  return bytes;
}

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Strict: only the canonical padded form is taken. @throws RangeError otherwise. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new RangeError('not base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  for (let i = 0, at = 0; i < digits; i++) {
    const value = BASE64_VALUES[text.charCodeAt(i)] ?? 64;
    if (value === 64) throw new RangeError('not base64');
    bits = ((bits << 6) | value) & 0xffffff;
    // After the second, third and fourth digit of a group another byte is complete, with 4, 2 and 0 bits left over.
    const rest = 6 - 2 * (i & 3);
    if (rest < 6) bytes[at++] = bits >> rest;
  }
  // The bits behind the last byte must be zero, or several texts would stand for the same bytes.
  if ((padding === 2 && (bits & 15) !== 0) || (padding === 1 && (bits & 3) !== 0))
    throw new RangeError('not canonical base64');
  return bytes;
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws RangeError when the text is not canonical unpadded base64url. */
export function fromBase64Url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError('not base64url');
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  return fromBase64(padded);
}

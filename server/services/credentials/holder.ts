/**
 * The holder's key: 128 bits derived from the document's salt, so it is stored nowhere and dies with the salt. It stands behind the
 * `#` of the holder's link, which browsers keep to themselves, and comes to a gateway only in the body of a request.
 */
import { concat, fromBase64Url, fromHex, type Hex, toBase64Url, utf8 } from '../../core/bytes.ts';
import { hmacSha256 } from '../../core/hash.ts';

const KEY_BYTES = 16;
const LINK = /^(0x[0-9a-f]{64})\.([A-Za-z0-9_-]{22})$/;

/** HMAC-SHA-256(salt, "sillok.holder.1" || 0x00 || entryId), first 16 bytes, base64url. */
export function holderKeyOf(entryId: Hex, salt: Hex): string {
  const mac = hmacSha256(fromHex(salt), concat(utf8('sillok.holder.1\0'), fromHex(entryId)));
  return toBase64Url(mac.subarray(0, KEY_BYTES));
}

/** Compares without telling by its time how much of a guess was right. */
export function isHolderKey(guess: string, entryId: Hex, salt: Hex): boolean {
  const wanted = fromBase64Url(holderKeyOf(entryId, salt));
  const given = bytesOf(guess);
  let difference = given.length ^ KEY_BYTES;
  for (const [i, byte] of wanted.entries()) difference |= byte ^ (given[i] ?? 0);
  return difference === 0;
}

/** Path and fragment of the holder's page. */
export function holderLink(entryId: Hex, key: string): string {
  return `/c#${entryId}.${key}`;
}

/** undefined when the fragment is no holder's link. @param fragment without the leading # */
export function parseHolderLink(fragment: string): { entryId: Hex; key: string } | undefined {
  const match = LINK.exec(fragment);
  return match === null ? undefined : { entryId: match[1] as Hex, key: match[2]! };
}

function bytesOf(key: string): Uint8Array {
  try {
    return fromBase64Url(key);
  } catch {
    return new Uint8Array();
  }
}

/** The short link of a receipt, for the QR code on paper. */
import { type Hex, toHex } from '../core/bytes.ts';
import { leafHash } from '../verify/merkle.ts';

/**
 * Entry and leaf hash stand in the fragment, which no server sees: whoever fetches the receipt, from wherever, knows whether it is
 * the one that was meant. In capitals, which a QR code holds in 5.5 bits each: within version 8 at M for hosts up to 50 characters.
 */
export function receiptLink(publicUrl: string, entryId: Hex, leaf: Uint8Array): string {
  return `${publicUrl}/r#${entryId.toUpperCase()}.${toHex(leafHash(leaf)).toUpperCase()}`;
}

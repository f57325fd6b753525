/** Whoever holds a secp256k1 key: the vault's files, or a remote signer put in its place. */
import type { Hex } from './bytes.ts';

export interface Signer {
  /** Lower case. */
  readonly address: Hex;
  /** 65 bytes r || s || v with v 27 or 28, s in the lower half (EIP-2). */
  sign(digest: Hex): Promise<Hex>;
}

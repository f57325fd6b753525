/** Ed25519 in plain JavaScript, for the page; Node has a faster one, see log/ed25519.ts. */
import { ed25519 } from '@noble/curves/ed25519.js';
import type { VerifyEd25519 } from './note.ts';

/** RFC 8032 with canonical encodings only, as OpenSSL and Go take it: not the looser ZIP 215. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
};

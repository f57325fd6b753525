/** Ed25519 verification by OpenSSL: many times as fast as the page's. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { concat, fromHex, toHex } from '../core/bytes.ts';
import type { VerifyEd25519 } from '../verify/note.ts';

/** SubjectPublicKeyInfo of an Ed25519 key up to the 32 bytes of the key (RFC 8410, section 4). */
const SPKI_PREFIX = fromHex('0x302a300506032b6570032100');
/** A verifier meets a handful of keys, the ones of its trust file. */
const MAX_KEYS = 64;
const keys = new Map<string, KeyObject>();

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  try {
    return verify(null, message, keyObject(publicKey), signature);
  } catch {
    return false;
  }
};

function keyObject(publicKey: Uint8Array): KeyObject {
  const id = toHex(publicKey);
  const known = keys.get(id);
  if (known !== undefined) return known;
  const der = Buffer.from(concat(SPKI_PREFIX, publicKey));
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(id, key);
  return key;
}

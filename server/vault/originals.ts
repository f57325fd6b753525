/**
 * Sealing of originals: AES-256-GCM under a random data key of its own, which the master key wraps. Both carry the entryId as
 * associated data, so that a row moved under another entry does not open. Without its data key an original is noise.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Original } from '../core/original.ts';

/** Row `original:<entryId>`; base64 of nonce 12 | tag 16 | ciphertext. */
export interface SealedOriginal {
  readonly wrappedKey: string;
  readonly sealed: string;
}

/** What is left of an erased original: that there was one, and until when. */
export interface ErasedOriginal {
  readonly erasedAtMs: number;
}

export function seal(masterKey: Uint8Array, entryId: Hex, original: Original): SealedOriginal {
  const dataKey = randomBytes(32);
  const text = JSON.stringify({ document: original.document, salt: original.salt });
  return {
    wrappedKey: encrypt(masterKey, `key:${entryId}`, dataKey),
    sealed: encrypt(dataKey, `original:${entryId}`, Buffer.from(text)),
  };
}

/** @throws AppError ORIGINAL_UNREADABLE when the row was changed or moved, or the vault is another one. */
export function unseal(masterKey: Uint8Array, entryId: Hex, row: SealedOriginal): Original {
  try {
    const dataKey = decrypt(masterKey, `key:${entryId}`, row.wrappedKey);
    return JSON.parse(decrypt(dataKey, `original:${entryId}`, row.sealed).toString()) as Original;
  } catch (error) {
    throw new AppError('ORIGINAL_UNREADABLE', { entryId }, error);
  }
}

function encrypt(key: Uint8Array, context: string, plain: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

function decrypt(key: Uint8Array, context: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}

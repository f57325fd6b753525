/** Checkpoints (c2sp.org/tlog-checkpoint) and the message a witness cosigns (c2sp.org/tlog-cosignature). */
import { concat, fromBase64, toBase64, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { NoteSignature, VerifierKey, VerifyEd25519 } from './note.ts';

export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Our logs add no extension lines, but a reader must not trip over them. @throws AppError CHECKPOINT_MALFORMED */
export function parseTreeHead(text: string): TreeHead {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (!text.endsWith('\n') || !origin || size === undefined || root === undefined || extensions.includes(''))
    throw new AppError('CHECKPOINT_MALFORMED', { reason: 'lines' });
  return { origin, size: parseDecimal(size), root: parseHash(root) };
}

export function formatTreeHead(head: TreeHead): string {
  return `${head.origin}\n${head.size}\n${toBase64(head.root)}\n`;
}

/** Canonical decimal within the safe integers. @throws AppError CHECKPOINT_MALFORMED */
export function parseDecimal(text: string): number {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new AppError('CHECKPOINT_MALFORMED', { reason: 'number' });
  return value;
}

/** 32 bytes in base64. @throws AppError CHECKPOINT_MALFORMED */
export function parseHash(text: string): Uint8Array {
  // 32 bytes take 44 characters; the length is checked before the text is decoded.
  if (text.length === 44) {
    try {
      const hash = fromBase64(text);
      if (hash.length === 32) return hash;
    } catch {
      // Falls through: one error for every way of not being a hash.
    }
  }
  throw new AppError('CHECKPOINT_MALFORMED', { reason: 'hash' });
}

export function cosignedMessage(text: string, timestampSec: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${timestampSec}\n${text}`);
}

/** timestamp u64 big endian || Ed25519 signature. */
export function encodeCosignature(timestampSec: number, signature: Uint8Array): Uint8Array {
  const timestamp = new Uint8Array(8);
  new DataView(timestamp.buffer).setBigUint64(0, BigInt(timestampSec));
  return concat(timestamp, signature);
}

export function verifySignature(
  line: NoteSignature,
  key: VerifierKey,
  text: string,
  verifyEd25519: VerifyEd25519,
): boolean {
  return line.bytes.length === 64 && verifyEd25519(key.publicKey, utf8(text), line.bytes);
}

/** @returns the time of the cosignature in Unix seconds, undefined when it does not verify. */
export function verifyCosignature(
  line: NoteSignature,
  key: VerifierKey,
  text: string,
  verifyEd25519: VerifyEd25519,
): number | undefined {
  if (line.bytes.length !== 72) return undefined;
  const timestamp = new DataView(line.bytes.buffer, line.bytes.byteOffset).getBigUint64(0);
  if (timestamp === 0n || timestamp > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const timestampSec = Number(timestamp);
  const valid = verifyEd25519(key.publicKey, cosignedMessage(text, timestampSec), line.bytes.subarray(8));
  return valid ? timestampSec : undefined;
}

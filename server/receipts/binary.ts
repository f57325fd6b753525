/** The compact form of a receipt for one self-contained QR code; its layout stands in verify/compact.ts. */
import { concat } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { toBase45 } from '../verify/base45.ts';
import { COMPACT_PREFIX, COMPACT_VERSION, packZeros } from '../verify/compact.ts';
import { inclusionLength } from '../verify/merkle.ts';
import type { NoteSignature } from '../verify/note.ts';
import { parseReceipt, type Receipt } from '../verify/receipt.ts';

/** A QR code of version 25 at correction level L holds this many alphanumeric characters (ISO/IEC 18004, table 7). */
export const COMPACT_LIMIT = 1853;

/** @throws AppError COMPACT_TOO_LARGE when no code that a phone reads well would hold it, COMPACT_UNFIT, RECEIPT_MALFORMED */
export function receiptToBase45(text: string): string {
  const compact = COMPACT_PREFIX + toBase45(encode(parseReceipt(text)));
  if (compact.length > COMPACT_LIMIT) throw new AppError('COMPACT_TOO_LARGE', { characters: compact.length });
  return compact;
}

function encode({ leaf, index, path, head, checkpoint }: Receipt): Uint8Array {
  const packed = packZeros(leaf);
  // The log's line bears the log's name; cosignatures are told by their length. Others (post-quantum ones) stay in the file.
  const own = checkpoint.signatures.find((line) => line.name === head.origin && line.bytes.length === 64);
  const cosignatures = checkpoint.signatures.filter(
    (line) => line.name !== head.origin && line.bytes.length === 72,
  );
  const isPlain =
    checkpoint.text.split('\n').length === 4 && path.length === inclusionLength(index, head.size);
  if (own === undefined || !isPlain) throw new AppError('COMPACT_UNFIT', {});
  return concat(
    Uint8Array.of(COMPACT_VERSION),
    number(packed.length),
    packed,
    number(index),
    number(head.size),
    ...path,
    uint32(own.keyId),
    own.bytes,
    Uint8Array.of(cosignatures.length),
    ...cosignatures.map(cosignature),
  );
}

function cosignature({ keyId, bytes }: NoteSignature): Uint8Array {
  const timeSec = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  return concat(uint32(keyId), number(timeSec), bytes.subarray(8));
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Seven bits per byte, lowest first. */
function number(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

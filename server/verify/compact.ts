/**
 * The compact receipt for a QR code, read back into the standard text. Encoding is in receipts/binary.ts.
 *
 * "SILLOK1:" and in base45: version u8 (1) | length of the packed leaf, varint | packed leaf | index, varint | tree size, varint |
 * the path's hashes, as many as index and size imply | the log's key id, 4 bytes, and signature, 64 |
 * number of cosignatures u8 | each: key id, 4 bytes | time in Unix seconds, varint | signature, 64.
 *
 * Left out is what the reader has or can compute: the root follows from leaf and path, names of log and witnesses from the trust
 * file, those of retired keys included. Signatures under keys that the trust file does not hold are dropped, as every reader of a note must.
 */
import { concat } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { fromBase45 } from './base45.ts';
import { encodeCosignature, formatTreeHead } from './checkpoint.ts';
import { inclusionLength, leafHash, rootFromInclusion } from './merkle.ts';
import { formatSignatureLine, parseVerifierKey } from './note.ts';
import { formatReceipt, MAX_LEAF } from './receipt.ts';
import type { Trust } from './trust.ts';

export const COMPACT_PREFIX = 'SILLOK1:';
export const COMPACT_VERSION = 1;
/** Above what a QR code of any version holds. */
const MAX_TEXT = 4300;

/** The c2sp.org/tlog-proof text. Whoever made the code may lie: nothing is verified here. @throws AppError COMPACT_MALFORMED | COMPACT_OTHER_LOG */
export function base45ToReceipt(text: string, trust: Trust): string {
  if (!text.startsWith(COMPACT_PREFIX) || text.length > MAX_TEXT)
    throw new AppError('COMPACT_MALFORMED', { reason: 'prefix or length' });
  const reader = new Reader(bytesOf(text.slice(COMPACT_PREFIX.length)));
  if (reader.byte() !== COMPACT_VERSION) throw new AppError('COMPACT_MALFORMED', { reason: 'version' });
  const leaf = unpackZeros(reader.take(reader.number()), MAX_LEAF);
  const index = reader.number();
  const size = reader.number();
  if (index >= size) throw new AppError('COMPACT_MALFORMED', { reason: 'index' });
  const path = Array.from({ length: inclusionLength(index, size) }, () => reader.take(32));
  const root = rootFromInclusion(index, size, leafHash(leaf), path);
  if (root === undefined) throw new AppError('COMPACT_MALFORMED', { reason: 'path' });
  const lines = signatureLines(reader, trust);
  if (!reader.isAtEnd()) throw new AppError('COMPACT_MALFORMED', { reason: 'trailing bytes' });
  const checkpoint = `${formatTreeHead({ origin: trust.origin, size, root })}\n${lines.join('')}`;
  return formatReceipt({ leaf, index, path, checkpoint });
}

/**
 * Leaves are hashes, which no compression shortens, and the zeros of ABI words: a run of zeros becomes 0 and its length (1..255).
 * 370 bytes of a record's leaf come out at some 240; deflate needs some 270.
 */
export function packZeros(bytes: Uint8Array): Uint8Array {
  const packed: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    if (bytes[i] !== 0) {
      packed.push(bytes[i]!);
      i += 1;
      continue;
    }
    let run = 1;
    while (run < 255 && bytes[i + run] === 0) run += 1;
    packed.push(0, run);
    i += run;
  }
  return Uint8Array.from(packed);
}

/** Two bytes may become 255: the limit is checked before anything is allocated. @throws AppError COMPACT_MALFORMED */
export function unpackZeros(packed: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let previousRun = 255;
  for (let i = 0; i < packed.length; i++) {
    const isRun = packed[i] === 0;
    const run = isRun ? (packed[i + 1] ?? 0) : 0;
    // One packed form for one leaf: no empty run, and a run follows another only where that one is full.
    if (isRun && (run === 0 || previousRun < 255))
      throw new AppError('COMPACT_MALFORMED', { reason: 'zeros' });
    length += isRun ? run : 1;
    if (length > limit) throw new AppError('COMPACT_MALFORMED', { reason: 'too long unpacked' });
    parts.push(isRun ? new Uint8Array(run) : packed.subarray(i, i + 1));
    previousRun = isRun ? run : 255;
    if (isRun) i += 1;
  }
  return concat(...parts);
}

function signatureLines(reader: Reader, trust: Trust): string[] {
  const policies = [trust, ...(trust.earlier ?? [])];
  const logKeyId = reader.uint32();
  const signature = reader.take(64);
  const log = policies.map(({ logKey }) => parseVerifierKey(logKey)).find(({ keyId }) => keyId === logKeyId);
  if (log === undefined) throw new AppError('COMPACT_OTHER_LOG', { keyId: logKeyId });
  const witnesses = policies.flatMap((policy) => policy.witnesses).map(({ key }) => parseVerifierKey(key));
  const lines = [formatSignatureLine({ name: log.name, keyId: logKeyId, bytes: signature })];
  for (let left = reader.byte(); left > 0; left--) {
    const keyId = reader.uint32();
    const bytes = encodeCosignature(reader.number(), reader.take(64));
    const witness = witnesses.find((known) => known.keyId === keyId);
    if (witness !== undefined) lines.push(formatSignatureLine({ name: witness.name, keyId, bytes }));
  }
  return lines;
}

function bytesOf(text: string): Uint8Array {
  try {
    return fromBase45(text);
  } catch (error) {
    throw new AppError('COMPACT_MALFORMED', { reason: 'base45' }, error);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new AppError('COMPACT_MALFORMED', { reason: 'cut' });
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint32(): number {
    return new DataView(this.take(4).buffer).getUint32(0);
  }

  /** Seven bits per byte, lowest first, the shortest form only, within the safe integers. */
  number(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128 && Number.isSafeInteger(value) && (byte > 0 || factor === 1)) return value;
      if (byte < 128) break;
    }
    throw new AppError('COMPACT_MALFORMED', { reason: 'number' });
  }
}

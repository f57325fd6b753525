/**
 * A group commit as bytes, the same in the commit log, on the way to a standby and in a backup:
 *   length of the body u32 | number u64 | epoch u32 | hash of the commit before 32 | hash 32 | body
 * hash = SHA-256(hash before | number | epoch | body). Body = one line per row: the key as JSON, then a tab and the value as
 * JSON unless the row is deleted. A length of zero never stands for a commit, so zeros are the end of what was written.
 */
import { createHash } from 'node:crypto';

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

export interface Position {
  readonly number: number;
  readonly epoch: number;
  /** 32 bytes, hexadecimal. */
  readonly hash: string;
}

export interface Commit extends Position {
  readonly previous: string;
  /** The whole record. */
  readonly bytes: Buffer;
}

export const HEADER_BYTES = 80;
/** Where nothing was committed yet, in a store that began with its commit log. */
export const BEGINNING: Position = { number: 0, epoch: 1, hash: '00'.repeat(32) };
/** No commit comes near it; a length above it is damage. */
const MAX_BODY_BYTES = 1 << 30;

export function encodeCommit(before: Position, epoch: number, operations: readonly Operation[]): Commit {
  const lines = operations.map((operation) => {
    const key = JSON.stringify(operation.key);
    return operation.type === 'put' ? `${key}\t${operation.value}\n` : `${key}\n`;
  });
  const body = Buffer.from(lines.join(''));
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  const number = before.number + 1;
  bytes.writeUInt32BE(body.length, 0);
  bytes.writeBigUInt64BE(BigInt(number), 4);
  bytes.writeUInt32BE(epoch, 12);
  bytes.write(before.hash, 16, 'hex');
  body.copy(bytes, HEADER_BYTES);
  const hash = hashOf(bytes);
  hash.copy(bytes, 48);
  return { number, epoch, previous: before.hash, hash: hash.toString('hex'), bytes };
}

/** The commit that begins here; undefined when the bytes do not prove themselves or end too early. */
export function decodeCommit(buffer: Buffer, offset = 0): Commit | undefined {
  const length = lengthAt(buffer, offset);
  if (length === undefined || offset + length > buffer.length) return undefined;
  const bytes = buffer.subarray(offset, offset + length);
  const hash = bytes.subarray(48, HEADER_BYTES);
  if (!hashOf(bytes).equals(hash)) return undefined;
  return {
    number: Number(bytes.readBigUInt64BE(4)),
    epoch: bytes.readUInt32BE(12),
    previous: bytes.toString('hex', 16, 48),
    hash: hash.toString('hex'),
    bytes,
  };
}

/** Bytes of the record that begins here by its own word; undefined for zeros, rubbish and the end. */
export function lengthAt(buffer: Buffer, offset: number): number | undefined {
  if (offset + HEADER_BYTES > buffer.length) return undefined;
  const body = buffer.readUInt32BE(offset);
  return body === 0 || body > MAX_BODY_BYTES ? undefined : HEADER_BYTES + body;
}

export function operationsOf({ bytes }: Commit): Operation[] {
  return bytes
    .toString('utf8', HEADER_BYTES)
    .split('\n')
    .slice(0, -1)
    .map((line): Operation => {
      const tab = line.indexOf('\t');
      return tab < 0
        ? { type: 'del', key: JSON.parse(line) as string }
        : { type: 'put', key: JSON.parse(line.slice(0, tab)) as string, value: line.slice(tab + 1) };
    });
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256')
    .update(bytes.subarray(16, 48))
    .update(bytes.subarray(4, 16))
    .update(bytes.subarray(HEADER_BYTES))
    .digest();
}

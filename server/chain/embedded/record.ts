/**
 * One block as the journal keeps it: what the engine needs to make the same block again, and the hash it must get.
 * Layout, big-endian: timestamp u64 | hash 32 bytes | count u32 | count x (length u32 | raw transaction).
 */
export interface BlockRecord {
  timestampSec: number;
  hash: Uint8Array;
  /** Signed transactions in block order, as they were received. */
  transactions: readonly Uint8Array[];
}

const FIXED_BYTES = 8 + 32 + 4;

export function encodeBlock({ timestampSec, hash, transactions }: BlockRecord): Uint8Array {
  const size = transactions.reduce((total, raw) => total + 4 + raw.length, FIXED_BYTES);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(timestampSec));
  bytes.set(hash, 8);
  view.setUint32(40, transactions.length);
  let at = FIXED_BYTES;
  for (const raw of transactions) {
    view.setUint32(at, raw.length);
    bytes.set(raw, at + 4);
    at += 4 + raw.length;
  }
  return bytes;
}

/** @throws RangeError when the bytes are no whole record; the checksum makes that a fault of the writer. */
export function decodeBlock(bytes: Uint8Array): BlockRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(40);
  const transactions: Uint8Array[] = [];
  let at = FIXED_BYTES;
  for (let i = 0; i < count; i++) {
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.length) throw new RangeError('transaction runs over the end of the record');
    transactions.push(bytes.slice(at + 4, end));
    at = end;
  }
  if (at !== bytes.length) throw new RangeError('bytes after the last transaction');
  return { timestampSec: Number(view.getBigUint64(0)), hash: bytes.slice(8, 40), transactions };
}

/**
 * An event of the ledger's contracts and the leaf it becomes in the log.
 * The leaf is a pure function of the chain: every city server computes the same bytes from its own node.
 */
import { concat, fromHex, type Hex, toHex } from './bytes.ts';
import { AppError } from './errors.ts';

export interface LedgerEvent {
  readonly chainId: number;
  readonly block: number;
  /** Block time, Unix seconds. */
  readonly timeSec: number;
  /** Position among the block's logs. */
  readonly logIndex: number;
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

const VERSION = 1;
const HEAD = 1 + 8 + 8 + 8 + 4 + 20 + 1;

/**
 * version u8 | chain id u64 | block u64 | time u64 | log index u32 | address 20 | topic count u8 | topics 32 each | data.
 * Big endian throughout.
 */
export function encodeLeaf(event: LedgerEvent): Uint8Array {
  const head = new Uint8Array(HEAD);
  const view = new DataView(head.buffer);
  view.setUint8(0, VERSION);
  view.setBigUint64(1, BigInt(event.chainId));
  view.setBigUint64(9, BigInt(event.block));
  view.setBigUint64(17, BigInt(event.timeSec));
  view.setUint32(25, event.logIndex);
  head.set(fromHex(event.address), 29);
  view.setUint8(49, event.topics.length);
  return concat(head, ...event.topics.map(fromHex), fromHex(event.data));
}

/** Which event it is, without decoding the rest. */
export function topicOfLeaf(leaf: Uint8Array): Hex {
  return toHex(leaf.subarray(HEAD, HEAD + 32));
}

/** Inverse of {@link encodeLeaf}. The bytes may come from a stranger. @throws AppError LEAF_MALFORMED */
export function decodeLeaf(bytes: Uint8Array): LedgerEvent {
  const malformed = (reason: string) => new AppError('LEAF_MALFORMED', { reason });
  if (bytes.length < HEAD) throw malformed('too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) throw malformed('unknown version');
  const topicCount = view.getUint8(49);
  const dataAt = HEAD + 32 * topicCount;
  if (topicCount > 4 || bytes.length < dataAt) throw malformed('topics');
  const safe = (at: number) => {
    const value = view.getBigUint64(at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('number too large');
    return Number(value);
  };
  const topics = Array.from({ length: topicCount }, (_, i) =>
    toHex(bytes.subarray(HEAD + 32 * i, HEAD + 32 * (i + 1))),
  );
  return {
    chainId: safe(1),
    block: safe(9),
    timeSec: safe(17),
    logIndex: view.getUint32(25),
    address: toHex(bytes.subarray(29, 49)),
    topics,
    data: toHex(bytes.subarray(dataAt)),
  };
}

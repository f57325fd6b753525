/**
 * The second witness of the journal's newest record: LevelDB drops a damaged tail in silence, this file does not.
 * Two slots written in turn (number modulo 2), each synced: a torn write can hurt only the slot being written.
 * Slot: number u64 | checksum 32 bytes | SHA-256 of the 40 bytes before.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Head {
  number: number;
  checksum: Uint8Array;
}

export interface HeadReading {
  /** The newest slot that proves itself; undefined when both are damaged. */
  newest: Head | undefined;
  /** Whether the other slot is what the write before the newest left behind. */
  isWhole: boolean;
}

const SLOT_BYTES = 72;
/** Slots lie in different disk sectors. */
const SLOT_STRIDE = 4096;

/** Undefined when there is no file. */
export async function readHead(path: string): Promise<HeadReading | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const slots = [0, 1].map((parity) => decodeSlot(bytes.subarray(parity * SLOT_STRIDE), parity));
  const valid = slots.filter((slot) => slot !== undefined).sort((a, b) => b.number - a.number);
  const newest = valid[0];
  if (newest === undefined) return { newest, isWhole: false };
  const other = bytes.subarray(((newest.number + 1) % 2) * SLOT_STRIDE).subarray(0, SLOT_BYTES);
  const isWhole =
    bytes.length === 2 * SLOT_STRIDE &&
    (newest.number === 0 ? other.every((byte) => byte === 0) : valid[1]?.number === newest.number - 1);
  return { newest, isWhole };
}

/** Makes the file whole or not at all: written beside, synced, renamed, folder synced. */
export async function createHead(path: string, head: Head): Promise<void> {
  const bytes = new Uint8Array(2 * SLOT_STRIDE);
  bytes.set(encodeSlot(head), (head.number % 2) * SLOT_STRIDE);
  const file = await open(`${path}.new`, 'w');
  await file.write(bytes);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().catch((error: NodeJS.ErrnoException) => {
    // Windows cannot sync a folder; its rename is journaled by the file system.
    if (process.platform !== 'win32') throw error;
  });
  await folder.close();
}

export async function writeHead(file: FileHandle, head: Head): Promise<void> {
  await file.write(encodeSlot(head), 0, SLOT_BYTES, (head.number % 2) * SLOT_STRIDE);
  await file.datasync();
}

function encodeSlot({ number, checksum }: Head): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  new DataView(slot.buffer).setBigUint64(0, BigInt(number));
  slot.set(checksum, 8);
  slot.set(createHash('sha256').update(slot.subarray(0, 40)).digest(), 40);
  return slot;
}

function decodeSlot(bytes: Uint8Array, parity: number): Head | undefined {
  if (bytes.length < SLOT_BYTES) return undefined;
  const proof = createHash('sha256').update(bytes.subarray(0, 40)).digest();
  if (!proof.equals(bytes.subarray(40, SLOT_BYTES))) return undefined;
  const number = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
  return number % 2 === parity ? { number, checksum: bytes.slice(8, 40) } : undefined;
}

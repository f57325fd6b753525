/**
 * The third witness of the newest commit, for the case that the commit log and LevelDB both lost it. Written after each commit
 * without a sync: it can only be too old, which accuses nobody. Two slots in turn, so that a torn write leaves the one before.
 * Slot: number u64 | number up to which all is in LevelDB's tables u64 | hash 32 | first 16 bytes of the SHA-256 of these.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Position } from './record.ts';

export interface Head extends Pick<Position, 'number' | 'hash'> {
  /** Commits up to this one are in LevelDB's tables, so its own log is not needed for them. */
  readonly tabled: number;
}

const SLOT_BYTES = 64;
/** Slots lie in different sectors of a disk. */
const SLOT_STRIDE = 4096;

/** undefined when there is none, or none that proves itself. */
export function readHead(path: string): Head | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const heads = [0, 1].flatMap((slot) => decode(bytes.subarray(slot * SLOT_STRIDE)) ?? []);
  return heads.sort((a, b) => b.number - a.number || b.tabled - a.tabled)[0];
}

export interface HeadFile {
  write(head: Head): void;
  close(): void;
}

export function openHead(path: string): HeadFile {
  const file = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
  let slot = 0;
  return {
    write(head) {
      slot = 1 - slot;
      writeSync(file, encode(head), 0, SLOT_BYTES, slot * SLOT_STRIDE);
    },
    close: () => closeSync(file),
  };
}

function encode({ number, tabled, hash }: Head): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeBigUInt64BE(BigInt(number), 0);
  slot.writeBigUInt64BE(BigInt(tabled), 8);
  slot.write(hash, 16, 'hex');
  proofOf(slot).copy(slot, 48);
  return slot;
}

function decode(slot: Buffer): Head | undefined {
  if (slot.length < SLOT_BYTES || !proofOf(slot).equals(slot.subarray(48, SLOT_BYTES))) return undefined;
  return {
    number: Number(slot.readBigUInt64BE(0)),
    tabled: Number(slot.readBigUInt64BE(8)),
    hash: slot.toString('hex', 16, 48),
  };
}

function proofOf(slot: Buffer): Buffer {
  return createHash('sha256').update(slot.subarray(0, 48)).digest().subarray(0, 16);
}

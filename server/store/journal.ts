/**
 * The chain's journal on disk: numbered records in a level database, each write synced before it is acknowledged.
 * LevelDB drops a damaged tail of its log in silence, so the reader must hold a second witness of the newest number.
 */
import { Level } from 'level';

export interface Journal {
  /** Resolves only after the bytes are on the disk (fsync). */
  append(number: number, record: Uint8Array): Promise<void>;
  /** All records in order of their numbers, gaps included as they are. */
  entries(): AsyncIterable<readonly [number, Uint8Array]>;
  close(): Promise<void>;
}

export interface OpenJournal {
  folder: string;
  /** False when a journal must already be there: LevelDB would otherwise put an empty one over a damaged one. */
  create: boolean;
}

/** Takes the folder's single-writer lock; a second opener gets LEVEL_LOCKED as the cause of its error. */
export async function openJournal({ folder, create }: OpenJournal): Promise<Journal> {
  const level = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    createIfMissing: create,
  });
  await level.open();
  return {
    append: (number, record) => level.put(keyOf(number), record, { sync: true }),
    async *entries() {
      for await (const [key, record] of level.iterator({ highWaterMarkBytes: 1 << 20, fillCache: false })) {
        yield [numberOf(key), record] as const;
      }
    },
    close: () => level.close(),
  };
}

/** Eight bytes, big-endian, so that the order of keys is the order of numbers. */
function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(number));
  return key;
}

/** A key of another shape answers -1, which no reader expects. */
function numberOf(key: Uint8Array): number {
  if (key.length !== 8) return -1;
  return Number(new DataView(key.buffer, key.byteOffset, 8).getBigUint64(0));
}

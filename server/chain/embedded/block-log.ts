/**
 * The durable chain: record 0 is the header (fingerprint of the engine), record n is block n.
 * Record = SHA-256(checksum of the record before || number || body) || body, so nothing can be changed, moved or
 * left out in the middle; the head file stands witness for the end.
 */
import { createHash } from 'node:crypto';
import { access, constants, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { type Journal, openJournal } from '../../store/journal.ts';
import { createHead, type Head, readHead, writeHead } from './head-file.ts';
import { type BlockRecord, decodeBlock, encodeBlock } from './record.ts';

export interface BlockLog {
  /** Number of the newest block; 0 when there is none. */
  newest: number;
  blocks(): AsyncIterable<BlockRecord>;
  /** Resolves only when block and head record are both on the disk. */
  append(number: number, block: BlockRecord): Promise<void>;
  close(): Promise<void>;
}

const CHECKSUM_BYTES = 32;
const NO_CHECKSUM = new Uint8Array(CHECKSUM_BYTES);

/**
 * Takes the single-writer lock and proves every record before the first is used.
 * @throws AppError CHAIN_FOLDER_LOCKED, CHAIN_FOLDER_READ_ONLY, CHAIN_JOURNAL_CORRUPT or CHAIN_ENGINE_CHANGED
 */
export async function openBlockLog(folder: string, fingerprint: Record<string, unknown>): Promise<BlockLog> {
  const headPath = join(folder, 'head');
  const journalFolder = join(folder, 'journal');
  await prepareFolder(folder);
  const reading = await readHead(headPath);
  if (reading === undefined) await refuseRemains(journalFolder);
  const journal = await lockJournal(journalFolder, reading === undefined);
  try {
    const found = await proveRecords(journal);
    const header = new TextEncoder().encode(JSON.stringify(fingerprint));
    if (found.newest === undefined) {
      if (reading !== undefined)
        throw corrupt('header record', 'the journal is empty but the head file is not');
      await journal.append(0, seal(NO_CHECKSUM, 0, header));
      found.newest = { number: 0, checksum: checksumOf(NO_CHECKSUM, 0, header) };
    } else {
      compareFingerprint(found.header, fingerprint);
    }
    await settleHead(headPath, found.newest, found.beforeNewest);
    return await makeLog(journal, headPath, found.newest);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function makeLog(journal: Journal, headPath: string, start: Head): Promise<BlockLog> {
  const headFile = await open(headPath, 'r+');
  let head = start;
  return {
    newest: start.number,
    async *blocks() {
      for await (const [number, record] of journal.entries()) {
        if (number > 0) yield decodeBlock(record.subarray(CHECKSUM_BYTES));
      }
    },
    async append(number, block) {
      if (number !== head.number + 1) throw new RangeError(`block ${number} after ${head.number}`);
      const body = encodeBlock(block);
      const next = { number, checksum: checksumOf(head.checksum, number, body) };
      await journal.append(number, seal(head.checksum, number, body));
      // Only after the record is safe: a head ahead of the journal would call an honest crash a loss.
      await writeHead(headFile, next);
      head = next;
    },
    async close() {
      await headFile.close();
      await journal.close();
    },
  };
}

interface ProvenRecords {
  header: Uint8Array;
  newest: Head | undefined;
  beforeNewest: Head | undefined;
}

async function proveRecords(journal: Journal): Promise<ProvenRecords> {
  const proven: ProvenRecords = { header: NO_CHECKSUM, newest: undefined, beforeNewest: undefined };
  let expected = 0;
  try {
    for await (const [number, record] of journal.entries()) {
      if (number !== expected) throw corrupt(nameOf(expected), `missing; the next found is ${number}`);
      const body = record.subarray(CHECKSUM_BYTES);
      const checksum = checksumOf(proven.newest?.checksum ?? NO_CHECKSUM, number, body);
      if (record.length < CHECKSUM_BYTES || !checksum.equals(record.subarray(0, CHECKSUM_BYTES))) {
        throw corrupt(nameOf(number), 'its checksum does not match');
      }
      if (number === 0) proven.header = body;
      proven.beforeNewest = proven.newest;
      proven.newest = { number, checksum };
      expected++;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw corrupt(nameOf(expected), `not readable (${reasonOf(error)})`, error);
  }
  return proven;
}

/**
 * A crash between the journal's sync and the head's leaves exactly one newer proven record (and, in a power cut,
 * a torn slot beside it). Everything else that does not fit is damage.
 */
async function settleHead(path: string, newest: Head, beforeNewest: Head | undefined): Promise<void> {
  const reading = await readHead(path);
  if (reading === undefined) {
    if (newest.number !== 0) throw corrupt('head file', `missing, though ${nameOf(newest.number)} exists`);
    return createHead(path, newest);
  }
  const head = reading.newest;
  if (head === undefined) throw corrupt('head file', 'both slots are damaged');
  if (newest.number < head.number) {
    throw corrupt(nameOf(newest.number + 1), `missing; the head file names ${head.number} as the newest`);
  }
  const isOneBehind = beforeNewest?.number === head.number;
  const twin = isOneBehind ? beforeNewest : newest;
  if (twin.number !== head.number)
    throw corrupt('head file', `it names ${head.number}, the journal ${newest.number}`);
  if (!Buffer.from(head.checksum).equals(twin.checksum)) {
    throw corrupt('head file', `its checksum of ${nameOf(head.number)} is not the journal's`);
  }
  if (!isOneBehind && !reading.isWhole) throw corrupt('head file', 'one slot is damaged');
  if (!isOneBehind) return;
  const file = await open(path, 'r+');
  await writeHead(file, newest);
  await file.close();
}

function compareFingerprint(header: Uint8Array, fingerprint: Record<string, unknown>): void {
  const stored: Record<string, unknown> = JSON.parse(new TextDecoder().decode(header));
  for (const field of new Set([...Object.keys(stored), ...Object.keys(fingerprint)])) {
    if (stored[field] === fingerprint[field]) continue;
    throw new AppError('CHAIN_ENGINE_CHANGED', { field, journal: stored[field], engine: fingerprint[field] });
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(join(folder, 'journal'), { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new AppError('CHAIN_FOLDER_READ_ONLY', { folder, reason: reasonOf(error) }, error);
  }
}

/** LevelDB would delete tables and logs that no CURRENT file names as if they were rubbish. */
async function refuseRemains(journalFolder: string): Promise<void> {
  const names = await readdir(journalFolder);
  const remains = names.find((name) => /\.(ldb|sst|log)$/.test(name));
  if (remains !== undefined && !names.includes('CURRENT')) {
    throw corrupt('journal/CURRENT', `missing, though ${remains} exists`);
  }
}

async function lockJournal(folder: string, create: boolean): Promise<Journal> {
  try {
    return await openJournal({ folder, create });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { code, message } = cause as Error & { code?: string };
    if (code === 'LEVEL_LOCKED') throw new AppError('CHAIN_FOLDER_LOCKED', { folder }, error);
    if (/read-only|permission denied/i.test(message)) {
      throw new AppError('CHAIN_FOLDER_READ_ONLY', { folder, reason: message }, error);
    }
    if (/no space/i.test(message)) throw new AppError('CHAIN_DISK_FAILED', { reason: message }, error);
    throw corrupt('journal files', message, error);
  }
}

function seal(previous: Uint8Array, number: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([checksumOf(previous, number, body), body]);
}

function checksumOf(previous: Uint8Array, number: number, body: Uint8Array): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(number));
  return createHash('sha256').update(previous).update(key).update(body).digest();
}

function nameOf(number: number): string {
  return number === 0 ? 'header record' : `block ${number}`;
}

function corrupt(where: string, reason: string, cause?: unknown): AppError {
  return new AppError('CHAIN_JOURNAL_CORRUPT', { where, reason }, cause);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

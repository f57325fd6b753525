/**
 * All rows of a store as text, for a standby that is new and for a backup:
 * a line of JSON {"sillok": "store.1", number, epoch, hash}, one line per row (key as JSON, tab, value as JSON),
 * and a line of JSON {"rows", "sha256" of all lines before}. Who reads it has all of it or nothing.
 */
import { createHash, type Hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { compact, LAST_KEY, openDatabase } from './database.ts';
import { openHead } from './head.ts';
import type { Snapshot } from './level.ts';
import { COPIED_KEY, marksOf } from './marks.ts';
import type { Operation, Position } from './record.ts';
import { storedOf } from './rows.ts';

const FORMAT = 'store.1';
const CHUNK_BYTES = 256 << 10;

export async function* writeSnapshot({ position, rows }: Snapshot): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let text = `${JSON.stringify({ sillok: FORMAT, ...position })}\n`;
  let count = 0;
  const take = (): Uint8Array => {
    const chunk = Buffer.from(text);
    hash.update(chunk);
    text = '';
    return chunk;
  };
  for await (const { key, value } of rows()) {
    text += `${JSON.stringify(key)}\t${value}\n`;
    count++;
    if (text.length >= CHUNK_BYTES) yield take();
  }
  yield take();
  yield Buffer.from(`${JSON.stringify({ rows: count, sha256: hash.digest('hex') })}\n`);
}

/**
 * Makes a store of it in a folder where there is none; complete only when it resolves.
 * @throws AppError SNAPSHOT_DAMAGED | STORE_*
 */
export async function readSnapshot(folder: string, chunks: AsyncIterable<Uint8Array>): Promise<Position> {
  mkdirSync(join(folder, 'commits'), { recursive: true, mode: 0o700 });
  const level = await openDatabase(folder);
  try {
    let batch: Operation[] = [];
    let size = 0;
    const write = async (sync: boolean) => {
      await level.batch(batch.map(storedOf), { sync });
      batch = [];
      size = 0;
    };
    const position = await readRows(chunks, async (key, value) => {
      batch.push({ type: 'put', key, value });
      size += key.length + value.length;
      if (size > CHUNK_BYTES) await write(false);
    });
    batch.push(...marksOf([position]), { type: 'put', key: COPIED_KEY, value: String(position.number) });
    await write(true);
    await compact(level, LAST_KEY);
    // Tells whether all is in tables now.
    await level.batch(marksOf([position]).map(storedOf), { sync: true });
    const head = openHead(join(folder, 'commits/head'));
    head.write({ ...position, tabled: position.number });
    head.close();
    return position;
  } finally {
    await level.close();
  }
}

/** Each row as it comes; the position once the end proved that nothing is missing or changed. @throws AppError SNAPSHOT_DAMAGED */
export async function readRows(
  chunks: AsyncIterable<Uint8Array>,
  onRow: (key: string, value: string) => Promise<void>,
): Promise<Position> {
  const hash = createHash('sha256');
  let header: Position | undefined;
  let end: { rows: number; sha256: string } | undefined;
  let rows = 0;
  let sum = '';
  for await (const line of linesOf(chunks)) {
    if (end !== undefined) throw damaged('something behind the end');
    if (header === undefined) header = headerOf(line.toString());
    else if (line[0] === 0x7b) {
      end = parse(line.toString()) as typeof end;
      sum = hash.digest('hex');
      continue;
    } else {
      const text = line.toString();
      const tab = text.indexOf('\t');
      const key = tab < 0 ? undefined : parse(text.slice(0, tab));
      if (typeof key !== 'string') throw damaged('a row without a key');
      rows++;
      await onRow(key, text.slice(tab + 1));
    }
    note(hash, line);
  }
  if (header === undefined || end === undefined) throw damaged('it ends too early');
  if (end.rows !== rows || end.sha256 !== sum) throw damaged('its checksum does not match');
  return header;
}

function note(hash: Hash, line: Buffer): void {
  hash.update(line).update('\n');
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = buffer.indexOf(10, from); end >= 0; end = buffer.indexOf(10, from)) {
      const last = buffer.subarray(from, end);
      yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      from = end + 1;
    }
    if (from < buffer.length) parts.push(Buffer.from(buffer.subarray(from)));
  }
  if (parts.length > 0) throw damaged('it ends in the middle of a line');
}

function headerOf(line: string): Position {
  const header = parse(line) as Partial<Position & { sillok: string }>;
  const { sillok, number, epoch, hash } = header;
  if (sillok !== FORMAT) throw damaged('it is no copy of a store that this version can read');
  if (!Number.isSafeInteger(number) || !Number.isSafeInteger(epoch) || !/^[0-9a-f]{64}$/.test(hash ?? ''))
    throw damaged('its first line');
  return { number: number!, epoch: epoch!, hash: hash! };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('a line that is no JSON');
  }
}

function damaged(reason: string): AppError {
  return new AppError('SNAPSHOT_DAMAGED', { reason });
}

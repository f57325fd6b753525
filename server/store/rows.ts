/**
 * A value in LevelDB: `~`, eight digits of the CRC-32 of key and JSON, the JSON. LevelDB checks no block when it reads, so a
 * flipped bit in a table would otherwise be read as data. Values of older folders have no checksum and are read as they are.
 */
import { crc32 } from 'node:zlib';
import { AppError } from '../core/errors.ts';
import type { Operation } from './record.ts';

const MARK = '~';
const JSON_AT = 9;

/** As LevelDB's batch takes it. */
export function storedOf(operation: Operation): Operation {
  if (operation.type === 'del') return operation;
  return {
    type: 'put',
    key: operation.key,
    value: MARK + checksum(operation.key, operation.value) + operation.value,
  };
}

/** @throws AppError STORE_CORRUPT */
export function jsonOf(key: string, stored: string, folder: string): string {
  if (!stored.startsWith(MARK)) return stored;
  const json = stored.slice(JSON_AT);
  if (stored.slice(1, JSON_AT) !== checksum(key, json))
    throw new AppError('STORE_CORRUPT', { folder, row: key });
  return json;
}

function checksum(key: string, json: string): string {
  return crc32(json, crc32(key)).toString(16).padStart(8, '0');
}

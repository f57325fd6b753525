/**
 * What the gateway remembers of the chain's events:
 * - `batch/<batchId>`           {@link BatchRow}
 * - `status/<batchId>/<index>`  {@link StatusRow} of a leaf that was ever suspended or revoked
 */
import type { RecordedEvent } from '../../core/abi.ts';
import type { Hex } from '../../core/bytes.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { ATTESTATION_STATUSES } from '../../core/typed-data.ts';
import { type Reading, row, rows, type ViewChange } from '../define.ts';
import { heavier, type LeafStatus, type StatusRow } from './status.ts';

interface BatchRow extends StatusRow {
  readonly issuer: string;
  readonly schema: string;
  readonly count: number;
  readonly anchoredAtSec: number;
  readonly leafIndex: number;
}

const VIEW = 'view:credentials/';

export function* batchRow(batchId: Hex): Reading<BatchRow | undefined> {
  return yield* row<BatchRow>(`${VIEW}batch/${batchId}`);
}

/** undefined: no such leaf is anchored, as far as this gateway has seen. */
export function* leafStatus(batchId: Hex, index: number): Reading<StatusRow | undefined> {
  const batch = yield* batchRow(batchId);
  if (batch === undefined || index >= batch.count) return undefined;
  return heavier(batch, yield* leafRow(batchId, index));
}

/** What this leaf alone was last set to. */
export function* leafRow(batchId: Hex, index: number): Reading<StatusRow | undefined> {
  return yield* row<StatusRow>(leafKey(batchId, index));
}

/** Of all leaves of the batch that were ever set alone. */
export function* leafRows(batchId: Hex, limit: number): Reading<readonly StatusRow[]> {
  const found = yield* rows<StatusRow>(`${VIEW}status/${batchId}/`, limit);
  return found.map(({ value }) => value);
}

export function* fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
  if (event.name === 'BatchAnchored') {
    const { entryId, issuer, schema, count } = event.args;
    const value: BatchRow = {
      issuer: readable(issuer),
      schema: readable(schema),
      count,
      anchoredAtSec: event.timeSec,
      leafIndex: event.leafIndex,
      status: 'valid',
      sinceSec: event.timeSec,
    };
    return [{ key: `${VIEW}batch/${entryId}`, value }];
  }
  if (event.name !== 'AttestationStatusChanged') return [];
  const { batchId, indexes, status: number } = event.args;
  const status = ATTESTATION_STATUSES[number] as LeafStatus;
  const changed: StatusRow = { status, sinceSec: event.timeSec };
  if (indexes.length > 0) return indexes.map((index) => ({ key: leafKey(batchId, index), value: changed }));
  const batch = yield* batchRow(batchId);
  return batch === undefined ? [] : [{ key: `${VIEW}batch/${batchId}`, value: { ...batch, ...changed } }];
}

function leafKey(batchId: Hex, index: number): string {
  return `${VIEW}status/${batchId}/${String(index).padStart(7, '0')}`;
}

function readable(name: Hex): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

/** What is counted of certificates. Revoked and suspended ones are counted as they stand now, each once. */
import type { Hex } from '../../core/bytes.ts';
import { ATTESTATION_STATUSES } from '../../core/typed-data.ts';
import type { Figures, Reading } from '../define.ts';
import { heavier, type LeafStatus, type StatusRow } from './status.ts';
import { batchRow, leafRow, leafRows } from './view.ts';

export const figures: Figures = {
  kinds: {
    issued: { label: { ko: '발급', en: 'Issued' } },
    change: { label: { ko: '폐기·정지·재개 처리', en: 'Revocations, suspensions, resumptions' } },
  },
  things: {
    revoked: { ko: '폐기된 증명서', en: 'Revoked certificates' },
    suspended: { ko: '정지 중인 증명서', en: 'Suspended certificates' },
  },
  *count(event) {
    if (event.name === 'BatchAnchored') return { issued: event.args.count };
    if (event.name !== 'AttestationStatusChanged') return {};
    const { batchId, indexes, status } = event.args;
    const after = { status: ATTESTATION_STATUSES[status] as LeafStatus, sinceSec: event.timeSec };
    const moved = indexes.length > 0 ? leavesMove(batchId, indexes, after) : batchMoves(batchId, after);
    return { change: 1, ...(yield* moved) };
  },
};

type Moved = Record<'revoked' | 'suspended', number>;

function* leavesMove(batchId: Hex, indexes: readonly number[], after: StatusRow): Reading<Moved> {
  const moved: Moved = { revoked: 0, suspended: 0 };
  const batch = yield* batchRow(batchId);
  if (batch === undefined) return moved;
  for (const index of new Set(indexes))
    move(moved, heavier(batch, yield* leafRow(batchId, index)), heavier(batch, after));
  return moved;
}

/** Leaves with a status of their own are looked at one by one, all others go with the batch. */
function* batchMoves(batchId: Hex, after: StatusRow): Reading<Moved> {
  const moved: Moved = { revoked: 0, suspended: 0 };
  const batch = yield* batchRow(batchId);
  if (batch === undefined) return moved;
  const own = yield* leafRows(batchId, batch.count);
  for (const leaf of own) move(moved, heavier(batch, leaf), heavier(after, leaf));
  move(moved, batch, after, batch.count - own.length);
  return moved;
}

function move(moved: Moved, from: StatusRow, to: StatusRow, count = 1): void {
  if (from.status !== 'valid') moved[from.status] -= count;
  if (to.status !== 'valid') moved[to.status] += count;
}

/** Receipts from the log: the leaf, its path, and the newest checkpoint that covers it. */
import { AppError } from '../core/errors.ts';
import { formatReceipt } from '../verify/receipt.ts';

/** What a receipt needs of the log. */
export interface ReceiptSource {
  latest(): { readonly size: number; readonly text: string } | undefined;
  /** Absent where witnesses are never missing. */
  waiting?(): { readonly size: number; readonly cosigned: number; readonly threshold: number } | undefined;
  leaf(index: number): Promise<Uint8Array>;
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
}

/**
 * c2sp.org/tlog-proof@v1, never of a checkpoint below the threshold.
 * @throws AppError RECEIPT_PENDING until a sufficiently cosigned checkpoint covers the leaf, COSIGNATURES_PENDING while it is the
 * witnesses that are missing
 */
export async function buildReceipt(log: ReceiptSource, leafIndex: number): Promise<string> {
  const checkpoint = log.latest();
  if (checkpoint === undefined || leafIndex >= checkpoint.size) {
    const waiting = log.waiting?.();
    if (waiting !== undefined) throw new AppError('COSIGNATURES_PENDING', { leafIndex, ...waiting });
    throw new AppError('RECEIPT_PENDING', { leafIndex, size: checkpoint?.size ?? 0 });
  }
  const [leaf, path] = await Promise.all([
    log.leaf(leafIndex),
    log.inclusionProof(leafIndex, checkpoint.size),
  ]);
  return formatReceipt({ leaf, index: leafIndex, path, checkpoint: checkpoint.text });
}

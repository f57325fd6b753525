/** Receipts from the log: the leaf, its path, and the newest checkpoint that covers it. */
import { AppError } from '../core/errors.ts';
import { formatReceipt } from '../verify/receipt.ts';

/** What a receipt needs of the log. */
export interface ReceiptSource {
  latest(): { readonly size: number; readonly text: string } | undefined;
  leaf(index: number): Promise<Uint8Array>;
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
}

/** c2sp.org/tlog-proof@v1. @throws AppError RECEIPT_PENDING until a sufficiently cosigned checkpoint covers the leaf */
export async function buildReceipt(log: ReceiptSource, leafIndex: number): Promise<string> {
  const checkpoint = log.latest();
  if (checkpoint === undefined || leafIndex >= checkpoint.size)
    throw new AppError('RECEIPT_PENDING', { leafIndex, size: checkpoint?.size ?? 0 });
  const [leaf, path] = await Promise.all([
    log.leaf(leafIndex),
    log.inclusionProof(leafIndex, checkpoint.size),
  ]);
  return formatReceipt({ leaf, index: leafIndex, path, checkpoint: checkpoint.text });
}

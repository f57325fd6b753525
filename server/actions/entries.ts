/** Where an entry stands, whichever gateway took it in. */
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { EntryStatus } from '../outbox/entry.ts';
import { buildReceipt } from '../receipts/build.ts';
import type { Attested } from '../services/define.ts';
import { type RecordedRow, recordedKey } from './project.ts';

export interface EntryView extends EntryStatus {
  /** Block time, Unix seconds, once recorded. */
  readonly recordedAtSec?: number;
  /** Final, but too few city servers have cosigned it for a receipt so far. */
  readonly cosignatures?: { readonly cosigned: number; readonly threshold: number };
}

type Sources = Pick<Context, 'store' | 'outbox' | 'log' | 'vault'>;

/** @throws AppError ENTRY_UNKNOWN */
export async function entryView({ store, outbox, log }: Sources, entryId: Hex): Promise<EntryView> {
  const [status, recorded] = await Promise.all([outbox.entry(entryId), recordedRow({ store }, entryId)]);
  if (recorded === undefined) {
    if (status === undefined) throw new AppError('ENTRY_UNKNOWN', { entryId });
    return status;
  }
  const { leafIndex, block, timeSec, service, organisation } = recorded;
  const isReceipted = leafIndex < (log.latest()?.size ?? 0);
  const waiting = isReceipted ? undefined : log.waiting();
  return {
    entryId,
    state: isReceipted ? 'receipted' : 'final',
    ...(service !== undefined && { service }),
    ...(organisation !== undefined && { organisation }),
    ...status,
    leafIndex,
    block,
    recordedAtSec: timeSec,
    ...(waiting !== undefined && {
      cosignatures: { cosigned: waiting.cosigned, threshold: waiting.threshold },
    }),
  };
}

/** The receipt as text. @throws AppError ENTRY_UNKNOWN | RECEIPT_PENDING | COSIGNATURES_PENDING */
export async function receiptOf(sources: Sources, entryId: Hex): Promise<string> {
  const { leafIndex } = await entryView(sources, entryId);
  if (leafIndex === undefined) throw new AppError('RECEIPT_PENDING', { entryId });
  return buildReceipt(sources.log, leafIndex);
}

/** Document, salt and receipt in one file that is checked without this gateway. */
export interface DocumentFile {
  readonly sillok: 'document.1';
  readonly entryId: Hex;
  readonly document: unknown;
  readonly salt: Hex;
  readonly attested?: Attested;
  readonly receipt: string;
}

/** @throws AppError ENTRY_UNKNOWN | ENTRY_OF_ANOTHER | ORIGINAL_ERASED | NOT_FOUND | RECEIPT_PENDING */
export async function documentFile(
  sources: Sources,
  entryId: Hex,
  organisation: string,
): Promise<DocumentFile> {
  const view = await entryView(sources, entryId);
  if (view.organisation !== organisation) throw new AppError('ENTRY_OF_ANOTHER', { entryId });
  const original = await sources.vault.openOriginal(entryId);
  if (original === undefined) {
    const isErased = (await sources.vault.erasedAtMs(entryId)) !== undefined;
    throw new AppError(isErased ? 'ORIGINAL_ERASED' : 'NOT_FOUND', { entryId });
  }
  const attested = await sources.store.get<Attested>(`attested:${entryId}`);
  return {
    sillok: 'document.1',
    entryId,
    ...original,
    ...(attested !== undefined && { attested }),
    receipt: await receiptOf(sources, entryId),
  };
}

/** An attestation's own row is its batch's. */
async function recordedRow(
  { store }: Pick<Context, 'store'>,
  entryId: Hex,
): Promise<RecordedRow | undefined> {
  const row = await store.get<RecordedRow>(recordedKey(entryId));
  if (row !== undefined) return row;
  const attested = await store.get<Attested>(`attested:${entryId}`);
  return attested === undefined ? undefined : store.get<RecordedRow>(recordedKey(attested.batchId));
}

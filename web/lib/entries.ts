/** Following an entry until it is recorded for good. */
import type { Hex } from '../../server/core/bytes.ts';
import { askOptional, askText } from './api.ts';

export type EntryState = 'accepted' | 'signed' | 'sent' | 'mined' | 'final' | 'receipted' | 'refused';

export interface Entry {
  readonly entryId: Hex;
  readonly state: EntryState;
  readonly leafIndex?: number;
  /** Final, but too few city servers have cosigned it for a receipt so far. */
  readonly cosignatures?: { readonly cosigned: number; readonly threshold: number };
  /** `detail` is in the reader's language. */
  readonly refusal?: { readonly code: string; readonly detail?: string };
}

const ENDED: readonly EntryState[] = ['receipted', 'refused'];

/** Answers at the end only; a lost network is waited out. `onState` hears every step. */
export async function followEntry(
  entryId: Hex,
  onState: (entry: Entry) => void,
  signal: AbortSignal,
): Promise<Entry> {
  for (let wait = 300; ; wait = Math.min(wait * 1.5, 3000)) {
    const entry = await askOptional<Entry>(`/v1/entries/${entryId}`, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    if (entry) onState(entry);
    if (entry && ENDED.includes(entry.state)) return entry;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

export function askReceipt(entryId: Hex): Promise<string> {
  return askText(`/v1/entries/${entryId}/receipt`);
}

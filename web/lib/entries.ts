/** Following an entry until it is recorded for good. */
import type { Hex } from '../../server/core/bytes.ts';
import { askOptional, askText } from './api.ts';
import type * as client from './client/client.ts';

export interface Entry extends client.Entry {
  /** Final, but too few city servers have cosigned it for a receipt so far. */
  readonly cosignatures?: { readonly cosigned: number; readonly threshold: number };
}

const ENDED: readonly client.EntryState[] = ['receipted', 'refused'];

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

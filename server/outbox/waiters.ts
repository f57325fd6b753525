/** Callers that wait for the state of an entry: woken by what happens, never polling. */
import type { Hex } from '../core/bytes.ts';

interface Waiter {
  readonly wanted: 'final' | 'receipted';
  readonly wake: () => void;
}

export interface Waiting {
  readonly done: Promise<void>;
  cancel(): void;
}

export interface Waiters {
  /** `done` resolves when the entry is there, is refused, or the time is over; which of it, the caller looks up. */
  wait(entryId: Hex, wanted: 'final' | 'receipted', timeoutMs: number): Waiting;
  /** Says where the leaf of an entry stands that is final already. */
  awaitLeaf(entryId: Hex, leafIndex: number): void;
  settled(entryId: Hex, outcome: { readonly state: 'final' | 'refused'; readonly leafIndex?: number }): void;
  /** Checkpoints cover all leaves below. */
  receipted(size: number): void;
}

export function makeWaiters(): Waiters {
  const waiting = new Map<Hex, Set<Waiter>>();
  /** Final entries whose receipt somebody waits for. */
  const leaves = new Map<Hex, number>();
  let receiptedSize = 0;

  function wake(entryId: Hex, wanted: 'final' | 'receipted'): void {
    for (const waiter of waiting.get(entryId) ?? [])
      if (wanted === 'receipted' || waiter.wanted === 'final') waiter.wake();
  }

  return {
    wait: (entryId, wanted, timeoutMs) => {
      const all = waiting.get(entryId) ?? new Set();
      waiting.set(entryId, all);
      const { promise, resolve } = Promise.withResolvers<void>();
      const wakeUp = () => {
        clearTimeout(timer);
        all.delete(waiter);
        if (all.size === 0 && waiting.get(entryId) === all) {
          waiting.delete(entryId);
          leaves.delete(entryId);
        }
        resolve();
      };
      const waiter: Waiter = { wanted, wake: wakeUp };
      const timer = setTimeout(wakeUp, timeoutMs);
      all.add(waiter);
      return { done: promise, cancel: wakeUp };
    },
    settled: (entryId, { state, leafIndex }) => {
      if (!waiting.has(entryId)) return;
      const isReceipted = state === 'refused' || (leafIndex !== undefined && leafIndex < receiptedSize);
      wake(entryId, isReceipted ? 'receipted' : 'final');
      if (leafIndex !== undefined && waiting.has(entryId)) leaves.set(entryId, leafIndex);
    },
    receipted: (size) => {
      receiptedSize = Math.max(receiptedSize, size);
      for (const [entryId, leafIndex] of leaves) if (leafIndex < size) wake(entryId, 'receipted');
    },
    awaitLeaf: (entryId, leafIndex) => {
      if (leafIndex < receiptedSize) wake(entryId, 'receipted');
      else if (waiting.has(entryId)) leaves.set(entryId, leafIndex);
    },
  };
}

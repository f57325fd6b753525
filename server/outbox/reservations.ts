/** Ids that are being decided upon: whoever comes second waits for what becomes of the first. */
import type { Hex } from '../core/bytes.ts';

export interface Reservations {
  readonly size: number;
  hold<T>(entryIds: readonly Hex[], work: () => Promise<T>): Promise<T>;
}

export function makeReservations(): Reservations {
  const reserved = new Map<Hex, Promise<void>>();

  function rivalOf(entryIds: readonly Hex[]): Promise<void> | undefined {
    for (const entryId of entryIds) if (reserved.has(entryId)) return reserved.get(entryId);
    return undefined;
  }

  return {
    get size() {
      return reserved.size;
    },
    async hold(entryIds, work) {
      // From the last look to the reservation nothing is awaited.
      for (let rival = rivalOf(entryIds); rival !== undefined; rival = rivalOf(entryIds)) await rival;
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const entryId of entryIds) reserved.set(entryId, promise);
      try {
        return await work();
      } finally {
        for (const entryId of entryIds) reserved.delete(entryId);
        resolve();
      }
    },
  };
}

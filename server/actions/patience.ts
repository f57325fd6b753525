/** What a caller waits for, as long as waiting makes sense. */
import { setInterval as every } from 'node:timers/promises';
import type { Store } from '../store/level.ts';

const LOOK_MS = 500;

/**
 * A write that waits for a standby stays what it is, and answers the same request when that comes again; but nobody is kept
 * waiting for a standby that is away. @throws AppError STANDBY_MISSING | FENCED
 */
export async function whileStandbysAreThere<T>(
  store: Pick<Store, 'mayCommit' | 'standbys'>,
  work: Promise<T>,
): Promise<T> {
  if (store.standbys().length === 0) return work;
  const done = new AbortController();
  const watch = async (): Promise<never> => {
    for await (const _ of every(LOOK_MS, undefined, { signal: done.signal, ref: false })) store.mayCommit();
    throw done.signal.reason;
  };
  try {
    return await Promise.race([work, watch()]);
  } finally {
    done.abort();
    work.catch(() => undefined);
  }
}

/** When entries became final, seen from outside: the first published checkpoint that covers them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Load } from './load.ts';

export interface Finality {
  /** When a checkpoint first covered the leaf; waits for it. @throws Error when the log stands still for long */
  covered(leafIndex: number): Promise<number>;
  stop(): Promise<void>;
}

/** The error of every time given; asking more often would take from what is measured. */
const LOOK_EVERY_MS = 15;
const GIVE_UP_AFTER_MS = 240_000;

/** Asks for the checkpoint until stopped. */
export async function watchFinality(load: Load): Promise<Finality> {
  const seen: { readonly size: number; readonly atMs: number }[] = [];
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const { status, text } = await load.get('/log/checkpoint');
      const size = status === 200 ? Number(text.split('\n')[1]) : 0;
      if (size !== seen.at(-1)?.size) seen.push({ size, atMs: performance.now() });
      await pause(LOOK_EVERY_MS);
    }
  })();
  return {
    async covered(leafIndex) {
      for (;;) {
        const found = seen.find(({ size }) => size > leafIndex);
        if (found !== undefined) return found.atMs;
        const newest = seen.at(-1);
        if (newest !== undefined && performance.now() - newest.atMs > GIVE_UP_AFTER_MS)
          throw new Error(`no checkpoint beyond ${newest.size} covers leaf ${leafIndex}`);
        await Promise.race([pause(LOOK_EVERY_MS), watching]);
      }
    },
    async stop() {
      isStopped = true;
      await watching;
    },
  };
}

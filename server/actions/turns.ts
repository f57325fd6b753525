/** Long processor work in slices, so that whoever waits for the disk, the chain or a socket gets a turn in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 8;

/** Await it between steps: it resolves at once while the slice lasts, then in the next turn of the event loop. */
export function createBreather(): () => Promise<void> {
  let begunMs = performance.now();
  return async () => {
    if (performance.now() - begunMs < SLICE_MS) return;
    await nextTurn();
    begunMs = performance.now();
  };
}

export interface Places {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** At most so many tasks at once, the others in the order of their coming; a place that was used is free again in the next turn. */
export function createPlaces(count: number): Places {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async run(task) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        setImmediate(release);
      }
    },
  };
}

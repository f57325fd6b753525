/** One at a time: settling a block and repairing a lane read the same rows and must not interleave. */
export interface Turns {
  /** Resolves when it is the caller's turn; the turn ends when the returned function is called. */
  take(): Promise<() => void>;
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function makeTurns(): Turns {
  let last = Promise.resolve();
  async function take(): Promise<() => void> {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    await before;
    return resolve;
  }
  return {
    take,
    run: async (task) => {
      const end = await take();
      try {
        return await task();
      } finally {
        end();
      }
    },
  };
}

/** What was started, to be stopped last first; one that fails does not keep the others. */
export interface Stops {
  add(step: () => unknown): void;
  /** The same run for every caller. @throws the first failure, when all steps were tried */
  run(): Promise<void>;
}

export function createStops(): Stops {
  const steps: (() => unknown)[] = [];
  let stopping: Promise<void> | undefined;
  return {
    add: (step) => void steps.push(step),
    run: () => {
      stopping ??= (async () => {
        const failures: unknown[] = [];
        for (const step of steps.reverse())
          await Promise.resolve()
            .then(step)
            .catch((error) => failures.push(error));
        if (failures.length > 0) throw failures[0];
      })();
      return stopping;
    },
  };
}

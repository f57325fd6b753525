/** Commits that arrive while one is being written share the next, so that the rate of the disk bounds batches, not callers. */
import { failureOf } from './database.ts';
import type { Operation } from './record.ts';

export interface Groups {
  /** Takes effect in the order of the calls. */
  commit(operations: readonly Operation[]): Promise<void>;
  /** Done between two commits. */
  between<T>(step: () => Promise<T>): Promise<T>;
  /** When nothing waits and nothing is under way. */
  idle(): Promise<void>;
}

/** Writes one group; `copied` when its callers have to wait for more than our disk. */
type WriteGroup = (
  operations: readonly Operation[],
) => Promise<{ readonly copied: Promise<void> | undefined }>;

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createGroups(folder: string, write: WriteGroup): Groups {
  let waiting: Waiting[] = [];
  /** Do not throw. */
  const steps: (() => Promise<void>)[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (waiting.length > 0 || steps.length > 0) {
      for (const step of steps.splice(0)) await step();
      const group = waiting;
      waiting = [];
      if (group.length > 0) await commitGroup(group);
    }
    working = undefined;
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    const fail = (error: unknown) => {
      for (const { reject } of group) reject(error);
    };
    const done = () => {
      for (const { resolve } of group) resolve();
    };
    try {
      const { copied } = await write(group.flatMap(({ operations }) => operations));
      if (copied === undefined) done();
      else void copied.then(done, fail);
    } catch (error) {
      fail(failureOf(error, folder));
    }
  }

  const start = () => {
    working ??= Promise.resolve().then(work);
  };

  return {
    commit: (operations) =>
      new Promise((resolve, reject) => {
        waiting.push({ operations, resolve, reject });
        start();
      }),
    between: (step) =>
      new Promise((resolve, reject) => {
        steps.push(() => step().then(resolve, (error) => reject(failureOf(error, folder))));
        start();
      }),
    idle: async () => working,
  };
}

/**
 * Keeps plans honest that read local rows: a plan is committed only when nothing it read was written since it began, else it is
 * made again. Plans that touch different rows never wait for each other, so that their commits share one sync of the disk.
 */
import { createLocks } from './locks.ts';
import type { Reader } from './reading.ts';

export interface Reads {
  readonly keys: Set<string>;
  readonly prefixes: Set<string>;
}

export interface Guard {
  /** @param writesOf local keys that `commit` writes */
  run<P, R>(
    lane: string,
    plan: (reads: Reads) => Promise<P>,
    writesOf: (planned: P) => readonly string[],
    commit: (planned: P) => Promise<R>,
  ): Promise<R>;
}

interface Write {
  readonly keys: readonly string[];
  /** Moment when it was done; infinite while it is under way. */
  doneAt: number;
  readonly done: Promise<unknown>;
}

/** Contenders for one row stand in line after so many tries, or each of them would plan once for every other. */
const FREE_TRIES = 2;

export function createGuard(): Guard {
  const locks = createLocks();
  const begun = new Set<{ readonly at: number }>();
  let writes: Write[] = [];
  let moment = 0;

  async function attempt<P, R>(
    plan: (reads: Reads) => Promise<P>,
    writesOf: (planned: P) => readonly string[],
    commit: (planned: P) => Promise<R>,
  ): Promise<{ readonly result: R } | undefined> {
    const mark = { at: ++moment };
    begun.add(mark);
    let mine: Write | undefined;
    try {
      const reads: Reads = { keys: new Set(), prefixes: new Set() };
      const planned = await plan(reads);
      const conflicts = writes.filter((write) => write.doneAt > mark.at && touches(write, reads));
      if (conflicts.length > 0) {
        await Promise.allSettled(conflicts.map(({ done }) => done));
        return undefined;
      }
      // From the check to here nothing was awaited: whoever checks next sees this write.
      const keys = writesOf(planned);
      const result = commit(planned);
      if (keys.length > 0) {
        mine = { keys, doneAt: Number.POSITIVE_INFINITY, done: result };
        writes.push(mine);
      }
      return { result: await result };
    } finally {
      if (mine !== undefined) mine.doneAt = ++moment;
      begun.delete(mark);
      const oldest = begun.values().next().value?.at ?? moment;
      if (writes[0] !== undefined && writes[0].doneAt <= oldest)
        writes = writes.filter(({ doneAt }) => doneAt > oldest);
    }
  }

  return {
    async run(lane, plan, writesOf, commit) {
      for (let tries = 0; tries < FREE_TRIES; tries++) {
        const outcome = await attempt(plan, writesOf, commit);
        if (outcome !== undefined) return outcome.result;
      }
      return locks.hold(lane, async () => {
        for (;;) {
          const outcome = await attempt(plan, writesOf, commit);
          if (outcome !== undefined) return outcome.result;
        }
      });
    },
  };
}

/** The same rows, with every local one that is read noted. */
export function noting(reader: Reader, reads: Reads): Reader {
  return {
    get(key) {
      if (key.startsWith('local:')) reads.keys.add(key);
      return reader.get(key);
    },
    range(prefix, limit, after) {
      if (prefix.startsWith('local:')) reads.prefixes.add(prefix);
      return reader.range(prefix, limit, after);
    },
  };
}

function touches({ keys }: Write, reads: Reads): boolean {
  return keys.some((key) => {
    if (reads.keys.has(key)) return true;
    for (const prefix of reads.prefixes) if (key.startsWith(prefix)) return true;
    return false;
  });
}

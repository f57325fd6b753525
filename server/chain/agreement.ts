/** Asks several nodes until enough of them gave the same answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';

export interface Agreement<N, T> {
  readonly value: T;
  readonly alike: readonly N[];
  /** Nodes that showed something else about the same thing: they have another history. */
  readonly others: readonly N[];
}

/** A node that has not answered for so long is not waited for: one more is asked. */
const HEDGE_MS = 750;
/** What one node has takes a moment to reach the others; an error that is nothing but that, as long as no other node answered. */
const LAG_MS = 2_000;
const ERROR_MS = 300;
const ASK_AGAIN_MS = 40;
/** Says nothing about another history: the node is not there yet, or does not answer. */
const NOTHING = /^CHAIN_(LAGS|LOGS_MISSING|ERROR|UNREACHABLE|TIMEOUT|MISMATCH)$/;

/**
 * @param nodes in the order in which they should be asked
 * @throws AppError CHAIN_UNCONFIRMED {alike, needed}, CHAIN_FORKED when enough nodes do, or what the first of them threw when none answered
 */
export async function askAgreed<N, T>(
  nodes: readonly N[],
  needed: number,
  read: (node: N) => Promise<T>,
): Promise<Agreement<N, T>> {
  const waiting = [...nodes];
  const groups = new Map<string, { value: T; nodes: N[] }>();
  const forked: { node: N; error: unknown }[] = [];
  const failures: unknown[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Agreement<N, T>>();
  let asking = 0;
  let isDone = false;

  const most = () => Math.max(0, ...[...groups.values()].map((group) => group.nodes.length));

  async function patiently(node: N): Promise<T> {
    const sinceMs = performance.now();
    let isLate = false;
    for (;;) {
      try {
        return await read(node);
      } catch (error) {
        const code = error instanceof AppError ? error.code : '';
        const lags = /^CHAIN_(LAGS|LOGS_MISSING)$/.test(code) || (code === 'CHAIN_ERROR' && most() > 0);
        const patienceMs = lags ? LAG_MS : code === 'CHAIN_ERROR' ? ERROR_MS : 0;
        if (isDone || performance.now() - sinceMs >= patienceMs) throw error;
        if (!isLate && waiting.length > 0) void ask(waiting.shift()!);
        isLate = true;
        await pause(ASK_AGAIN_MS);
      }
    }
  }

  async function ask(node: N): Promise<void> {
    asking++;
    try {
      const value = await patiently(node);
      const key = JSON.stringify(value);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { value, nodes: [node] });
      else group.nodes.push(node);
    } catch (error) {
      if (error instanceof AppError && NOTHING.test(error.code)) failures.push(error);
      else forked.push({ node, error });
    }
    asking--;
    decide();
  }

  function decide(): void {
    if (isDone) return;
    for (const { value, nodes: alike } of groups.values()) {
      if (alike.length < needed) continue;
      isDone = true;
      clearInterval(hedge);
      const others = [...groups.values()].flatMap((group) => (group.value === value ? [] : group.nodes));
      resolve({ value, alike, others: [...others, ...forked.map(({ node }) => node)] });
      return;
    }
    while (asking + most() < needed && waiting.length > 0) void ask(waiting.shift()!);
    if (asking > 0) return;
    isDone = true;
    clearInterval(hedge);
    if (forked.length >= needed) reject(forked[0]!.error);
    else if (groups.size === 0 && failures.length > 0) reject(failures[0]);
    else
      reject(
        new AppError('CHAIN_UNCONFIRMED', {
          alike: most(),
          needed,
          histories: groups.size + (forked.length > 0 ? 1 : 0),
        }),
      );
  }

  const hedge = setInterval(() => {
    if (waiting.length > 0) void ask(waiting.shift()!);
  }, HEDGE_MS);
  decide();
  return promise;
}

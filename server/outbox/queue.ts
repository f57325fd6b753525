/** What waits for a transaction: in order of arrival per kind, and behind whatever it must not overtake. */
import type { Hex } from '../core/bytes.ts';
import { changesTarget, costOf, groupOf, isOpen, itemGas, type Kind, targetOf, type Work } from './work.ts';

export interface Bounds {
  readonly gas: number;
  readonly bytes: number;
  readonly works: number;
}

export interface Queue {
  /** Works that may go now. */
  readonly ready: number;
  /** Arrival of the one that may go and has waited longest. */
  readonly oldestAtMs: number | undefined;
  /** Whether some kind fills about a whole transaction. */
  isFull(bounds: Bounds): boolean;
  push(work: Work): void;
  /** Marks work that is in a transaction already, so that later changes of the same thing wait for it. */
  note(work: Work): void;
  /** To the front, in the order given. */
  putBack(works: readonly Work[]): void;
  /** Works of one kind that fit into one transaction, the oldest first; none when nothing may go. */
  take(bounds: Bounds): Work[];
  /** An entry or a batch is final or refused: what waited for it may go. */
  settled(id: Hex): void;
}

/** @param isPending whether an id is an open entry or a batch under way. */
export function makeQueue(isPending: (id: Hex) => boolean): Queue {
  const lines = new Map<Kind, Work[]>();
  const blockers = new Map<Work, Set<Hex>>();
  const parked = new Map<Hex, Work[]>();
  /** Per thing the entry that changes it last. */
  const writers = new Map<Hex, Hex>();
  const targets = new Map<Hex, Hex>();

  function line(kind: Kind): Work[] {
    const known = lines.get(kind);
    if (known !== undefined) return known;
    const created: Work[] = [];
    lines.set(kind, created);
    return created;
  }

  function blockersOf(work: Work): Set<Hex> {
    const own = new Set(work.items.map(({ entryId }) => entryId));
    const found = new Set<Hex>();
    for (const { submission } of work.items) {
      const target = targetOf(submission);
      if (target === undefined) continue;
      for (const id of [target, writers.get(target)])
        if (id !== undefined && !own.has(id) && isPending(id)) found.add(id);
    }
    return found;
  }

  function note(work: Work): void {
    for (const { entryId, submission } of work.items) {
      const target = targetOf(submission);
      if (target === undefined || !changesTarget(submission)) continue;
      writers.set(target, entryId);
      targets.set(entryId, target);
    }
  }

  /** The line whose head waits longest; heads that somebody else recorded meanwhile are dropped. */
  function oldest(): Work[] | undefined {
    let best: Work[] | undefined;
    for (const waiting of lines.values()) {
      while (waiting.length > 0 && !waiting[0]!.items.some(isOpen)) waiting.shift();
      const head = waiting[0];
      if (head !== undefined && (best === undefined || arrival(head) < arrival(best[0]!))) best = waiting;
    }
    return best;
  }

  return {
    get ready() {
      return [...lines.values()].reduce((count, waiting) => count + waiting.length, 0);
    },
    get oldestAtMs() {
      const head = oldest()?.[0];
      return head && arrival(head);
    },
    isFull: (bounds) => [...lines].some(([kind, waiting]) => waiting.length * itemGas(kind) > bounds.gas),
    push: (work) => {
      const found = blockersOf(work);
      note(work);
      if (found.size === 0) {
        line(work.kind).push(work);
        return;
      }
      blockers.set(work, found);
      for (const id of found) {
        const waiting = parked.get(id);
        if (waiting === undefined) parked.set(id, [work]);
        else waiting.push(work);
      }
    },
    note,
    putBack: (works) => {
      for (const kind of new Set(works.map((work) => work.kind)))
        lines.set(kind, [...works.filter((work) => work.kind === kind), ...line(kind)]);
    },
    take: (bounds) => {
      const waiting = oldest();
      return waiting === undefined
        ? []
        : waiting.splice(0, fitting(waiting, bounds)).filter((work) => work.items.some(isOpen));
    },
    settled: (id) => {
      const target = targets.get(id);
      targets.delete(id);
      if (target !== undefined && writers.get(target) === id) writers.delete(target);
      for (const work of parked.get(id) ?? []) {
        const left = blockers.get(work)!;
        left.delete(id);
        if (left.size > 0) continue;
        blockers.delete(work);
        line(work.kind).push(work);
      }
      parked.delete(id);
    },
  };
}

/** How many from the front fit together; at least one, whatever it costs. */
function fitting(waiting: readonly Work[], bounds: Bounds): number {
  const groups = new Set<string>();
  let { gas, bytes, works } = bounds;
  for (const [count, work] of waiting.entries()) {
    const group = groupOf(work);
    const cost = costOf(work, !groups.has(group));
    groups.add(group);
    gas -= cost.gas;
    bytes -= cost.bytes;
    works = Math.min(works, work.cap);
    if (count > 0 && (gas < 0 || bytes < 0 || count >= works)) return count;
  }
  return waiting.length;
}

function arrival(work: Work): number {
  return work.items[0]!.accepted.atMs;
}

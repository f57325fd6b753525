/** What waits for a transaction: in order of arrival per kind, and behind whatever it must not overtake. */
import type { Hex } from '../core/bytes.ts';
import { changesTarget, costOf, groupOf, isOpen, itemGas, type Kind, targetOf, type Work } from './work.ts';

export interface Bounds {
  readonly gas: number;
  readonly bytes: number;
  readonly works: number;
  readonly gasPerByte: number;
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
  /** Whether it waits here; else it is in a transaction, or on its way into one. */
  has(work: Work): boolean;
  /** Takes out those that wait here, and tells which did. */
  remove(works: ReadonlySet<Work>): Removed;
  /** After `isHeld` of a work changed. */
  sort(work: Work): void;
  /** Works of one kind that fit into one transaction, the oldest first; none when nothing may go. */
  take(bounds: Bounds): Work[];
  /** An entry or a batch is final or refused: what waited for it may go. */
  settled(id: Hex): void;
}

export interface Removed {
  readonly works: readonly Work[];
  /** As if they had never left. */
  undo(): void;
}

/**
 * @param isPending whether an id is an open entry or a batch under way
 * @param isLate whether the deadline of a work has passed
 */
export function makeQueue(isPending: (id: Hex) => boolean, isLate: (work: Work) => boolean): Queue {
  const lines = new Map<Kind, Work[]>();
  /** Nothing keeps them but that they are held, or too late. */
  const aside = new Set<Work>();
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

  function enter(work: Work): void {
    if (work.isHeld) aside.add(work);
    else line(work.kind).push(work);
  }

  /** Where it would stand had it never left. */
  function place(work: Work): void {
    const waiting = line(work.kind);
    const at = waiting.findIndex((other) => arrival(other) > arrival(work));
    waiting.splice(at < 0 ? waiting.length : at, 0, work);
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
    isFull: ({ gas, gasPerByte }) =>
      [...lines].some(([kind, waiting]) => waiting.length * itemGas(kind, gasPerByte) > gas),
    push: (work) => {
      const found = blockersOf(work);
      note(work);
      if (found.size === 0) {
        enter(work);
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
      for (const work of works) if (work.isHeld) aside.add(work);
      const free = works.filter((work) => !work.isHeld);
      for (const kind of new Set(free.map((work) => work.kind)))
        lines.set(kind, [...free.filter((work) => work.kind === kind), ...line(kind)]);
    },
    take: (bounds) => {
      const waiting = oldest();
      if (waiting === undefined) return [];
      const taken = waiting.splice(0, fitting(waiting, bounds)).filter((work) => work.items.some(isOpen));
      const late = taken.filter(isLate);
      for (const work of late) aside.add(work);
      return late.length === 0 ? taken : taken.filter((work) => !late.includes(work));
    },
    has: (work) => blockers.has(work) || aside.has(work) || line(work.kind).includes(work),
    remove: (works) => {
      const ready: Work[] = [];
      for (const [kind, waiting] of lines) {
        const left = waiting.filter((work) => !works.has(work));
        if (left.length === waiting.length) continue;
        ready.push(...waiting.filter((work) => works.has(work)));
        lines.set(kind, left);
      }
      for (const work of works) if (aside.delete(work)) ready.push(work);
      const behind = new Map<Work, Set<Hex>>();
      for (const work of works) {
        if (!blockers.has(work)) continue;
        behind.set(work, blockers.get(work)!);
        blockers.delete(work);
      }
      return {
        works: [...ready, ...behind.keys()],
        undo: () => {
          for (const work of ready) work.isHeld ? aside.add(work) : place(work);
          for (const [work, ids] of behind) {
            const left = new Set([...ids].filter(isPending));
            if (left.size > 0) blockers.set(work, left);
            else enter(work);
          }
        },
      };
    },
    sort: (work) => {
      if (blockers.has(work)) return;
      if (!work.isHeld) {
        if (aside.delete(work)) place(work);
        return;
      }
      const waiting = line(work.kind);
      const at = waiting.indexOf(work);
      if (at < 0) return;
      waiting.splice(at, 1);
      aside.add(work);
    },
    settled: (id) => {
      const target = targets.get(id);
      targets.delete(id);
      if (target !== undefined && writers.get(target) === id) writers.delete(target);
      for (const work of parked.get(id) ?? []) {
        const left = blockers.get(work);
        left?.delete(id);
        if (left === undefined || left.size > 0) continue;
        blockers.delete(work);
        enter(work);
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
    const cost = costOf(work, !groups.has(group), bounds.gasPerByte);
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

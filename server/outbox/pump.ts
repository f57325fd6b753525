/** Hands work to the lanes: a full transaction at once, a part-filled one after gathering for a moment. */
import { bounds, type Desk, type Lane, release } from './desk.ts';
import { storeTransaction } from './signed.ts';
import { broadcast } from './transmit.ts';

const RETRY_AFTER_MS = 500;

export interface Pump {
  run(): void;
  /** Resolves when what is being laid out and signed now is on the disk, or back in the queue. */
  filled(): Promise<void>;
  /** No further transaction is signed; resolves when those being signed are on the disk. */
  stop(): Promise<void>;
}

export function makePump(desk: Desk): Pump {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const working = new Set<Promise<void>>();

  function run(): void {
    if (isStopped) return;
    clearTimeout(timer);
    const lanes = desk.lanes
      .filter((lane) => mayTake(desk, lane))
      .sort((a, b) => a.inFlight.size - b.inFlight.size);
    let waitMs = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
      const dueInMs = Math.max(lane.notBeforeMs - performance.now(), lane.gaps.length > 0 ? 0 : dueIn(desk));
      if (dueInMs <= 0) start(lane);
      else waitMs = Math.min(waitMs, dueInMs);
    }
    if (Number.isFinite(waitMs)) timer = setTimeout(run, waitMs);
  }

  function start(lane: Lane): void {
    lane.isWorking = true;
    const work = fill(desk, lane).finally(() => {
      lane.isWorking = false;
      working.delete(work);
      run();
    });
    working.add(work);
  }

  return {
    run,
    filled: async () => void (await Promise.all(working)),
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all(working);
    },
  };
}

function mayTake(desk: Desk, lane: Lane): boolean {
  return !lane.isWorking && lane.suspicion === undefined && lane.inFlight.size < desk.limits.inFlightPerLane;
}

function dueIn(desk: Desk): number {
  const { oldestAtMs } = desk.queue;
  if (oldestAtMs === undefined) return Number.POSITIVE_INFINITY;
  if (desk.queue.isFull(bounds(desk))) return 0;
  const isBusy = desk.lanes.some((lane) => lane.inFlight.size > 0 || lane.isWorking);
  const { gatherMs, gatherBusyMs } = desk.limits;
  const waitedMs = desk.nowMs() - oldestAtMs;
  // The clock was set back: nobody knows for how long it waited.
  return waitedMs < 0 ? 0 : (isBusy ? gatherBusyMs : gatherMs) - waitedMs;
}

/** One transaction. A gap goes first, filled by what waits and by nothing when nothing waits. */
async function fill(desk: Desk, lane: Lane): Promise<void> {
  const gap = lane.gaps.shift();
  const works = desk.queue.take(bounds(desk));
  if (works.length === 0 && gap === undefined) return;
  try {
    const transaction = await storeTransaction(desk, lane, gap ?? lane.nextNonce, works);
    void broadcast(desk, lane, transaction);
  } catch (error) {
    if (gap !== undefined) lane.gaps.unshift(gap);
    release(desk, works);
    lane.notBeforeMs = performance.now() + RETRY_AFTER_MS;
    desk.alarm('SIGNING_FAILED', { lane: lane.index, error: String(error) });
  }
}

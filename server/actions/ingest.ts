/**
 * Final blocks -> leaves, rows, entry states and cursor. The log is written first and the rest in one commit, so that after a
 * crash the same block comes again and changes nothing twice.
 * `cursor` = {@link Cursor}.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { FinalBlock } from '../chain/watcher.ts';
import { type ContractAddresses, decodeEvent, isLeaf, type RecordedEvent } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { encodeLeaf } from '../core/event.ts';
import type { Log } from '../log/log.ts';
import type { Outbox, SettledEvent } from '../outbox/outbox.ts';
import type { Service } from '../services/define.ts';
import type { Op, Store } from '../store/level.ts';
import { projectEvents } from './project.ts';
import { refoldIfOther } from './refold.ts';

export interface Cursor {
  /** Next block to read. */
  readonly block: number;
  /** Of the block before; absent before the first, and in data of before. */
  readonly hash?: Hex;
  readonly size: number;
  readonly timeSec: number;
  /** Block time of the newest leaf; 0 before the first. */
  readonly leafTimeSec: number;
}

export interface Ingest {
  cursor(): Cursor;
  /** Block to watch from: the cursor's, or the very first when the log lost its tail and is derived anew. */
  readonly fromBlock: number;
  /** What that block must stand upon, where it is known. */
  readonly parentHash: Hex | undefined;
  take(block: FinalBlock): Promise<void>;
  /** Resolves when the rows show what this block recorded. */
  passed(block: number): Promise<void>;
  /** Called after each commit that added leaves. */
  onEvents(callback: (size: number) => void): () => void;
  stop(): void;
}

export interface OpenIngest {
  readonly services: readonly Service[];
  readonly contracts: ContractAddresses;
  readonly firstBlock: number;
  readonly store: Store;
  readonly log: Log;
  readonly outbox: Outbox;
  /** Told when signing or cosigning a checkpoint failed; it is tried again. */
  readonly onPublishFailed: (error: unknown) => void;
  /** While rows are folded again because their rules changed. */
  readonly onRefolded?: (done: number, total: number) => void;
}

const PUBLISH_AGAIN_MS = 1000;
/** A checkpoint costs a dozen syncs however many leaves it covers: while leaves keep coming they share one. */
const PUBLISH_EVERY_MS = 75;

export async function openIngest(options: OpenIngest): Promise<Ingest> {
  const { store, log, outbox, contracts } = options;
  let cursor = (await store.get<Cursor>('cursor')) ?? {
    block: options.firstBlock,
    size: 0,
    timeSec: 0,
    leafTimeSec: 0,
  };
  const isLogBehind = log.size < cursor.size;
  // From a log that lost its tail only at the start after this one, when it is whole again.
  if (!isLogBehind) await refoldIfOther({ ...options, size: cursor.size, onProgress: options.onRefolded });
  /** While the log is derived anew up to the cursor: leaves seen again so far, and the block from which more are to come. */
  let again = isLogBehind ? 0 : cursor.size;
  let againFrom = isLogBehind ? options.firstBlock : cursor.block;
  const callbacks = new Set<(size: number) => void>();
  const waiting = new Map<() => void, number>();
  const publisher = createPublisher(log, options.onPublishFailed);

  async function take(block: FinalBlock): Promise<void> {
    if (againFrom < cursor.block) await takeAgain(block);
    if (block.number < cursor.block) return;
    const firstIndex = cursor.size;
    // Blocks come joined: the first of them may be from before the cursor.
    const events = block.events.filter((event) => event.block >= cursor.block);
    const { leaves, settled, recorded } = sort(events, contracts, firstIndex);
    if (leaves.length > 0) await log.append(firstIndex, leaves);
    const rows = await projectEvents(recorded, options.services, store);
    const settlement = await outbox.settle(settled, { number: block.number });
    const { timeSec } = block;
    const leafTimeSec = leaves.length > 0 ? timeSec : cursor.leafTimeSec;
    const next: Cursor = {
      block: block.number + 1,
      hash: block.hash,
      size: firstIndex + leaves.length,
      timeSec,
      leafTimeSec,
    };
    const ops: Op[] = [...rows, ...settlement.ops, { type: 'put', key: 'cursor', value: next }];
    await store.commit(ops).catch((error) => {
      settlement.dropped();
      throw error;
    });
    cursor = next;
    settlement.committed();
    for (const [resolve, number] of waiting)
      if (number <= block.number) {
        waiting.delete(resolve);
        resolve();
      }
    if (leaves.length === 0) return;
    for (const callback of callbacks) callback(next.size);
    publisher.soon();
  }

  /** What the rows know already, for the log only. */
  async function takeAgain(block: FinalBlock): Promise<void> {
    const events = block.events.filter((event) => event.block >= againFrom && event.block < cursor.block);
    const { leaves } = sort(events, contracts, again);
    if (leaves.length > 0) await log.append(again, leaves);
    again += leaves.length;
    againFrom = Math.min(block.number + 1, cursor.block);
    if (again === cursor.size) publisher.soon();
  }

  if (log.size > (log.latest()?.size ?? 0) && !isLogBehind) publisher.soon();
  return {
    cursor: () => cursor,
    fromBlock: isLogBehind ? options.firstBlock : cursor.block,
    parentHash: isLogBehind ? undefined : cursor.hash,
    take,
    async passed(block) {
      if (block >= cursor.block) await new Promise<void>((resolve) => waiting.set(resolve, block));
    },
    onEvents(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    stop: publisher.stop,
  };
}

function sort(events: FinalBlock['events'], contracts: ContractAddresses, firstIndex: number) {
  const settled: SettledEvent[] = [];
  const recorded: RecordedEvent[] = [];
  const leaves: Uint8Array[] = [];
  for (const ledger of events) {
    const event = decodeEvent(ledger, contracts);
    if (event === undefined) continue;
    if (!isLeaf(event)) {
      settled.push({ event, ledger });
      continue;
    }
    const leafIndex = firstIndex + leaves.length;
    leaves.push(encodeLeaf(ledger));
    settled.push({ event, ledger, leafIndex });
    recorded.push({ ...event, leafIndex, block: ledger.block, timeSec: ledger.timeSec });
  }
  return { settled, recorded, leaves };
}

/** One run at a time, until the newest size has a complete checkpoint. */
function createPublisher(log: Log, onFailed: (error: unknown) => void) {
  let isRunning = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (!isStopped && (log.latest()?.size ?? 0) < log.size) {
        const rested = pause(PUBLISH_EVERY_MS, undefined, { ref: false });
        const { complete, size, cosigned } = await log.publish();
        if (!complete) throw new AppError('WITNESSES_MISSING', { size, cosigned });
        await rested;
      }
    } catch (error) {
      onFailed(error);
      timer = setTimeout(soon, PUBLISH_AGAIN_MS);
    }
    isRunning = false;
  }

  function soon(): void {
    clearTimeout(timer);
    if (!isRunning && !isStopped) void run();
  }

  return {
    soon,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The log as this server sees it: derived from the events of its own node, never from what the log says. */
import { type FinalBlock, type WatchEvents, watchEvents } from '../chain/watcher.ts';
import { decodeEvent, isLeaf } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { encodeLeaf } from '../core/event.ts';
import type { Tree } from '../log/tree.ts';
import type { Store } from '../store/level.ts';

export interface Derivation {
  /** Resolves as soon as the own node has shown so many leaves. @throws AppError WITNESS_BEHIND | LOG_CONFLICT | CHAIN_FORKED */
  reach(size: number, timeoutMs: number): Promise<void>;
  /** What the own node showed so far. */
  status(): DerivationStatus;
  stop(): Promise<void>;
}

export interface DerivationStatus {
  /** Newest block the node showed. */
  readonly head: number;
  /** Next block to be read. */
  readonly block: number;
  readonly size: number;
  readonly readAtMs: number | undefined;
  /** The node cannot be followed: why. */
  readonly trouble?: string;
}

export interface OpenDerivation extends Pick<WatchEvents, 'network' | 'contracts' | 'fromBlock'> {
  readonly store: Store;
  readonly tree: Tree;
  readonly report: (error: unknown) => void;
  /** Told when there are more of them. */
  readonly onLeaves?: () => void;
  /** Told once of a node that shows another history than it did before. */
  readonly onConflict?: (conflict: AppError) => void;
  readonly nowMs?: () => number;
}

interface Cursor {
  /** Next block to read. */
  readonly block: number;
  /** Of the block before; absent before the first, and in folders of before. */
  readonly hash?: Hex;
  readonly size: number;
}

/** Times that a node must contradict itself one after another: a single answer may have been mixed up on the way. */
const SURE = 3;

export async function openDerivation(options: OpenDerivation): Promise<Derivation> {
  const { network, contracts, store, tree, report, nowMs = Date.now } = options;
  const start: Cursor = { block: options.fromBlock, size: 0 };
  const stored = (await store.get<Cursor>('cursor')) ?? start;
  // A tree shorter than the cursor lost its tail: all blocks come again, and what is there already is compared.
  let cursor = stored.size > tree.size ? start : stored;
  let conflict: AppError | undefined;
  let contradictions = 0;
  let readAtMs: number | undefined;
  let trouble: string | undefined;
  const waiting = new Set<() => void>();

  /** The chain shows another history than it did before. Nothing is cosigned until a person has looked. */
  function changed(error: AppError): void {
    if (conflict === undefined) options.onConflict?.(error);
    conflict ??= error;
    for (const wake of waiting) wake();
  }

  async function onBlock(block: FinalBlock): Promise<void> {
    if (conflict !== undefined) throw conflict;
    const leaves = block.events
      .filter((ledger) => {
        const event = decodeEvent(ledger, contracts);
        return event !== undefined && isLeaf(event);
      })
      .map(encodeLeaf);
    try {
      await tree.append(cursor.size, leaves);
    } catch (error) {
      if (error instanceof AppError && error.code === 'LOG_CONFLICT') changed(error);
      throw error;
    }
    contradictions = 0;
    const next = { block: block.number + 1, hash: block.hash, size: cursor.size + leaves.length };
    await store.commit([{ type: 'put', key: 'cursor', value: next }]);
    cursor = next;
    readAtMs = nowMs();
    trouble = undefined;
    for (const wake of waiting) wake();
    if (leaves.length > 0) options.onLeaves?.();
  }

  const watcher = watchEvents({
    network,
    contracts,
    fromBlock: cursor.block,
    parentHash: cursor.hash,
    onBlock,
    onTrouble: (error) => {
      const isContradiction =
        error instanceof AppError && error.code === 'CHAIN_FORKED' && error.details.known !== undefined;
      contradictions = isContradiction ? contradictions + 1 : 0;
      if (isContradiction && contradictions >= SURE) changed(error);
      trouble = error instanceof AppError ? error.code : String(error);
      report(error);
    },
    isBusy: () => waiting.size > 0,
  });
  return {
    async reach(size, timeoutMs) {
      const until = AbortSignal.timeout(timeoutMs);
      while (cursor.size < size) {
        if (conflict !== undefined) throw conflict;
        if (until.aborted) throw new AppError('WITNESS_BEHIND', { size: cursor.size, asked: size });
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            until.removeEventListener('abort', wake);
            resolve();
          };
          waiting.add(wake);
          until.addEventListener('abort', wake);
          watcher.nudge();
        });
      }
      if (conflict !== undefined) throw conflict;
    },
    status: () => ({
      head: watcher.head,
      block: cursor.block,
      size: cursor.size,
      readAtMs,
      ...(trouble !== undefined && { trouble }),
    }),
    stop: () => watcher.stop(),
  };
}

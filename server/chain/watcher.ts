/** Follows the chain: every final block once and in order, from where the caller says. */
import type { ContractAddresses } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { type FinalBlock, joinBlocks, readBlocks } from './blocks.ts';
import type { Network } from './network.ts';

export type { FinalBlock } from './blocks.ts';

export interface WatchEvents {
  readonly network: Network;
  readonly contracts: ContractAddresses;
  readonly fromBlock: number;
  /** Hash of the block before, where it was read already: the next one must stand upon it. */
  readonly parentHash?: Hex | undefined;
  /** Blocks that wait come joined, see {@link joinBlocks}. A rejection is retried with what comes from the same block on. */
  readonly onBlock: (block: FinalBlock) => Promise<void>;
  /** Whether something is in flight, so that the next block is awaited eagerly. */
  readonly isBusy?: () => boolean;
  /** Blocks on top before one is final: 0 on the embedded chain and on Istanbul BFT. */
  readonly confirmations?: number;
  readonly onTrouble?: (error: unknown) => void;
}

export interface Watcher {
  /** Newest block the node showed. */
  readonly head: number;
  /** Next block to be handed over. */
  readonly next: number;
  /** Looks at once instead of at the next turn. */
  nudge(): void;
  /** Resolves when the block that is being handed over is done. */
  stop(): Promise<void>;
}

const BUSY_EVERY_MS = 25;
const IDLE_EVERY_MS = 250;
const TROUBLE_EVERY_MS = 500;
/** Nodes bound what one eth_getLogs may answer, mostly at 10,000 logs; a stretch adapts to stay below. */
const MAX_STRETCH = 256;
const LOGS_WANTED = 2_000;

export function watchEvents(options: WatchEvents): Watcher {
  const { network, onBlock, confirmations = 0 } = options;
  const addresses = Object.values(options.contracts);
  let next = options.fromBlock;
  let head = next - 1;
  let { parentHash } = options;
  let stretch = 16;
  let isStopped = false;
  let isNudged = false;
  let wake = () => {};
  const done = follow();

  async function follow(): Promise<void> {
    while (!isStopped) {
      let waitMs: number;
      isNudged = false;
      try {
        waitMs = (await step()) ? 0 : options.isBusy?.() ? BUSY_EVERY_MS : IDLE_EVERY_MS;
      } catch (error) {
        stretch = Math.max(1, stretch >> 1);
        options.onTrouble?.(error);
        waitMs = TROUBLE_EVERY_MS;
      }
      if (waitMs > 0 && !isStopped && !isNudged) await rest(waitMs);
    }
  }

  /** Whether there was anything. A node that shows an older head than before has nothing to say: nothing moves back. */
  async function step(): Promise<boolean> {
    const newest = Number(await network.send<Hex>('eth_blockNumber', []));
    head = Math.max(head, newest);
    const to = Math.min(newest - confirmations, next + stretch - 1);
    if (to < next) return false;
    const range = { addresses, from: next, to, parentHash };
    const blocks = await network.agreed((node) => readBlocks({ network: node, ...range }), to);
    for (const block of joinBlocks(blocks)) {
      if (isStopped) return false;
      await onBlock(block);
      next = block.number + 1;
      parentHash = block.hash;
    }
    adapt(blocks.reduce((count, block) => count + block.events.length, 0));
    return true;
  }

  function adapt(logs: number): void {
    if (logs > 2 * LOGS_WANTED) stretch = Math.max(1, stretch >> 1);
    else if (logs < LOGS_WANTED) stretch = Math.min(MAX_STRETCH, stretch * 2);
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    get head() {
      return head;
    },
    get next() {
      return next;
    },
    nudge: () => {
      // It may be looking already, and have asked before there was anything.
      isNudged = true;
      wake();
    },
    stop: () => {
      isStopped = true;
      wake();
      return done;
    },
  };
}

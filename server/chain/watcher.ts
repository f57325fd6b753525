/** Follows the chain: every final block once and in order, from where the caller says. */
import type { ContractAddresses } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Network } from './network.ts';

export interface FinalBlock {
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timeSec: number;
  readonly events: readonly LedgerEvent[];
}

export interface WatchEvents {
  readonly network: Network;
  readonly contracts: ContractAddresses;
  readonly fromBlock: number;
  /** Blocks without events may be left out, the last one of each stretch never is. A rejection is retried with the same block. */
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

export function watchEvents(_options: WatchEvents): Watcher {
  throw new AppError('NOT_READY');
}

/** The transparency log: leaves in, checkpoints cosigned by the witnesses out. */
import type { LogKey } from './key.ts';

export interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, cosignatures included. */
  readonly text: string;
  /** Names of the witnesses that cosigned. */
  readonly cosigned: readonly string[];
  /** Whether they reach the threshold. Only complete checkpoints are published and make receipts. */
  readonly complete: boolean;
}

export interface WitnessEndpoint {
  /** Submission prefix of the witness (c2sp.org/tlog-witness), without trailing slash. */
  readonly url: string;
  /** Verifier key of type 0x04. */
  readonly key: string;
}

export interface OpenLog {
  /** Kept by the log alone. What is served under /log/ is {@link Log.publicFolder}. */
  readonly folder: string;
  readonly key: LogKey;
  readonly witnesses: readonly WitnessEndpoint[];
  readonly threshold: number;
}

export interface Log {
  readonly origin: string;
  /** Leaves durably appended. Smaller than the store's cursor after a damaged tail: then append from block 0 again. */
  readonly size: number;
  readonly publicFolder: string;
  /**
   * Durable when it resolves. Leaves that stand in the log already are compared with it.
   * @throws AppError LOG_CONFLICT for other bytes, LOG_GAP when firstIndex is behind the end
   */
  append(firstIndex: number, leaves: readonly Uint8Array[]): Promise<void>;
  /**
   * Signs the current size and gathers cosignatures; calls made meanwhile share the next run.
   * @throws AppError LOG_CONFLICT when an earlier signed checkpoint does not fit the tree, LOG_BEHIND when it is larger
   */
  publish(): Promise<Checkpoint>;
  /** The newest complete checkpoint, also after a restart. */
  latest(): Checkpoint | undefined;
  leaf(index: number): Promise<Uint8Array>;
  /** Sibling hashes from the leaf up. */
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
  /** Called after each complete checkpoint. */
  onPublished(callback: (checkpoint: Checkpoint) => void): void;
  close(): Promise<void>;
}

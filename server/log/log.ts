/** The transparency log: leaves in, checkpoints cosigned by the witnesses out. */
import { mkdir } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { WitnessState } from '../core/operator-state.ts';
import { cosigners, type WitnessEndpoint } from './cosigners.ts';
import type { LogKey } from './key.ts';
import { Publisher } from './publisher.ts';
import { openTree } from './tree.ts';

export type { WitnessState } from '../core/operator-state.ts';
export type { WitnessEndpoint } from './cosigners.ts';

export interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, cosignatures included. */
  readonly text: string;
  /** Names of the witnesses that cosigned. */
  readonly cosigned: readonly string[];
  /** Whether they reach the threshold. Only complete checkpoints are published and make receipts. */
  readonly complete: boolean;
  /** Why the others did not cosign. */
  readonly missing: readonly AppError[];
}

/** A checkpoint that too few witnesses have cosigned so far. */
export interface Waiting {
  readonly size: number;
  readonly cosigned: number;
  readonly threshold: number;
  readonly witnesses: number;
}

export interface OpenLog {
  /** Kept by the log alone; `public/` in it is what is served under /log/. */
  readonly folder: string;
  /** Its name is the log's origin. */
  readonly key: LogKey;
  /** The key before it, which signs too while verifiers learn of the new one. */
  readonly retiring?: LogKey;
  readonly witnesses: readonly WitnessEndpoint[];
  readonly threshold: number;
  /** For the answer of a witness. */
  readonly timeoutMs?: number;
  readonly nowMs?: () => number;
}

export interface Log {
  readonly origin: string;
  /** Leaves durably appended. Smaller than the store's cursor after a damaged tail: then append again from the first block. */
  readonly size: number;
  readonly publicFolder: string;
  /**
   * Durable when it resolves. Leaves that stand in the log already are compared with it.
   * @throws AppError LOG_CONFLICT for other bytes, LOG_GAP when firstIndex lies behind the end
   */
  append(firstIndex: number, leaves: readonly Uint8Array[]): Promise<void>;
  /**
   * Signs the current size and gathers cosignatures; calls made meanwhile share the next run.
   * Short of the threshold it answers an incomplete checkpoint, publishes nothing, and tries again by itself.
   * @throws AppError LOG_CONFLICT when what was signed before does not fit the tree, LOG_BEHIND when it was larger
   */
  publish(): Promise<Checkpoint>;
  /** The newest complete checkpoint, also after a restart. Cosignatures that come late are added to it. */
  latest(): Checkpoint | undefined;
  /** Why there is no newer one, while it is the witnesses that are missing. */
  waiting(): Waiting | undefined;
  witnessStates(): readonly WitnessState[];
  leaf(index: number): Promise<Uint8Array>;
  /** Sibling hashes from the leaf up. */
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
  root(size: number): Promise<Uint8Array>;
  /** Called after each complete checkpoint. */
  onPublished(callback: (checkpoint: Checkpoint) => void): void;
  close(): Promise<void>;
}

export async function openLog(options: OpenLog): Promise<Log> {
  const { folder, key, retiring, witnesses, threshold, timeoutMs = 5000, nowMs = Date.now } = options;
  if (threshold > witnesses.length)
    throw new AppError('LOG_THRESHOLD', { threshold, witnesses: witnesses.length });
  await mkdir(folder, { recursive: true });
  const tree = await openTree(folder);
  const publisher = new Publisher({
    folder,
    tree,
    keys: retiring === undefined ? [key] : [retiring, key],
    witnesses,
    threshold,
    cosigners: cosigners({ witnesses, threshold, timeoutMs, nowMs }),
  });
  await publisher.load();
  return {
    origin: key.name,
    publicFolder: tree.publicFolder,
    get size() {
      return tree.size;
    },
    append: (firstIndex, leaves) => tree.append(firstIndex, leaves),
    publish: () => publisher.publish(),
    latest: () => publisher.latest,
    waiting: () => publisher.waiting,
    witnessStates: () => publisher.witnessStates(),
    leaf: (index) => tree.entry(index),
    inclusionProof: (index, size) => tree.inclusionProof(index, size),
    root: (size) => tree.root(size),
    onPublished: (callback) => void publisher.callbacks.push(callback),
    close: async () => {
      await publisher.stop();
      await tree.close();
    },
  };
}

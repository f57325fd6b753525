/**
 * The outbox: what was accepted is recorded on the chain exactly once, whatever dies in between.
 * Everything is on the disk before it is acted upon; the chain alone says which nonces are used.
 */

import type { Network } from '../chain/network.ts';
import type { ContractAddresses, DecodedEvent } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Signer } from '../core/signer.ts';
import type { Submission } from '../core/submission.ts';
import type { Op, Store } from '../store/level.ts';
import type { EntryStatus } from './entry.ts';
import type { Fault } from './faults.ts';

/** Staff signed in their own page: one signature over exactly the submissions of its group. */
export interface Authorisation {
  /** keccak256 of the ERC-7913 signer. */
  readonly key: Hex;
  readonly signature: Hex;
}

/** With an authorisation exactly one signed unit: one bundle, one batch, or one poll, roll or status change. */
export interface Group {
  readonly submissions: readonly Submission[];
  readonly authorisation?: Authorisation;
}

export interface SettledEvent {
  readonly event: DecodedEvent;
  readonly ledger: LedgerEvent;
  /** Absent for refusals, which are no leaves. */
  readonly leafIndex?: number;
}

export interface Settlement {
  /** To be committed together with the cursor. */
  readonly ops: readonly Op[];
  /** Call once that commit is durable: frees the lanes and wakes those who wait. Not called = nothing happened. */
  committed(): void;
}

export interface LaneStatus {
  readonly address: Hex;
  /** Nonce of the next transaction. */
  readonly nextNonce: number;
  /** Transactions signed and not yet final. */
  readonly inFlight: number;
  readonly pausedBecause?: string;
}

export interface OutboxStatus {
  /** Accepted and not yet in a transaction. */
  readonly waiting: number;
  /** Accepted and neither final nor refused. */
  readonly open: number;
  /** Age of the oldest open entry, 0 when there is none. */
  readonly oldestAgeMs: number;
  readonly lanes: readonly LaneStatus[];
  /** Repairs since the start, by kind. */
  readonly repairs: Readonly<Record<string, number>>;
}

export interface Outbox {
  /**
   * One synced commit of `ops` and all groups; entryIds in order.
   * @throws AppError QUEUE_FULL {retryAfterSec} | ENTRY_EXISTS {entryId} | KEY_MISSING {organisation} | SUBMISSION_INVALID | STORE_*
   */
  accept(request: { readonly groups: readonly Group[]; readonly ops: readonly Op[] }): Promise<Hex[]>;
  entry(entryId: Hex): Promise<EntryStatus | undefined>;
  /** Called for every final block in order, before its cursor is committed. */
  settle(events: readonly SettledEvent[], block: { readonly number: number }): Promise<Settlement>;
  /** Resolves at the wanted state or at `refused`; after the time limit with wherever the entry stands. @throws AppError ENTRY_UNKNOWN */
  whenState(entryId: Hex, wanted: 'final' | 'receipted', timeoutMs: number): Promise<EntryStatus>;
  /** A checkpoint with enough cosignatures covers all leaves below `size`. */
  receipted(size: number): Promise<void>;
  status(): OutboxStatus;
  /** Whether anything is under way: the watcher looks more often then. */
  isBusy(): boolean;
  /** Signs nothing new and waits for commits under way; what is open continues at the next start. */
  close(): Promise<void>;
}

export interface OpenOutbox {
  readonly store: Store;
  readonly network: Network;
  readonly contracts: ContractAddresses;
  /** One relayer key each; two to four are enough. */
  readonly lanes: readonly Signer[];
  /** The vault's key of an organisation; undefined when it signs elsewhere only. */
  readonly signerOf: (organisation: string) => Promise<Signer | undefined>;
  /** Told of each repair and refusal by a node, for the log. */
  readonly onAlarm?: (alarm: { readonly code: string; readonly details: Record<string, unknown> }) => void;
  readonly limits?: Partial<Limits>;
  readonly nowMs?: () => number;
  readonly fault?: Fault;
}

export interface Limits {
  /** Open entries before QUEUE_FULL. */
  readonly open: number;
  /** Transactions per lane between signing and finality; below a node's limit per sender (geth and Kaia: 16 executable ones). */
  readonly inFlightPerLane: number;
  /** How long an idle outbox gathers, and how long a busy one does, before a part-filled transaction goes. */
  readonly gatherMs: number;
  readonly gatherBusyMs: number;
  /** Without progress for so long, a lane is compared with the chain and its bytes are broadcast again. */
  readonly stallMs: number;
  readonly maxTxGas: number;
  readonly maxTxBytes: number;
  /** Leaves gathered into one attestation batch. */
  readonly maxBatch: number;
}

/** @throws AppError STORE_* | CHAIN_* */
export async function openOutbox(_options: OpenOutbox): Promise<Outbox> {
  throw new AppError('NOT_READY');
}

/** How everything stands that an operator answers for: as the gateway's parts tell it, and as GET /v1/admin/status gives it on. */
import type { Hex } from './bytes.ts';

/**
 * - `good`: answers, is of this chain and as new as the others
 * - `behind` / `ahead`: of blocks that enough others show; ahead of all others is only who makes blocks up, or is alone in a partition
 * - `silent`: did not answer the last time
 * - `foreign`: another chain, or other code in the place of the contracts
 * - `lying`: showed another history than enough others; stays so until the gateway starts again
 */
export type Standing = 'good' | 'behind' | 'ahead' | 'silent' | 'foreign' | 'lying';

export interface EndpointState {
  /** Without path and credentials. */
  readonly url: string;
  readonly isCurrent: boolean;
  readonly standing: Standing;
  readonly head: number;
  /** Since the head moved last. */
  readonly headAgeMs: number;
  /** The following where the engine tells. */
  readonly peers?: number;
  readonly validators?: number;
  /** Consensus round of the head block: 0 when its first proposer was up. */
  readonly round?: number;
  readonly error?: string;
}

export interface LaneStatus {
  readonly address: Hex;
  /** Nonce of the next transaction. */
  readonly nextNonce: number;
  /** Transactions signed and not yet final. */
  readonly inFlight: number;
  /** Nonces that have to be filled. */
  readonly gaps: number;
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

export interface WitnessState {
  readonly name: string;
  /** Of the newest checkpoint it cosigned since this process started. */
  readonly size: number;
  readonly cosignedAtMs?: number;
  /** Why it did not cosign the newest one; absent when it did. */
  readonly error?: string;
  /** By how much its clock is ahead of ours, when they are far apart. Its signature counts all the same: time proves nothing in it. */
  readonly clockAheadSec?: number;
  /** It saw another log than ours. Stays until a person has looked and started again. */
  readonly refusal?: { readonly code: string; readonly size: number; readonly atMs: number };
}

export interface StandbyState {
  readonly url: string;
  /** Newest commit that it has on its disk; undefined before it was first reached. */
  readonly number: number | undefined;
  /** Commits that it lacks. */
  readonly lag: number | undefined;
  readonly epoch: number | undefined;
  readonly error?: string;
}

/** A public document that the chain names by a digest, and of which there is no copy here yet. */
export interface WantedPublication {
  readonly digest: Hex;
  readonly form: string;
  readonly service: string;
  /** The event that names it, at first or second hand. */
  readonly leafIndex: number;
  /** Block time of that event. */
  readonly timeSec: number;
  /** Since when this server knows that it lacks it. */
  readonly sinceSec: number;
}

export interface PublicationsState {
  /** Copies. */
  readonly held: number;
  readonly lacking: number;
  /** Lacking for so long that it is withheld, or lost. */
  readonly late: number;
  /** Some of the lacking ones, the oldest first. */
  readonly oldest: readonly WantedPublication[];
}

/** Entries that go into batches, which one gateway gives out to all that write. */
export interface ClaimsState {
  /** Why none is taken in here, whose doing it is, and since when. */
  readonly refusal?: { readonly code: string; readonly gateway: string; readonly sinceMs: number };
  /** Entries that another gateway has recorded too, found since this process started. */
  readonly recordedTwice: number;
}

/** An organisation that will soon be unable to sign. */
export interface KeysEnding {
  readonly organisation: string;
  /** When the last of its keys ends, or ended; Unix seconds. */
  readonly endsAtSec: number;
}

export interface OperatorState {
  readonly nowMs: number;
  readonly outbox: OutboxStatus & { readonly limit: number };
  readonly chain: {
    readonly id: number;
    /** The one inside this process tells of no engine: it has no validators and no rounds. */
    readonly kind: 'embedded' | 'network';
    /** Newest block the node showed, and the next to be read. */
    readonly head: number;
    readonly next: number;
    readonly heardAgoMs: number;
    readonly endpoints: readonly EndpointState[];
  };
  readonly log: {
    readonly size: number;
    /** Size of the newest checkpoint with enough cosignatures. */
    readonly published: number;
    /** Since when leaves wait for a checkpoint and none came. */
    readonly waitingSinceMs?: number;
    readonly threshold: number;
    readonly cosigned: readonly string[];
    readonly witnesses: readonly WitnessState[];
  };
  readonly standbys: readonly StandbyState[];
  readonly publications: PublicationsState;
  readonly claims: ClaimsState;
  readonly keys: readonly KeysEnding[];
  readonly store: { readonly error?: string };
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
}

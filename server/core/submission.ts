/** What a service asks the chain to record, before anybody signed it. Names are short strings, see ids.ts. */
import type { Hex } from './bytes.ts';

export type EntryKind =
  | 'create'
  | 'amend'
  | 'supersede'
  | 'revoke'
  | 'suspend'
  | 'resume'
  | 'dispute'
  | 'resolve';

/** In the order of the contract's enum, which starts at 1. */
export const ENTRY_KINDS: readonly EntryKind[] = [
  'create',
  'amend',
  'supersede',
  'revoke',
  'suspend',
  'resume',
  'dispute',
  'resolve',
];

/** In the order of the contract's enum. `change` marks an entry that only changed another record's status. */
export const RECORD_STATUSES = [
  'none',
  'active',
  'suspended',
  'disputed',
  'amended',
  'superseded',
  'revoked',
  'change',
] as const;
export type RecordStatus = (typeof RECORD_STATUSES)[number];

/** What an entry of this kind makes of the record it refers to. */
export const STATUS_AFTER = {
  amend: 'amended',
  supersede: 'superseded',
  revoke: 'revoked',
  suspend: 'suspended',
  resume: 'active',
  dispute: 'disputed',
  resolve: 'active',
} as const satisfies Readonly<Record<Exclude<EntryKind, 'create'>, RecordStatus>>;

export interface RecordSubmission {
  readonly to: 'records';
  readonly organisation: string;
  readonly service: string;
  readonly schema: string;
  readonly subject: Hex;
  readonly commitment: Hex;
  /** entryId of the record this one changes; 32 zero bytes for `create`. */
  readonly refersTo: Hex;
  readonly kind: EntryKind;
  readonly occurredAtSec: number;
  readonly idempotency: Hex;
}

/** One leaf; the outbox gathers leaves of one organisation and schema into batches. */
export interface AttestationSubmission {
  readonly to: 'attestations';
  readonly organisation: string;
  readonly service: string;
  readonly schema: string;
  readonly commitment: Hex;
  readonly idempotency: Hex;
}

export interface AttestationStatusSubmission {
  readonly to: 'attestation-status';
  readonly organisation: string;
  readonly service: string;
  readonly batchId: Hex;
  /** Leaves, rising; empty = the whole batch. */
  readonly indexes: readonly number[];
  readonly status: 'valid' | 'suspended' | 'revoked';
  readonly idempotency: Hex;
}

export interface PollSubmission {
  readonly to: 'polls';
  readonly organisation: string;
  readonly content: Hex;
  readonly options: number;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly opensAtSec: number;
  readonly closesAtSec: number;
  readonly mode: 'open';
  readonly idempotency: Hex;
}

export interface RollSubmission {
  readonly to: 'rolls';
  readonly organisation: string;
  readonly pollId: Hex;
  /** Root of the roll's tree (services/voting/roll.ts), a BN254 scalar in decimal. */
  readonly root: string;
  readonly size: number;
  readonly idempotency: Hex;
}

/** Anonymous: carries a proof instead of an organisation's signature. Its entryId is keccak256(pollId, nullifier). */
export interface CastSubmission {
  readonly to: 'casts';
  readonly pollId: Hex;
  /** Bit i set = option i chosen, decimal. */
  readonly choices: string;
  /** Decimal. */
  readonly nullifier: string;
  /** Eight field elements, decimal, as packed by Semaphore v4. */
  readonly proof: readonly string[];
}

export type Submission =
  | RecordSubmission
  | AttestationSubmission
  | AttestationStatusSubmission
  | PollSubmission
  | RollSubmission
  | CastSubmission;

export type AuthoredSubmission = Exclude<Submission, CastSubmission>;

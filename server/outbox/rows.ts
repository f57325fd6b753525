/**
 * Rows of the outbox in the store.
 *
 * | key                    | value            | written                               | removed                          |
 * |------------------------|------------------|---------------------------------------|----------------------------------|
 * | accepted:<seq>         | AcceptedRow      | accept, before the caller is answered | when all its entries are settled |
 * | tx:<lane>:<nonce>      | TransactionRow   | before the first broadcast            | when none of its entries is open |
 * | txstate:<lane>:<nonce> | TransactionState | when a node took it, when it is mined | with its transaction             |
 * | lane:<lane>            | LaneRow          | with each of its transactions         | never                            |
 * | entry:<entryId>        | EntryRow         | when settled, or its bytes given up   | never                            |
 * | attested:<entryId>     | Attested         | with the transaction of its batch     | never                            |
 * | held:<entryId>         | HeldRow          | when held, under its first entry      | when released or settled         |
 * | claim:<entryId>        | ClaimRow         | before another gateway takes it in    | when the administrator frees it  |
 * | claim-book             | BookRow          | at the start, with each answer        | never                            |
 * | claimant               | ClaimantRow      | at the start, before a claim is used  | never                            |
 * | settled                | SettledRow       | with the cursor, for each final block | never                            |
 * | receipted              | ReceiptedRow     | when a checkpoint is cosigned         | never                            |
 *
 * An entry that has no row of its own stands where the transaction that names it stands, or is `accepted`: one write when it
 * comes and one when it is done, whatever happens in between.
 */
import type { Hex } from '../core/bytes.ts';
import type { Submission } from '../core/submission.ts';
import type { EntryState, Refusal } from './entry.ts';

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
  /** Unix seconds. What is not signed by then is refused DEADLINE_PASSED. */
  readonly deadlineSec?: number;
}

export interface AcceptedRow {
  readonly atMs: number;
  readonly groups: readonly Group[];
}

/** What one signature covers. A refusal of the whole names it by `id`: digest of a bundle, id of a batch. */
export interface Unit {
  readonly id?: Hex;
  readonly entries: readonly Hex[];
}

/** Entries that no node takes, refused for good once this transaction used up the nonce of the one that carried them. */
export interface Condemned {
  readonly entries: readonly Hex[];
  readonly refusal: Refusal;
}

/** Bytes that were stored for the same nonce before and may have been sent. */
export interface EarlierRow {
  readonly raw: Hex;
  readonly hash: Hex;
  /** Only where they are other units than the later bytes have. */
  readonly units: readonly Unit[];
}

/** Without units: it only uses up its nonce. */
export interface TransactionRow {
  readonly raw: Hex;
  readonly hash: Hex;
  readonly units: readonly Unit[];
  readonly condemned: readonly Condemned[];
  readonly earlier?: readonly EarlierRow[];
}

export interface TransactionState {
  readonly state: 'sent' | 'mined';
}

export interface LaneRow {
  readonly address: Hex;
  readonly nextNonce: number;
}

/** `signed`, `sent` and `mined` only for entries whose transaction was given up or signed anew: what was shown must not be taken back at a restart. */
export interface EntryRow {
  readonly state: Extract<EntryState, 'signed' | 'sent' | 'mined' | 'final' | 'refused'>;
  readonly acceptedAtMs?: number;
  readonly service?: string;
  readonly organisation?: string;
  readonly refusal?: Refusal;
  readonly leafIndex?: number;
  readonly block?: number;
  readonly elsewhere?: true;
}

export interface HeldRow {
  readonly entries: readonly Hex[];
}

/** Only where ids are given out, see claims.ts. */
export interface ClaimRow {
  readonly holder: string;
  readonly gateway: string;
  readonly atMs: number;
}

/** Where ids are given out, see claims.ts. */
export interface BookRow {
  readonly id: string;
  /** Only then it waits for somebody. */
  readonly isRestored: boolean;
  /** Origins of the gateways that have told this book all that they hold. */
  readonly toldBy: readonly string[];
  /** Origin of the first that came with the token of an address. */
  readonly origins: Readonly<Record<string, string>>;
  /** Commits of claims, by origin. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Where they are asked for: who asks, and the book that was told of all that is held here; '' of none. */
export interface ClaimantRow {
  readonly holder: string;
  /** Made once, and kept when the store is restored. */
  readonly origin: string;
  readonly book: string;
  /** The highest count that this book has answered. */
  readonly seen: number;
}

export interface SettledRow {
  readonly block: number;
}

export interface ReceiptedRow {
  readonly size: number;
}

/** Entries whose original here proves nothing, as another gateway's was recorded. Gone once it is erased. */
export const UNUSED = 'unused:';
export const BOOK = 'claim-book';
export const CLAIMANT = 'claimant';
export const SETTLED = 'settled';
export const RECEIPTED = 'receipted';

/** Fixed width, so that the order of keys is the order of numbers. */
const digits = (value: number) => String(value).padStart(12, '0');

export const acceptedKey = (seq: number) => `accepted:${digits(seq)}`;
export const transactionKey = (lane: number, nonce: number) => `tx:${lane}:${digits(nonce)}`;
export const transactionStateKey = (lane: number, nonce: number) => `txstate:${lane}:${digits(nonce)}`;
export const laneKey = (lane: number) => `lane:${lane}`;
export const entryKey = (entryId: Hex) => `entry:${entryId}`;
export const heldKey = (entryId: Hex) => `held:${entryId}`;
export const claimKey = (entryId: Hex) => `claim:${entryId}`;
export const attestedKey = (entryId: Hex) => `attested:${entryId}`;

/** The numbers after the prefix. */
export function numbersIn(key: string): number[] {
  return key.split(':').slice(1).map(Number);
}

/** All keys of a prefix. */
export function under(prefix: string): { gte: string; lt: string } {
  return { gte: `${prefix}:`, lt: `${prefix};` };
}

/** What waits in memory for its transaction, what that costs, and what it must not overtake. */
import { CAST_BYTES, ENTRY_BYTES } from '../chain/calldata.ts';
import type { Hex } from '../core/bytes.ts';
import type { Submission } from '../core/submission.ts';
import type { EntryState, Refusal } from './entry.ts';
import type { Authorisation } from './rows.ts';

export type Kind = Submission['to'];

/** One call of accept and its row. */
export interface Accepted {
  readonly seq: number;
  readonly atMs: number;
  /** Entries not yet settled; the row goes with the last one. */
  open: number;
}

export interface Item {
  readonly entryId: Hex;
  readonly submission: Submission;
  readonly accepted: Accepted;
  readonly work: Work;
  state: EntryState;
  transaction: InFlight | undefined;
}

/** Never divided: a single submission that the vault signs, or all of a group that staff signed. */
export interface Work {
  readonly kind: Kind;
  readonly items: readonly Item[];
  readonly authorisation?: Authorisation;
  /** Not signed after this moment, Unix seconds. */
  readonly deadlineSec?: number;
  /** Stays where it is until it is released. */
  isHeld: boolean;
  /** How many may share its next transaction: halved each time one could not be executed. */
  cap: number;
}

/** By the id under which the chain may refuse the whole. */
export type Units = readonly { readonly id?: Hex; readonly items: readonly Item[] }[];

/** Bytes that were signed for the nonce before. They may have been sent, so that the chain may yet take them. */
export interface Earlier {
  readonly raw: Hex;
  readonly hash: Hex;
  /** Those that the later bytes do not have. */
  readonly units: Units;
}

/** A signed transaction whose bytes are on the disk. */
export interface InFlight {
  readonly lane: number;
  readonly nonce: number;
  readonly raw: Hex;
  readonly hash: Hex;
  readonly works: readonly Work[];
  readonly units: Units;
  /** Of all bytes for this nonce the chain takes one. */
  readonly earlier: readonly Earlier[];
  readonly condemned: readonly { readonly items: readonly Item[]; readonly refusal: Refusal }[];
  state: 'signed' | 'sent' | 'mined';
  /** What was shown until now is on its way to the disk in its place: it moves no further. */
  isGivenUp: boolean;
  /** Items not yet settled. */
  open: number;
  /** Like the next, by performance.now(): no wrong clock holds a transaction back. */
  broadcastAtMs: number;
  /** When these bytes were signed, or found at the start. */
  readonly sinceMs: number;
}

export function isOpen(item: Item): boolean {
  return item.state !== 'final' && item.state !== 'receipted' && item.state !== 'refused';
}

/** What is told of an entry beside its state. Of a ballot nothing: its voter may have been seen with the phone at that very moment. */
export function toldOf({ submission, accepted }: Item) {
  if (submission.to === 'casts') return {};
  const { organisation } = submission;
  const acceptedAtMs = accepted.atMs;
  return { acceptedAtMs, organisation, ...('service' in submission && { service: submission.service }) };
}

export interface Cost {
  readonly gas: number;
  readonly bytes: number;
}

/** OpenZeppelin's P-256 runs in Solidity below Osaka; the contract wants this much left before it starts. */
const VERIFIER_GAS = 1_150_000;
export const BASE_GAS = 60_000;

/** Upper bounds on Ethereum's schedule; measured figures stand in the contracts' gas snapshot. A transaction holds only so much. */
const COSTS: Readonly<Record<Kind, { item: Cost; group: Cost }>> = {
  records: { item: { gas: 45_000, bytes: ENTRY_BYTES }, group: { gas: 90_000, bytes: 320 } },
  attestations: { item: { gas: 0, bytes: 0 }, group: { gas: 200_000, bytes: 416 } },
  'attestation-status': { item: { gas: 160_000, bytes: 480 }, group: { gas: 0, bytes: 0 } },
  polls: { item: { gas: 190_000, bytes: 480 }, group: { gas: 0, bytes: 0 } },
  rolls: { item: { gas: 160_000, bytes: 384 }, group: { gas: 0, bytes: 0 } },
  casts: { item: { gas: 320_000, bytes: CAST_BYTES }, group: { gas: 200_000, bytes: 0 } },
};
const INDEX_COST: Cost = { gas: 26_000, bytes: 32 };
/** What the figures above hold for each byte of calldata (EIP-2028). */
export const GAS_PER_BYTE = 16;

/**
 * @param isFirst of its group in the transaction: later ones share its signature
 * @param gasPerByte what the chain takes for a byte of calldata
 */
export function costOf(work: Work, isFirst: boolean, gasPerByte: number): Cost {
  const { item, group } = COSTS[work.kind];
  const indexes = work.items.reduce(
    (count, { submission }) => count + ('indexes' in submission ? submission.indexes.length : 0),
    0,
  );
  const contractWallet = work.authorisation !== undefined && work.authorisation.signature.length !== 2 + 130;
  const cost = (part: 'gas' | 'bytes') =>
    work.items.length * item[part] + indexes * INDEX_COST[part] + (isFirst ? group[part] : 0);
  const bytes = cost('bytes');
  const dearer = Math.max(0, gasPerByte - GAS_PER_BYTE);
  return { gas: cost('gas') + bytes * dearer + (contractWallet ? VERIFIER_GAS : 0), bytes };
}

/** What one more of this kind takes at least; leaves of a batch take next to nothing but are counted. */
export function itemGas(kind: Kind, gasPerByte: number): number {
  const { gas, bytes } = COSTS[kind].item;
  return gas + bytes * Math.max(0, gasPerByte - GAS_PER_BYTE);
}

/** Works with the same group share one signature. */
export function groupOf(work: Work): string {
  const { submission, entryId } = work.items[0]!;
  if (work.authorisation !== undefined) return entryId;
  if (submission.to === 'records') return submission.organisation;
  if (submission.to === 'attestations')
    return `${submission.organisation}/${submission.service}/${submission.schema}`;
  return submission.to === 'casts' ? 'casts' : entryId;
}

const NOTHING = `0x${'00'.repeat(32)}`;

/**
 * What the submission builds upon or changes. Lanes run side by side, so nothing is sent before what it refers to is settled,
 * and two changes of one thing keep the order in which they were accepted.
 */
export function targetOf(submission: Submission): Hex | undefined {
  switch (submission.to) {
    case 'records':
      return submission.refersTo === NOTHING ? undefined : submission.refersTo;
    case 'attestation-status':
      return submission.batchId;
    case 'rolls':
    case 'casts':
      return submission.pollId;
    default:
      return undefined;
  }
}

/** Ballots of one poll need no order among themselves. */
export function changesTarget(submission: Submission): boolean {
  return submission.to !== 'casts';
}

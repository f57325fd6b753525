/** The life of an entry, and the only moves it may make. */
import type { Hex } from '../core/bytes.ts';

export type EntryState = 'accepted' | 'signed' | 'sent' | 'mined' | 'final' | 'receipted' | 'refused';

/**
 * | from      | to                          | when                                                                  |
 * |-----------|-----------------------------|-----------------------------------------------------------------------|
 * | accepted  | signed                      | the raw transaction that carries it is on the disk                     |
 * | signed    | sent                        | the node took the transaction                                          |
 * | sent      | mined                       | the chain's nonce of the lane is past the transaction                  |
 * | any above | final                       | its event stands in a final block (steps in between may be skipped)    |
 * | final     | receipted                   | a checkpoint with enough cosignatures covers its leaf                  |
 * | any above final | refused               | the chain answered with a refusal in a final block, or no node takes it; |
 * |           |                             | it was cancelled or its deadline passed, and no signed bytes carry it  |
 * | refused   | final                       | somebody else delivered the signed entry later and the chain took it   |
 *
 * A refused ballot may be cast again: that is a new entry under its voter's id and begins at `accepted`.
 * A transaction that is displaced by another one leaves its entries where they were: they have been sent, once more or not.
 */
const MOVES: Readonly<Record<EntryState, readonly EntryState[]>> = {
  accepted: ['signed', 'sent', 'mined', 'final', 'receipted', 'refused'],
  signed: ['sent', 'mined', 'final', 'receipted', 'refused'],
  sent: ['mined', 'final', 'receipted', 'refused'],
  mined: ['final', 'receipted', 'refused'],
  final: ['receipted'],
  receipted: [],
  refused: ['final', 'receipted'],
};

export function mayMove(from: EntryState, to: EntryState): boolean {
  return MOVES[from].includes(to);
}

/** The later of two states: what is shown never moves back. */
export function furthest(a: EntryState, b: EntryState): EntryState {
  return mayMove(a, b) ? b : a;
}

/** Whether an entry that stands at `state` has got what somebody waits for. */
export function hasReached(state: EntryState, wanted: 'final' | 'receipted'): boolean {
  return state === 'refused' || state === wanted || state === 'receipted';
}

export interface Refusal {
  /** A name of contracts/types/Refusal.sol; CHAIN_REVERTED | CHAIN_REJECTED when no node executes it; CANCELLED; DEADLINE_PASSED. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface EntryStatus {
  readonly entryId: Hex;
  readonly state: EntryState;
  /** Absent when another gateway took it in, and of ballots. */
  readonly acceptedAtMs?: number;
  readonly service?: string;
  readonly organisation?: string;
  readonly refusal?: Refusal;
  /** Waits until the administrator releases it. */
  readonly held?: true;
  /** Was taken out of its transaction after it may have been sent: what becomes of it, the chain decides. */
  readonly cancelling?: true;
  /** Unix seconds; not signed after it. */
  readonly deadlineSec?: number;
  /** Set from `final` on: its leaf in the log. Attestations of one batch share a leaf. */
  readonly leafIndex?: number;
  readonly block?: number;
  /** Another gateway recorded an entry under this id first; the document that proves it is there, and what was sent here is unused. */
  readonly elsewhere?: true;
}

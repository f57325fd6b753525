/** Makes an anonymous ballot on the voter's own device, or in a worker thread of a script: the secret never leaves it. */
import { Identity } from '@semaphore-protocol/identity';
import { groth16 } from 'snarkjs';
import type { Hex } from '../../server/core/bytes.ts';
import {
  circuitInputs,
  nullifierOf,
  type PollPlace,
  packProof,
  scopeOf,
} from '../../server/services/voting/ballot.ts';
import { type MembershipPath, pathOf, rootOfPath } from '../../server/services/voting/roll.ts';
import type { ProverFiles } from './artifacts.ts';

/** A plain object, so that it may cross to a worker. */
export interface BallotOrder {
  /** The voting key as {@link newVotingKey} made it. */
  readonly votingKey: string;
  readonly place: PollPlace;
  /** Option numbers from 0. */
  readonly choices: readonly number[];
  /** Root of the frozen roll as the chain has it. */
  readonly rollRoot: bigint;
  /** The chunk of the roll that holds the voter, and the roots of all chunks. */
  readonly chunk: { readonly index: number; readonly leaves: readonly bigint[] };
  readonly chunkRoots: readonly bigint[];
}

/** Body of the cast action. */
export interface ProvenBallot {
  readonly pollId: Hex;
  readonly choices: readonly number[];
  readonly nullifier: string;
  readonly proof: readonly string[];
}

export class NotOnThisRoll extends Error {
  override readonly name = 'NotOnThisRoll';
  readonly code = 'NOT_ON_ROLL';
}

/** 32 random bytes, base64. */
export function newVotingKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes));
}

/** What the roll holds for a voting key, decimal. */
export function commitmentOfKey(votingKey: string): string {
  return identityOf(votingKey).commitment.toString();
}

/** The poll's nullifier of a voting key, decimal: lets a device find its own ballot among all. */
export function nullifierOfKey(votingKey: string, place: PollPlace): string {
  return nullifierOf(identityOf(votingKey).secretScalar, scopeOf(place)).toString();
}

/** @throws NotOnThisRoll when the server's roll does not lead to the root on the chain. */
export async function proveBallot(order: BallotOrder, files: ProverFiles): Promise<ProvenBallot> {
  const identity = identityOf(order.votingKey);
  const path = checkedPath(identity.commitment, order);
  const inputs = circuitInputs({
    secretScalar: identity.secretScalar,
    path,
    choices: order.choices,
    place: order.place,
  });
  // One thread: snarkjs would start its own workers from blob addresses, which a strict page forbids.
  const proverOptions = { singleThread: true };
  const { proof, publicSignals } = await groth16.fullProve(
    inputs,
    files.wasm,
    files.zkey,
    undefined,
    undefined,
    proverOptions,
  );
  return {
    pollId: order.place.pollId,
    choices: order.choices,
    nullifier: publicSignals[1]!,
    proof: packProof(proof),
  };
}

function checkedPath(commitment: bigint, order: BallotOrder): MembershipPath {
  if (!order.chunk.leaves.includes(commitment)) throw new NotOnThisRoll('this key is not in the chunk');
  const path = pathOf(commitment, order.chunk, order.chunkRoots);
  if (rootOfPath(commitment, path) !== order.rollRoot)
    throw new NotOnThisRoll('the roll is not the frozen one');
  return path;
}

function identityOf(votingKey: string): Identity {
  return new Identity(Uint8Array.from(atob(votingKey), (character) => character.charCodeAt(0)));
}

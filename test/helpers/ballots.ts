/** The town that the ballot tests vote in: voters with fixed keys, their rolls, and where the contract will stand. */
import { type BaseContract, type ContractMethod, getCreateAddress } from 'ethers';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { entryIdOf, keccak256, sha256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { PollPlace } from '../../server/services/voting/ballot.ts';
import { chunkRootsOf, rollRootOf } from '../../server/services/voting/roll.ts';
import { type BallotOrder, commitmentOfKey } from '../../web/lib/prove.ts';

type Deployed<Method extends string> = BaseContract & Record<Method, ContractMethod>;
export type BallotsContract = Deployed<
  'createPolls' | 'freezeRolls' | 'cast' | 'pollOf' | 'tallyOf' | 'hasCast' | 'refusalOf' | 'scopeOf'
>;
export type OrganisationsContract = Deployed<
  'answer' | 'register' | 'addKey' | 'accredit' | 'suspend' | 'resume'
>;

export const CHAIN_ID = 31337;
/** Account 19 of Hardhat's network: nobody else deploys from it, so its contracts' addresses are known ahead. */
export const DEPLOYER_INDEX = 19;
const DEPLOYER = '0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199';
export const addressOfDeployment = (nonce: number): Hex =>
  getCreateAddress({ from: DEPLOYER, nonce }).toLowerCase() as Hex;
/** Deployed in this order: organisations, verifier, ballots, and ballots again. */
export const BALLOTS: Hex = addressOfDeployment(2);

export const ORGANISATION = nameToBytes32('seoul.participation');
export const idempotencyOf = (name: string): Hex => toHex(keccak256(utf8(name)));
export const pollIdOf = (name: string): Hex => entryIdOf(ORGANISATION, idempotencyOf(name));
export const placeOf = (name: string): PollPlace => ({
  chainId: CHAIN_ID,
  contract: BALLOTS,
  pollId: pollIdOf(name),
});

/** Test keys only: anybody can compute them. */
export const votingKeyOf = (voter: number): string =>
  btoa(String.fromCharCode(...sha256(utf8(`sillok test voter ${voter}`))));
export const commitmentOf = (voter: number): bigint => BigInt(commitmentOfKey(votingKeyOf(voter)));

export interface Roll {
  readonly leaves: readonly bigint[];
  readonly chunkRoots: readonly bigint[];
  readonly root: bigint;
}

export function rollOf(commitments: readonly bigint[]): Roll {
  const leaves = [...commitments].sort((a, b) => (a < b ? -1 : 1));
  const chunkRoots = chunkRootsOf(leaves);
  return { leaves, chunkRoots, root: rollRootOf(chunkRoots) };
}

export const VOTERS = Array.from({ length: 22 }, (_, i) => i);
export const ROLL = rollOf(VOTERS.map(commitmentOf));

/** Choices of the voters in the main poll: one or two of five. */
export const choicesOfVoter = (voter: number): number[] =>
  voter % 3 === 0 ? [voter % 5] : [voter % 5, (voter + 1) % 5].sort();

export function orderOf(
  voter: number,
  place: PollPlace,
  choices: readonly number[],
  roll = ROLL,
): BallotOrder {
  return {
    votingKey: votingKeyOf(voter),
    place,
    choices,
    rollRoot: roll.root,
    chunk: { index: 0, leaves: roll.leaves },
    chunkRoots: roll.chunkRoots,
  };
}

/**
 * The arithmetic of an anonymous ballot (Semaphore v4), the same in page, gateway, verifier and tests.
 * A proof says: "somebody on the roll, whom I do not name, casts exactly these choices in exactly this poll".
 */
import { poseidon2 } from 'poseidon-lite/poseidon2';
import { fromHex, type Hex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { keccak256, keccakAbi } from '../../core/hash.ts';
import { FIELD, type MembershipPath } from './roll.ts';

/** Where a ballot counts: a proof for one place is worthless at any other. */
export interface PollPlace {
  readonly chainId: number;
  /** Address of the Ballots contract. */
  readonly contract: Hex;
  readonly pollId: Hex;
}

/** As snarkjs gives it: affine coordinates followed by a 1, decimal. */
export interface GrothProof {
  readonly pi_a: readonly string[];
  readonly pi_b: readonly (readonly string[])[];
  readonly pi_c: readonly string[];
}

/** Inputs of the circuit; the witness file takes decimal text. */
export interface CircuitInputs {
  readonly [signal: string]: string | string[];
}

export function scopeOf(place: PollPlace): bigint {
  return BigInt(keccakAbi(['uint256', 'address', 'bytes32'], [place.chainId, place.contract, place.pollId]));
}

/** Semaphore's way to press 256 bits into the field: keccak256 without its last byte. */
export function signalOf(value: bigint): bigint {
  const word = fromHex(`0x${value.toString(16).padStart(64, '0')}`);
  return keccak256(word).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> 8n;
}

/** The same for every ballot of one voter in one poll; without the secret nobody links two polls by it. */
export function nullifierOf(secretScalar: bigint, scope: bigint): bigint {
  return poseidon2([signalOf(scope), secretScalar]);
}

/** entryId of the ballot. */
export function ballotIdOf(pollId: Hex, nullifier: bigint): Hex {
  return keccakAbi(['bytes32', 'uint256'], [pollId, nullifier]);
}

/** Option numbers, counted from 0, to the chain's bit set. @throws AppError CHOICE_INVALID */
export function maskOf(choices: readonly number[]): bigint {
  let mask = 0n;
  for (const choice of choices) {
    if (!Number.isInteger(choice) || choice < 0 || choice > 63 || (mask >> BigInt(choice)) & 1n)
      throw new AppError('CHOICE_INVALID', { choice });
    mask |= 1n << BigInt(choice);
  }
  return mask;
}

/** Inverse of {@link maskOf}, rising. @throws AppError CHOICE_INVALID beyond 64 bits. */
export function choicesOf(mask: bigint): number[] {
  if (mask < 0n || mask >> 64n !== 0n) throw new AppError('CHOICE_INVALID', { mask: mask.toString() });
  return Array.from({ length: 64 }, (_, i) => i).filter((i) => (mask >> BigInt(i)) & 1n);
}

/** Whether the contract would count these choices. */
export function isAllowedChoice(
  mask: bigint,
  rules: { readonly options: number; readonly minChoices: number; readonly maxChoices: number },
): boolean {
  if (mask < 0n || mask >> BigInt(rules.options) !== 0n) return false;
  const chosen = choicesOf(mask).length;
  return chosen >= rules.minChoices && chosen <= rules.maxChoices;
}

/** Decimal text of a field element, in its only form: below the field's order, no sign, no leading zero. */
export function isFieldElement(text: string): boolean {
  return /^(0|[1-9][0-9]{0,76})$/.test(text) && BigInt(text) < FIELD;
}

export function circuitInputs(ballot: {
  readonly secretScalar: bigint;
  readonly path: MembershipPath;
  readonly choices: readonly number[];
  readonly place: PollPlace;
}): CircuitInputs {
  const { path } = ballot;
  return {
    secret: ballot.secretScalar.toString(),
    merkleProofLength: path.siblings.length.toString(),
    merkleProofIndex: path.index.toString(),
    merkleProofSiblings: path.siblings.map(String),
    scope: signalOf(scopeOf(ballot.place)).toString(),
    message: signalOf(maskOf(ballot.choices)).toString(),
  };
}

/** Eight numbers in the order of the pairing precompile (imaginary part first). */
export function packProof(proof: GrothProof): string[] {
  const [b1, b2] = proof.pi_b as [readonly string[], readonly string[]];
  return [proof.pi_a[0]!, proof.pi_a[1]!, b1[1]!, b1[0]!, b2[1]!, b2[0]!, proof.pi_c[0]!, proof.pi_c[1]!];
}

/** Inverse of {@link packProof}. */
export function unpackProof(packed: readonly string[]): GrothProof & { protocol: 'groth16'; curve: 'bn128' } {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = packed as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    pi_a: [ax, ay, '1'],
    pi_b: [
      [bx0, bx1],
      [by0, by1],
      ['1', '0'],
    ],
    pi_c: [cx, cy, '1'],
    protocol: 'groth16',
    curve: 'bn128',
  };
}

/** What the verifier key expects, in order. */
export function publicSignals(ballot: {
  readonly root: bigint;
  readonly nullifier: bigint;
  readonly mask: bigint;
  readonly place: PollPlace;
}): string[] {
  return [ballot.root, ballot.nullifier, signalOf(ballot.mask), signalOf(scopeOf(ballot.place))].map(String);
}

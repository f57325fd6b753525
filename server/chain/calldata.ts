/**
 * Calldata of the write functions and the digest of a bundle. Entries and casts are made of static words, so that those two are
 * laid out by hand: a general ABI coder takes 0.3 ms per entry (measured), which alone would bound the gateway.
 */
import { type ContractAddresses, interfaces } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { keccak256 } from '../core/hash.ts';
import { nameToBytes32 } from '../core/ids.ts';
import {
  type AttestationStatusSubmission,
  type CastSubmission,
  ENTRY_KINDS,
  type PollSubmission,
  type RecordSubmission,
  type RollSubmission,
} from '../core/submission.ts';
import { ATTESTATION_STATUSES, type BatchToSign } from '../core/typed-data.ts';

/** An organisation's word: registered key and signature over the item's digest. */
export interface Signed {
  readonly key: Hex;
  readonly signature: Hex;
}

export interface Bundle extends Signed {
  readonly organisation: string;
  readonly entries: readonly Uint8Array[];
}

const WORD = 32;
/** An entry is eight static words, in calldata and below its type hash alike. */
export const ENTRY_BYTES = 8 * WORD;
/** A cast is eleven. */
export const CAST_BYTES = 11 * WORD;

const ENTRY_TYPE =
  'Entry(bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind)';
const ENTRY_TYPEHASH = keccak256(Buffer.from(ENTRY_TYPE));
const BUNDLE_TYPEHASH = keccak256(Buffer.from(`Bundle(bytes32 organisation,Entry[] entries)${ENTRY_TYPE}`));
const DOMAIN_TYPEHASH = keccak256(
  Buffer.from('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
);
const SUBMIT = selector('Records', 'submit');
const CAST = selector('Ballots', 'cast');

export function entryWords(entry: RecordSubmission): Uint8Array {
  const words = Buffer.alloc(ENTRY_BYTES);
  putHex(words, 0, nameToBytes32(entry.service));
  putHex(words, 1, nameToBytes32(entry.schema));
  putHex(words, 2, entry.subject);
  putHex(words, 3, entry.commitment);
  putHex(words, 4, entry.refersTo);
  putHex(words, 5, entry.idempotency);
  putNumber(words, 6, entry.occurredAtSec);
  putNumber(words, 7, ENTRY_KINDS.indexOf(entry.kind) + 1);
  return words;
}

/** EIP-712 digest of a bundle, equal to digestOf(typedDataOf(…)) in core. */
export function bundleDigest(
  organisation: string,
  entries: readonly Uint8Array[],
  chainId: number,
  contracts: ContractAddresses,
): Hex {
  const domain = Buffer.alloc(5 * WORD);
  domain.set(DOMAIN_TYPEHASH, 0);
  domain.set(keccak256(Buffer.from('Sillok')), WORD);
  domain.set(keccak256(Buffer.from('1')), 2 * WORD);
  putNumber(domain, 3, chainId);
  putHex(domain, 4, `0x${contracts.Records.slice(2).padStart(64, '0')}`);
  const hashes = Buffer.concat(entries.map((words) => keccak256(ENTRY_TYPEHASH, words)));
  const bundle = keccak256(BUNDLE_TYPEHASH, bytes(nameToBytes32(organisation)), keccak256(hashes));
  return hex(keccak256(Uint8Array.of(0x19, 0x01), keccak256(domain), bundle));
}

/** Records.submit: bundles are dynamic (entries and signature), entries are not. */
export function submitCalldata(bundles: readonly Bundle[]): Hex {
  const bodies = bundles.map(bundleBytes);
  const head = Buffer.alloc((2 + bundles.length) * WORD);
  putNumber(head, 0, WORD);
  putNumber(head, 1, bundles.length);
  let at = bundles.length * WORD;
  for (const [i, body] of bodies.entries()) {
    putNumber(head, 2 + i, at);
    at += body.length;
  }
  return hex(Buffer.concat([SUBMIT, head, ...bodies]));
}

function bundleBytes(bundle: Bundle): Buffer {
  const signature = bytes(bundle.signature);
  const head = Buffer.alloc(5 * WORD);
  putHex(head, 0, nameToBytes32(bundle.organisation));
  putHex(head, 1, bundle.key);
  putNumber(head, 2, 4 * WORD);
  putNumber(head, 3, 5 * WORD + bundle.entries.length * ENTRY_BYTES);
  putNumber(head, 4, bundle.entries.length);
  const tail = Buffer.alloc(WORD * (1 + Math.ceil(signature.length / WORD)));
  putNumber(tail, 0, signature.length);
  tail.set(signature, WORD);
  return Buffer.concat([head, ...bundle.entries, tail]);
}

/** Ballots.cast */
export function castCalldata(casts: readonly CastSubmission[]): Hex {
  const data = Buffer.alloc(2 * WORD + casts.length * CAST_BYTES);
  putNumber(data, 0, WORD);
  putNumber(data, 1, casts.length);
  for (const [i, cast] of casts.entries()) {
    const at = 2 + 11 * i;
    putHex(data, at, cast.pollId);
    putDecimal(data, at + 1, cast.choices);
    putDecimal(data, at + 2, cast.nullifier);
    for (const [j, point] of cast.proof.entries()) putDecimal(data, at + 3 + j, point);
  }
  return hex(Buffer.concat([CAST, data]));
}

/** Attestations.anchor */
export function anchorCalldata(batches: readonly (BatchToSign & Signed)[]): Hex {
  return encode(
    'Attestations',
    'anchor',
    batches.map((batch) => ({ ...named(batch, 'issuer'), schema: nameToBytes32(batch.schema) })),
  );
}

/** Attestations.changeStatus */
export function changeStatusCalldata(changes: readonly (AttestationStatusSubmission & Signed)[]): Hex {
  const structs = changes.map((change) => ({
    ...named(change, 'organisation'),
    status: ATTESTATION_STATUSES.indexOf(change.status),
  }));
  return encode('Attestations', 'changeStatus', structs);
}

/** Ballots.createPolls */
export function createPollsCalldata(polls: readonly (PollSubmission & Signed)[]): Hex {
  const structs = polls.map((poll) => ({
    ...named(poll, 'organisation'),
    opensAt: poll.opensAtSec,
    closesAt: poll.closesAtSec,
    mode: 0,
  }));
  return encode('Ballots', 'createPolls', structs);
}

/** Ballots.freezeRolls */
export function freezeRollsCalldata(rolls: readonly (RollSubmission & Signed)[]): Hex {
  return encode(
    'Ballots',
    'freezeRolls',
    rolls.map((roll) => named(roll, 'organisation')),
  );
}

function named<T extends { organisation: string; service?: string }>(item: T, author: string) {
  const service = 'service' in item ? { service: nameToBytes32(item.service!) } : {};
  return { ...item, ...service, [author]: nameToBytes32(item.organisation) };
}

function encode(contract: keyof ContractAddresses, name: string, structs: readonly object[]): Hex {
  return interfaces[contract].encodeFunctionData(name, [structs]) as Hex;
}

function selector(contract: keyof ContractAddresses, name: string): Buffer {
  return bytes(interfaces[contract].getFunction(name)!.selector as Hex);
}

function putHex(words: Buffer, word: number, value: Hex): void {
  if (value.length !== 66) throw new RangeError('not 32 bytes');
  words.write(value.slice(2), word * WORD, 'hex');
}

/** Up to 2^48 - 1, which holds every count and every time. */
function putNumber(words: Buffer, word: number, value: number): void {
  words.writeUIntBE(value, (word + 1) * WORD - 6, 6);
}

function putDecimal(words: Buffer, word: number, value: string): void {
  putHex(words, word, `0x${BigInt(value).toString(16).padStart(64, '0')}`);
}

function bytes(value: Hex): Buffer {
  return Buffer.from(value.slice(2), 'hex');
}

function hex(value: Uint8Array): Hex {
  return `0x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
}

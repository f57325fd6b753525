/** Legacy transactions (EIP-155) at price zero: what every permissioned engine and the embedded chain take. */
import type { Hex } from '../core/bytes.ts';
import { keccak256 } from '../core/hash.ts';
import type { Signer } from '../core/signer.ts';

export interface Transaction {
  readonly chainId: number;
  readonly nonce: number;
  /** undefined creates a contract. */
  readonly to?: Hex;
  readonly gas: number;
  readonly data: Hex;
}

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

const NOTHING = Buffer.alloc(0);

export async function signTransaction(signer: Signer, tx: Transaction): Promise<SignedTransaction> {
  const fields = [
    quantity(tx.nonce),
    NOTHING, // gas price 0
    quantity(tx.gas),
    tx.to === undefined ? NOTHING : bytes(tx.to),
    NOTHING, // value 0
    bytes(tx.data),
  ];
  const digest = hex(keccak256(list([...fields, quantity(tx.chainId), NOTHING, NOTHING])));
  const signature = bytes(await signer.sign(digest));
  const v = tx.chainId * 2 + 35 + (signature[64]! - 27);
  const r = withoutZeros(signature.subarray(0, 32));
  const s = withoutZeros(signature.subarray(32, 64));
  const raw = list([...fields, quantity(v), r, s]);
  return { raw: hex(raw), hash: hex(keccak256(raw)) };
}

/** Address of the contract that `sender` creates with its transaction number `nonce`. */
export function createdAddress(sender: Hex, nonce: number): Hex {
  return hex(keccak256(list([bytes(sender), quantity(nonce)])).subarray(12));
}

/** Recursive Length Prefix of a flat list (Ethereum yellow paper, appendix B). */
function list(items: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(items.flatMap((item) => [head(item, 0x80), item]));
  return Buffer.concat([prefix(body.length, 0xc0), body]);
}

/** A single byte below 0x80 is its own encoding. */
function head(item: Uint8Array, offset: number): Uint8Array {
  return item.length === 1 && item[0]! < 0x80 ? NOTHING : prefix(item.length, offset);
}

function prefix(length: number, offset: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length);
  const size = quantity(length);
  return Buffer.concat([Uint8Array.of(offset + 55 + size.length), size]);
}

/** Big endian without leading zeros; zero is empty. */
function quantity(value: number): Buffer {
  const digits = value.toString(16);
  return value === 0 ? NOTHING : Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex');
}

function withoutZeros(word: Uint8Array): Uint8Array {
  return word.subarray(word.findIndex((byte) => byte !== 0));
}

function bytes(text: Hex): Buffer {
  return Buffer.from(text.slice(2), 'hex');
}

function hex(value: Uint8Array): Hex {
  return `0x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
}

/** Transactions: legacy ones (EIP-155) at price zero, which every engine takes where gas is free, and those of EIP-1559 with a fee. */
import type { Hex } from '../core/bytes.ts';
import { keccak256 } from '../core/hash.ts';
import type { Signer } from '../core/signer.ts';

/** Wei per unit of gas. */
export interface Fee {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export interface Transaction {
  readonly chainId: number;
  readonly nonce: number;
  /** undefined creates a contract. */
  readonly to?: Hex;
  readonly gas: number;
  readonly data: Hex;
  /** Absent: gas is free. */
  readonly fee?: Fee | undefined;
}

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

const NOTHING = Buffer.alloc(0);
const TYPE_2 = Uint8Array.of(2);
/** An empty access list. */
const EMPTY_LIST = Uint8Array.of(0xc0);

export async function signTransaction(signer: Signer, tx: Transaction): Promise<SignedTransaction> {
  return tx.fee === undefined ? signFree(signer, tx) : signPaid(signer, tx, tx.fee);
}

/** EIP-2718 type 2. */
async function signPaid(signer: Signer, tx: Transaction, fee: Fee): Promise<SignedTransaction> {
  const fields = [
    quantity(tx.chainId),
    quantity(tx.nonce),
    quantity(fee.maxPriorityFeePerGas),
    quantity(fee.maxFeePerGas),
    quantity(tx.gas),
    tx.to === undefined ? NOTHING : bytes(tx.to),
    NOTHING, // value 0
    bytes(tx.data),
  ];
  const typed = (more: readonly Uint8Array[]) =>
    Buffer.concat([TYPE_2, sequence([...fields.map(item), EMPTY_LIST, ...more.map(item)])]);
  const signature = bytes(await signer.sign(hex(keccak256(typed([])))));
  const parity = signature[64]! === 28 ? Uint8Array.of(1) : NOTHING;
  const raw = typed([
    parity,
    withoutZeros(signature.subarray(0, 32)),
    withoutZeros(signature.subarray(32, 64)),
  ]);
  return { raw: hex(raw), hash: hex(keccak256(raw)) };
}

/** The call and the fee of a transaction that {@link signTransaction} made. */
export function readTransaction(raw: Hex): Pick<Transaction, 'to' | 'gas' | 'data' | 'fee'> {
  const all = bytes(raw);
  const isPaid = all[0] === TYPE_2[0];
  const items = itemsOf(isPaid ? all.subarray(1) : all);
  const [first, to, , data] = items.slice(isPaid ? 4 : 2);
  const call = {
    ...(to!.length > 0 && { to: hex(to!) }),
    gas: Number(numberOf(first!)),
    data: hex(data!),
  };
  if (!isPaid) return call;
  return { ...call, fee: { maxPriorityFeePerGas: numberOf(items[2]!), maxFeePerGas: numberOf(items[3]!) } };
}

async function signFree(signer: Signer, tx: Transaction): Promise<SignedTransaction> {
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
  return sequence(items.map(item));
}

function sequence(encoded: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(encoded);
  return Buffer.concat([prefix(body.length, 0xc0), body]);
}

function item(value: Uint8Array): Buffer {
  return Buffer.concat([head(value, 0x80), value]);
}

/** The strings of a list; a list within it stands as one. */
function itemsOf(encoded: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let [at] = span(encoded, 0);
  while (at < encoded.length) {
    const [from, to] = span(encoded, at);
    items.push(encoded.subarray(from, to));
    at = to;
  }
  return items;
}

/** Where the content of the item at this place begins and ends. */
function span(encoded: Buffer, at: number): [number, number] {
  const first = encoded[at]!;
  if (first < 0x80) return [at, at + 1];
  const offset = first < 0xc0 ? 0x80 : 0xc0;
  const short = first - offset;
  if (short < 56) return [at + 1, at + 1 + short];
  const size = short - 55;
  const from = at + 1 + size;
  return [from, from + encoded.readUIntBE(at + 1, size)];
}

function numberOf(digits: Uint8Array): bigint {
  return digits.length === 0 ? 0n : BigInt(hex(digits));
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
function quantity(value: number | bigint): Buffer {
  const digits = value.toString(16);
  return digits === '0' ? NOTHING : Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex');
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

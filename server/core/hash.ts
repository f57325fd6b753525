/** Hash functions and ABI coding; with abi.ts the only place in core that touches ethers. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { AbiCoder } from 'ethers';
import { concat, fromHex, type Hex, toHex, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical.ts';

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha256(parts.length === 1 ? parts[0]! : concat(...parts));
}

export function keccak256(...parts: readonly Uint8Array[]): Uint8Array {
  return keccak_256(parts.length === 1 ? parts[0]! : concat(...parts));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(nobleSha256, key, message);
}

/** keccak256(abi.encode(values)), as the contracts compute it. */
export function keccakAbi(types: readonly string[], values: readonly unknown[]): Hex {
  return toHex(keccak256(fromHex(AbiCoder.defaultAbiCoder().encode([...types], [...values]))));
}

/** Id of an entry: unique on a chain, the same at every gateway. @param idempotency keccak256 of the caller's key. */
export function entryIdOf(organisation: Hex, idempotency: Hex): Hex {
  // abi.encode of two static words is the words themselves.
  return toHex(keccak256(fromHex(organisation), fromHex(idempotency)));
}

/**
 * Salted commitment to a document: SHA-256("sillok.commitment.1" || 0x00 || salt || canonical JSON).
 * Without the 16-byte salt nobody can test a guess against it.
 */
export function commitmentOf(document: unknown, salt: Hex): Hex {
  return toHex(sha256(utf8('sillok.commitment.1\0'), fromHex(salt), utf8(canonicalJson(document))));
}

/** SHA-256 of the canonical JSON of a public document. */
export function contentHash(document: unknown): Hex {
  return toHex(sha256(utf8(canonicalJson(document))));
}

/** A small log made in memory from the definitions of RFC 6962, with keys that exist for tests only. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { type EventName, interfaces } from '../../server/core/abi.ts';
import { concat, fromHex, type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { encodeLeaf, type LedgerEvent } from '../../server/core/event.ts';
import { commitmentOf, sha256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { LogKey } from '../../server/log/key.ts';
import { cosign, signNote } from '../../server/log/sign.ts';
import { formatTreeHead } from '../../server/verify/checkpoint.ts';
import { COSIGNATURE, ED25519, formatVerifierKey } from '../../server/verify/note.ts';
import { formatReceipt } from '../../server/verify/receipt.ts';
import type { Trust } from '../../server/verify/trust.ts';

/** Of every random choice; set SILLOK_TEST_SEED to run with another. */
export const SEED = Number(process.env.SILLOK_TEST_SEED ?? 20_251_120);
console.log(`random choices from SILLOK_TEST_SEED=${SEED}`);

export const ORIGIN = 'sillok.example/log';
export const CHAIN_ID = 2026;
export const CONTRACTS = {
  Organisations: `0x${'a1'.repeat(20)}`,
  Records: `0x${'b2'.repeat(20)}`,
  Attestations: `0x${'c3'.repeat(20)}`,
  Ballots: `0x${'d4'.repeat(20)}`,
} as const;
/** 2026-01-02 03:04:05 UTC */
export const TIME_SEC = 1_767_323_045;

export function testKey(name: string, type: number, seed = name): LogKey {
  const secret = sha256(utf8(`sillok test key ${seed}`));
  const der = Buffer.from(concat(fromHex('0x302e020100300506032b657004220420'), secret));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    name,
    verifierKey: formatVerifierKey(name, type, new Uint8Array(publicKey)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

export const LOG_KEY = testKey(ORIGIN, ED25519);
export const WITNESS_KEYS = [1, 2, 3, 4].map((n) =>
  testKey(`server-${n}.sillok.example/witness`, COSIGNATURE),
);

export const TRUST: Trust = {
  origin: ORIGIN,
  logKey: LOG_KEY.verifierKey,
  operator: 'City of Example',
  witnesses: WITNESS_KEYS.map((key, i) => ({ key: key.verifierKey, operator: `District ${i + 1}` })),
  threshold: 3,
  chainId: CHAIN_ID,
  contracts: CONTRACTS,
};

/** For trust files that say where the contracts were deployed. */
export const DEPLOYMENT = {
  genesisHash: `0x${'11'.repeat(32)}`,
  fromBlock: 1,
  authority: `0x${'22'.repeat(20)}`,
  verifiers: { p256: `0x${'33'.repeat(20)}`, webauthn: `0x${'44'.repeat(20)}` },
  codeHashes: {},
} as const;

export function bytes32(label: string): Hex {
  return toHex(sha256(utf8(label)));
}

export const SALT = bytes32('salt').slice(0, 34) as Hex;
export const DOCUMENT = { type: 'inspection', odometerKm: 48_210, result: '양호' };

export function ledgerEvent(
  name: EventName,
  contract: keyof typeof CONTRACTS,
  values: readonly unknown[],
  n = 0,
): LedgerEvent {
  const { topics, data } = interfaces[contract].encodeEventLog(name, [...values]);
  return {
    chainId: CHAIN_ID,
    block: 100 + n,
    timeSec: TIME_SEC + n,
    logIndex: n % 7,
    address: CONTRACTS[contract],
    topics: topics as Hex[],
    data: data as Hex,
  };
}

/** A record of a made-up service, as the Records contract records it. */
export function recordEvent(n: number, refersTo: Hex = `0x${'00'.repeat(32)}`): LedgerEvent {
  const values = [
    bytes32(`entry ${n}`),
    nameToBytes32('seoul-inspections'),
    bytes32(`subject ${n}`),
    nameToBytes32('archives'),
    nameToBytes32('archives.inspection.1'),
    commitmentOf({ ...DOCUMENT, n }, SALT),
    refersTo,
    1,
    TIME_SEC,
  ];
  return ledgerEvent('EntryRecorded', 'Records', values, n);
}

export interface Made {
  readonly entries: readonly Uint8Array[];
  readonly signers?: readonly LogKey[];
  readonly logKey?: LogKey;
}

/** The tlog-proof of one entry, with the path from {@link naivePath}. */
export function makeReceipt(
  index: number,
  { entries, signers = WITNESS_KEYS, logKey = LOG_KEY }: Made,
): string {
  const head = { origin: logKey.name, size: entries.length, root: naiveRoot(entries) };
  const note = formatTreeHead(head);
  const checkpoint =
    signNote(note, logKey) + signers.map((key, i) => cosign(note, key, TIME_SEC + 60 + i)).join('');
  return formatReceipt({ leaf: entries[index]!, index, path: naivePath(index, entries), checkpoint });
}

export function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => encodeLeaf(recordEvent(n)));
}

/** RFC 6962, 2.1, word for word. */
export function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256(new Uint8Array(0));
  if (entries.length === 1) return sha256(Uint8Array.of(0), entries[0]!);
  const k = largestPower(entries.length);
  return sha256(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** RFC 6962, 2.1.1. */
export function naivePath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = largestPower(entries.length);
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** RFC 6962, 2.1.2. */
export function naiveConsistency(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  return m === 0 ? [] : subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], isComplete: boolean): Uint8Array[] {
  if (m === entries.length) return isComplete ? [] : [naiveRoot(entries)];
  const k = largestPower(entries.length);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), isComplete), naiveRoot(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}

function largestPower(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/** Numbers from 0 up to 1 that follow from the seed (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

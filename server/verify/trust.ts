/** What a verifier trusts before it looks at any receipt: the log's key, its witnesses, the chain and its contracts. */
import { z } from 'zod';
import type { ContractAddresses } from '../core/abi.ts';
import { type Hex, toBase64, toHex, utf8 } from '../core/bytes.ts';
import { canonicalJson } from '../core/canonical.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { verifySignature } from './checkpoint.ts';
import { COSIGNATURE, ED25519, parseSignatureLine, parseVerifierKey, type VerifyEd25519 } from './note.ts';
import { type Check, failed, passed } from './verdict.ts';

export interface TrustedWitness {
  /** Verifier key (c2sp.org/signed-note) of type 0x04, timestamped Ed25519 cosignatures. */
  readonly key: string;
  /** Who runs it, for people. A witness run by the log's own operator adds no second pair of eyes. */
  readonly operator: string;
}

/** Whose signatures make a checkpoint one to believe. */
export interface Policy {
  /** Verifier key of the log, type 0x01; its name is the origin. */
  readonly logKey: string;
  readonly witnesses: readonly TrustedWitness[];
  /** How many of the witnesses must have cosigned. */
  readonly threshold: number;
}

/**
 * A policy that was replaced. It is bounded by the size of the tree and not by time: a log's signature bears no time and a witness
 * writes its own, so whoever steals a retired key could date a new checkpoint back; but no size that honest servers have passed can
 * be cosigned by them again.
 */
export interface EarlierPolicy extends Policy {
  /** The largest checkpoint it speaks for. Absent while the old log key still signs beside the new one. */
  readonly lastSize?: number | undefined;
}

/** What a further gateway, witness or monitor needs to recognise chain and contracts. */
export interface TrustedDeployment {
  readonly genesisHash: Hex;
  /** Block of the first contract: no event is older. */
  readonly fromBlock: number;
  /** OpenZeppelin AccessManager. */
  readonly authority: Hex;
  /** ERC-7913 verifiers of P-256 and WebAuthn keys. */
  readonly verifiers: { readonly p256: Hex; readonly webauthn: Hex };
  /** keccak256 of the code by address. */
  readonly codeHashes: Readonly<Record<string, Hex>>;
}

export interface Trust extends Policy {
  /** Grows with each change of it; absent = 1. */
  readonly version?: number | undefined;
  /** The log's name, first line of its checkpoints. */
  readonly origin: string;
  /** Who runs the log, for people. */
  readonly operator: string;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly deployment?: TrustedDeployment | undefined;
  /** Newest first. */
  readonly earlier?: readonly EarlierPolicy[] | undefined;
  /** Note signature lines over {@link trustText}: of the log keys of this version and of the one before, and of witnesses that endorse it. */
  readonly signatures?: readonly string[] | undefined;
}

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as `0x${string}`);
const name = z.string().min(1).max(200);

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);

const policySchema = {
  logKey: verifierKey(ED25519),
  witnesses: z.array(z.strictObject({ key: verifierKey(COSIGNATURE), operator: name })).max(16),
  threshold: z.int().min(0).max(16),
};

const schema = z.strictObject({
  version: z.int().min(1).optional(),
  origin: name,
  operator: name,
  ...policySchema,
  chainId: z.int().min(1),
  contracts: z.strictObject({
    Organisations: address,
    Records: address,
    Attestations: address,
    Ballots: address,
  }),
  deployment: z
    .strictObject({
      genesisHash: hash,
      fromBlock: z.int().min(0),
      authority: address,
      verifiers: z.strictObject({ p256: address, webauthn: address }),
      codeHashes: z.record(z.string().regex(/^0x[0-9a-f]{40}$/), hash),
    })
    .optional(),
  earlier: z
    .array(z.strictObject({ ...policySchema, lastSize: z.int().min(0).optional() }))
    .max(100)
    .optional(),
  signatures: z.array(z.string().max(500)).max(24).optional(),
});

/** Takes text or parsed JSON. @throws AppError TRUST_MALFORMED */
export function parseTrust(input: unknown): Trust {
  const result = schema.safeParse(typeof input === 'string' ? parseJson(input) : input);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new AppError('TRUST_MALFORMED', { path: issue?.path.join('.'), reason: issue?.message });
  }
  const contradiction = contradictionIn(result.data);
  if (contradiction !== undefined) throw new AppError('TRUST_MALFORMED', contradiction);
  return result.data;
}

/** The present policy first, then those that still speak for a tree of this size, newest first. */
export function policiesFor(trust: Trust, size: number): readonly EarlierPolicy[] {
  const { earlier = [] } = trust;
  return [trust, ...earlier.filter(({ lastSize }) => lastSize === undefined || size <= lastSize)];
}

/** What people compare, on a poster or over the telephone: SHA-256 of the canonical JSON without its signatures, in groups of four. */
export function fingerprintOf(trust: Trust): string {
  return toHex(digestOf(trust))
    .slice(2)
    .replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** Its second line is no number: nothing that is signed here can pass for a checkpoint. */
export function trustText(trust: Trust): string {
  return `sillok trust file\norigin ${trust.origin}\n${trust.version ?? 1}\n${toBase64(digestOf(trust))}\n`;
}

/**
 * Whether the holder of `known` may take `next` in its place: a later version of the same log's, signed by the key that `known` names
 * now. A retired key does not suffice.
 */
export function checkSuccessor(next: Trust, known: Trust, verifyEd25519: VerifyEd25519): Check {
  const [from, to] = [known.version ?? 1, next.version ?? 1];
  const details = { from, to, fingerprint: fingerprintOf(next) };
  if (next.origin !== known.origin) return failed('trust-succeeds', 'other-log', { origin: next.origin });
  if (fingerprintOf(known) === details.fingerprint) return passed('trust-succeeds', details);
  if (to <= from) return failed('trust-succeeds', 'not-later', details);
  const key = parseVerifierKey(known.logKey);
  const lines = (next.signatures ?? []).map((line) => parseSignatureLine(line));
  const line = lines.find(({ name: signer, keyId }) => signer === key.name && keyId === key.keyId);
  if (line === undefined) return failed('trust-succeeds', 'not-signed', details);
  const isSigned = verifySignature(line, key, trustText(next), verifyEd25519);
  return isSigned ? passed('trust-succeeds', details) : failed('trust-succeeds', 'bad-signature', details);
}

function digestOf({ signatures: _, ...rest }: Trust): Uint8Array {
  return sha256(utf8(canonicalJson(rest)));
}

function contradictionIn(trust: Trust): { path: string; reason: string } | undefined {
  const policies = [
    { path: '', policy: trust },
    ...(trust.earlier ?? []).map((earlier, i) => ({ path: `earlier.${i}.`, policy: earlier })),
  ];
  for (const { path, policy } of policies) {
    if (parseVerifierKey(policy.logKey).name !== trust.origin)
      return { path: `${path}logKey`, reason: 'the log key bears another name than the origin' };
    if (policy.threshold > policy.witnesses.length)
      return { path: `${path}threshold`, reason: 'above the number of witnesses' };
    // Cosignatures do not commit to the witness's name, so one key under two names would count twice.
    const keys = new Set(policy.witnesses.map(({ key }) => toHex(parseVerifierKey(key).publicKey)));
    if (keys.size < policy.witnesses.length)
      return { path: `${path}witnesses`, reason: 'two witnesses share a key' };
  }
  const malformed = (trust.signatures ?? []).find((line) => !isSignatureLine(line));
  return malformed === undefined ? undefined : { path: 'signatures', reason: 'not a signature line' };
}

function isSignatureLine(line: string): boolean {
  try {
    return parseSignatureLine(line).bytes.length > 0;
  } catch {
    return false;
  }
}

function verifierKey(type: number) {
  return z.string().refine((text) => {
    try {
      return parseVerifierKey(text).type === type;
    } catch {
      return false;
    }
  }, `not a verifier key of type ${type}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('TRUST_MALFORMED', { reason: 'not JSON' }, error);
  }
}

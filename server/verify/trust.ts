/** What a verifier trusts before it looks at any receipt: the log's key, its witnesses, the chain and its contracts. */
import { z } from 'zod';
import type { ContractAddresses } from '../core/abi.ts';
import { toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { COSIGNATURE, ED25519, parseVerifierKey } from './note.ts';

export interface TrustedWitness {
  /** Verifier key (c2sp.org/signed-note) of type 0x04, timestamped Ed25519 cosignatures. */
  readonly key: string;
  /** Who runs it, for people. A witness run by the log's own operator adds no second pair of eyes. */
  readonly operator: string;
}

export interface Trust {
  /** The log's name, first line of its checkpoints. */
  readonly origin: string;
  /** Verifier key of the log, type 0x01; its name is the origin. */
  readonly logKey: string;
  /** Who runs the log, for people. */
  readonly operator: string;
  readonly witnesses: readonly TrustedWitness[];
  /** How many of the witnesses must have cosigned. */
  readonly threshold: number;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
}

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as `0x${string}`);
const name = z.string().min(1).max(200);

const schema = z.strictObject({
  origin: name,
  logKey: verifierKey(ED25519),
  operator: name,
  witnesses: z.array(z.strictObject({ key: verifierKey(COSIGNATURE), operator: name })).max(16),
  threshold: z.int().min(0).max(16),
  chainId: z.int().min(1),
  contracts: z.strictObject({
    Organisations: address,
    Records: address,
    Attestations: address,
    Ballots: address,
  }),
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

function contradictionIn(trust: Trust): { path: string; reason: string } | undefined {
  if (parseVerifierKey(trust.logKey).name !== trust.origin)
    return { path: 'logKey', reason: 'the log key bears another name than the origin' };
  if (trust.threshold > trust.witnesses.length)
    return { path: 'threshold', reason: 'above the number of witnesses' };
  // Cosignatures do not commit to the witness's name, so one key under two names would count twice.
  const keys = new Set(trust.witnesses.map(({ key }) => toHex(parseVerifierKey(key).publicKey)));
  return keys.size < trust.witnesses.length
    ? { path: 'witnesses', reason: 'two witnesses share a key' }
    : undefined;
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

/** Who sealed a block of Istanbul BFT, from its header alone: hashed and signed as Kaia 1.0.3 does it. */
import { decodeRlp, encodeRlp, recoverAddress } from 'ethers';
import { z } from 'zod';
import { concat, fromHex, type Hex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { mayFail } from '../core/faults.ts';
import { keccak256 } from '../core/hash.ts';

export interface Seals {
  readonly number: number;
  readonly hash: Hex;
  /** Consensus round; a validator may be asked again in each. */
  readonly round: number;
  /** Whom the header names as validators; its own word. */
  readonly validators: readonly Hex[];
  /** Whose signatures stand under the hash, each once. */
  readonly sealers: readonly Hex[];
}

/** First of the extra data; its last byte is the round. */
const VANITY = 32;
const COMMIT = Uint8Array.of(2);

const bytes = z
  .string()
  .regex(/^0x([0-9a-f]{2})*$/)
  .transform((text) => text as Hex);
/** As RLP writes numbers: big-endian without leading zeros, nothing for 0. */
const quantity = z
  .string()
  .regex(/^0x(0|[1-9a-f][0-9a-f]{0,63})$/)
  .transform(
    (text): Hex => (text === '0x0' ? '0x' : `0x${text.length % 2 === 0 ? '' : '0'}${text.slice(2)}`),
  );

/** In the order in which Kaia hashes them; of a chain without Randao, as scripts/network makes it. */
const FIELDS = {
  ...{ parentHash: bytes, reward: bytes, stateRoot: bytes, transactionsRoot: bytes, receiptsRoot: bytes },
  ...{ logsBloom: bytes, blockScore: quantity, number: quantity, gasUsed: quantity, timestamp: quantity },
  ...{ timestampFoS: quantity, extraData: bytes, governanceData: bytes, voteData: bytes },
  ...{ baseFeePerGas: quantity },
};

const schema = z.object({ ...FIELDS, hash: bytes });

/**
 * @param header what `kaia_getHeaderByNumber` answers
 * @throws AppError HEADER_MALFORMED {reason}, also where the hash is not that of the fields
 */
export function sealsOf(header: unknown): Seals {
  const parsed = schema.safeParse(header);
  if (!parsed.success) throw malformed(parsed.error.issues[0]?.path.join('.') ?? 'header');
  const { data } = parsed;
  const { round, validators, seals, unsealed } = readExtra(data.extraData);
  const fields = Object.keys(FIELDS).map((name) =>
    name === 'extraData' ? unsealed : data[name as keyof typeof FIELDS],
  );
  if (hashOf(fields) !== data.hash) throw malformed('hash');
  const digest = toHex(keccak256(fromHex(data.hash), COMMIT));
  return {
    number: Number(data.number === '0x' ? 0 : data.number),
    hash: data.hash,
    round,
    validators,
    sealers: [...new Set(seals.flatMap((seal) => signerOf(digest, seal)))].sort(),
  };
}

/** By more than twice as many of `validators` as may fail: what the engine asks of a header (its verifyCommittedSeals). */
export function isSealed({ sealers }: Seals, validators: readonly Hex[]): boolean {
  return sealers.filter((one) => validators.includes(one)).length > 2 * mayFail(validators.length);
}

/** Who sealed two blocks of one height. An honest validator does not, in no round. */
export function sealedBoth(one: Seals, other: Seals): readonly Hex[] {
  if (one.number !== other.number || one.hash === other.hash) return [];
  return one.sealers.filter((address) => other.sealers.includes(address));
}

function readExtra(extraData: Hex) {
  const all = fromHex(extraData);
  const [vanity, payload] = [all.slice(0, VANITY), all.slice(VANITY)];
  if (vanity.length < VANITY) throw malformed('extraData');
  const [validators, seal, seals] = istanbul(payload);
  const round = vanity[VANITY - 1]!;
  vanity[VANITY - 1] = 0;
  const unsealed = toHex(concat(vanity, fromHex(encodeRlp([[...validators], seal, []]))));
  return { round, validators, seals, unsealed };
}

function istanbul(payload: Uint8Array): readonly [readonly Hex[], Hex, readonly Hex[]] {
  const isList = (value: unknown): value is Hex[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  try {
    const [validators, seal, seals] = decodeRlp(payload) as readonly unknown[];
    if (isList(validators) && typeof seal === 'string' && isList(seals))
      return [validators, seal as Hex, seals];
  } catch {
    // Said below.
  }
  throw malformed('extraData');
}

/** A node may put anything beside the seals. */
function signerOf(digest: Hex, seal: Hex): Hex[] {
  try {
    return [recoverAddress(digest, seal).toLowerCase() as Hex];
  } catch {
    return [];
  }
}

function hashOf(fields: readonly Hex[]): Hex {
  return toHex(keccak256(fromHex(encodeRlp([...fields]) as Hex)));
}

function malformed(reason: string): AppError {
  return new AppError('HEADER_MALFORMED', { reason });
}

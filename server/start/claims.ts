/** Several gateways on one chain: who may claim members of Merkle batches here, or where this one claims them. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { ClaimsState } from '../core/operator-state.ts';
import type { KnownGateway } from '../http/identity.ts';
import { type Claimant, openClaimant } from '../outbox/claimant.ts';
import { type Book, openBook } from '../outbox/claims.ts';
import type { Start } from './start.ts';

export interface Claims {
  /** Gateways that may claim here. */
  readonly gateways: readonly KnownGateway[];
  /** Where the ids are given out. */
  readonly book: Book | undefined;
  /** Where they are asked for. */
  readonly claimant: Claimant | undefined;
  readonly state: () => ClaimsState;
}

const MIN_TOKEN = 32;

/** @throws AppError CONFIG_MALFORMED | STORE_* */
export async function openClaims(
  { config, store, logger, stops, nowMs }: Pick<Start, 'config' | 'store' | 'logger' | 'stops' | 'nowMs'>,
  isRestored: boolean,
): Promise<Claims> {
  const lines = config.claimsFile === undefined ? [] : await readLines(config.claimsFile);
  const onTrouble = (error: AppError) => logger.warn({ error: String(error) }, 'claims');
  if (config.logUrl === undefined) {
    const urls = lines.map(({ url }) => url);
    const book = await openBook({ store, gateways: urls, isRestored, onTrouble, nowMs });
    return { gateways: lines, book, claimant: undefined, state: book.state };
  }
  const gateway = new URL(config.logUrl).origin;
  const [own, ...others] = lines;
  if (others.length > 0) throw malformed('a file with one line where SILLOK_LOG_URL is set');
  if (own === undefined) return following(refusing(gateway));
  const claimant = await openClaimant({ store, gateway, own, isRestored, onTrouble, nowMs });
  stops.add(async () => claimant.close());
  return following(claimant);
}

function following(claimant: Claimant): Claims {
  return { gateways: [], book: undefined, claimant, state: claimant.state };
}

/** As its operator has chosen: nothing to be alarmed about. */
function refusing(gateway: string): Claimant {
  return {
    claim: async () => {
      throw new AppError('CLAIMS_UNSET', { gateway });
    },
    watch: () => {},
    state: () => ({ recordedTwice: 0 }),
    close: () => {},
  };
}

/** Lines of an address and a token; what begins with # is for people. */
async function readLines(file: string): Promise<readonly KnownGateway[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const all = lines.map((line) => {
    const [url = '', token = '', ...rest] = line.trim().split(/\s+/);
    if (!/^https?:\/\//.test(url) || !URL.canParse(url) || token.length < MIN_TOKEN || rest.length > 0)
      throw malformed('a file whose lines are an address and a token of at least 32 characters');
    return { url: new URL(url).origin, token };
  });
  const isDistinct = (values: readonly string[]) => new Set(values).size === values.length;
  if (
    all.length === 0 ||
    !isDistinct(all.map(({ url }) => url)) ||
    !isDistinct(all.map(({ token }) => token))
  )
    throw malformed('a file with a line for each gateway, each with a token of its own');
  return all;
}

function malformed(expected: string): AppError {
  return new AppError('CONFIG_MALFORMED', { name: 'SILLOK_CLAIMS_FILE', expected });
}

/** The trust file of a ledger whose log another gateway signs: taken once under its fingerprint, then only in signed steps. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readJsonFile, writeJsonFile } from '../actions/data-folder.ts';
import type { Deployment } from '../chain/deploy.ts';
import { AppError } from '../core/errors.ts';
import { verifyEd25519 } from '../log/ed25519.ts';
import { fetchText } from '../log/fetch.ts';
import { bearsFingerprint, checkNext, stepsTo } from '../verify/successor.ts';
import { fingerprintOf, parseTrust, type Trust } from '../verify/trust.ts';

const MAX_LENGTH = 256 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * @param source a path or an http address
 * @throws AppError TRUST_UNREADABLE | TRUST_MALFORMED | TRUST_FINGERPRINT
 */
export async function readTrust(source: string, fingerprint?: string): Promise<Trust> {
  const trust = parseTrust(await textOf(source));
  if (fingerprint !== undefined && !bearsFingerprint(trust, fingerprint))
    throw new AppError('TRUST_FINGERPRINT', { source, is: fingerprintOf(trust) });
  return trust;
}

/** What takes the place of `known`. @throws AppError TRUST_NOT_SUCCESSOR | TRUST_WEAKER */
export function successorOf(known: Trust, next: Trust, source: string, fingerprint?: string): Trust {
  const { status, details } = checkNext(next, known, verifyEd25519, fingerprint);
  if (status === 'failed') throw new AppError('TRUST_NOT_SUCCESSOR', { source, reason: details?.reason });
  if (status === 'skipped') throw new AppError('TRUST_WEAKER', { source, is: fingerprintOf(next) });
  return next;
}

/** Of an earlier start. @throws AppError DATA_CORRUPT | TRUST_MALFORMED */
export function knownTrust({ trust }: { readonly trust: string }): Promise<Trust | undefined> {
  return readJsonFile<Trust>(trust, (value) => parseTrust(value) !== undefined);
}

export interface TakeTrust {
  /** Path of the copy that is kept; its deployment is kept beside, and every version where there is a folder for them. */
  readonly folder: { readonly trust: string; readonly deployment: string; readonly trusts?: string };
  readonly source: string;
  readonly fingerprint: string | undefined;
}

/**
 * At the first start an address needs a fingerprint, a file speaks for itself; later only a successor is taken, and a source that is
 * silent or has an older one changes nothing.
 * @throws AppError TRUST_* as above, TRUST_FINGERPRINT_MISSING, TRUST_WITHOUT_DEPLOYMENT
 */
export async function takeTrust({ folder, source, fingerprint }: TakeTrust): Promise<Trust> {
  const known = await knownTrust(folder);
  const taken =
    known === undefined
      ? [await first(source, fingerprint)]
      : await renewals(known, await readTrust(source).catch(() => known), source, fingerprint);
  const trust = taken.at(-1) ?? known!;
  const { deployment, chainId, contracts } = trust;
  if (deployment === undefined) throw new AppError('TRUST_WITHOUT_DEPLOYMENT', { source });
  const kept: Deployment = { chainId, contracts, ...deployment };
  if ((await readJsonFile(folder.deployment)) === undefined) await writeJsonFile(folder.deployment, kept);
  await keep(folder, taken);
  return trust;
}

/**
 * While the gateway runs: what its source has now, in the place of `known`.
 * @throws AppError TRUST_* as above
 */
export async function renewTrust(
  { folder, source }: Omit<TakeTrust, 'fingerprint'>,
  known: Trust,
): Promise<Trust> {
  const taken = await renewals(known, await readTrust(source), source);
  await keep(folder, taken);
  return taken.at(-1) ?? known;
}

/** The newest one last, in the place of the one before when all others are there. */
async function keep({ trust, trusts }: TakeTrust['folder'], taken: readonly Trust[]): Promise<void> {
  if (trusts !== undefined)
    for (const one of taken) await writeJsonFile(join(trusts, `${one.version ?? 1}.json`), one);
  if (taken.length > 0) await writeJsonFile(trust, taken.at(-1)!);
}

async function first(source: string, fingerprint: string | undefined): Promise<Trust> {
  const trust = await readTrust(source, fingerprint);
  if (fingerprint === undefined && isAddress(source))
    throw new AppError('TRUST_FINGERPRINT_MISSING', { source, is: fingerprintOf(trust) });
  return trust;
}

/** All that follow `known` up to the offered one, over those between where its key did not sign that. */
async function renewals(
  known: Trust,
  offered: Trust,
  source: string,
  fingerprint?: string,
): Promise<readonly Trust[]> {
  if ((offered.version ?? 1) < (known.version ?? 1)) return [];
  const ask = (version: number) =>
    isAddress(source)
      ? readTrust(`${source.replace(/\/+$/, '')}/${version}`).catch(() => undefined)
      : Promise.resolve(undefined);
  const steps = await stepsTo(offered, known, ask, verifyEd25519);
  const newest = steps.at(-1) ?? known;
  return newest === offered ? steps : [...steps, successorOf(newest, offered, source, fingerprint)];
}

async function textOf(source: string): Promise<string> {
  try {
    if (!isAddress(source)) return await readFile(resolve(source), 'utf8');
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, text } = await fetchText(source, { signal, maxLength: MAX_LENGTH });
    if (status === 200) return text;
    throw new AppError('TRUST_UNREADABLE', { source, reason: `status ${status}` });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { cause, message } = error as Error;
    throw new AppError(
      'TRUST_UNREADABLE',
      { source, reason: (cause as Error | undefined)?.message ?? message },
      error,
    );
  }
}

function isAddress(source: string): boolean {
  return /^https?:\/\//.test(source);
}

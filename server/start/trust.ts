/** The trust file of a ledger whose log another gateway signs: taken once under its fingerprint, then only in signed steps. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readJsonFile, writeJsonFile } from '../actions/data-folder.ts';
import type { Deployment } from '../chain/deploy.ts';
import { canonicalJson } from '../core/canonical.ts';
import { AppError } from '../core/errors.ts';
import { verifyEd25519 } from '../log/ed25519.ts';
import { fetchText } from '../log/fetch.ts';
import {
  checkSuccessor,
  type EarlierPolicy,
  fingerprintOf,
  parseTrust,
  type Trust,
} from '../verify/trust.ts';

const MAX_LENGTH = 256 * 1024;
const TIMEOUT_MS = 10_000;

/** A path or an http address. @throws AppError TRUST_UNREADABLE | TRUST_MALFORMED */
export async function readTrust(source: string): Promise<Trust> {
  return parseTrust(await textOf(source));
}

/** @param fingerprint with or without spaces. @throws AppError TRUST_FINGERPRINT */
function mustBear(trust: Trust, fingerprint: string, source: string): void {
  const is = fingerprintOf(trust);
  if (!bears(is, fingerprint)) throw new AppError('TRUST_FINGERPRINT', { source, is });
}

/**
 * What takes the place of `known`. The log's key alone says who follows; so that its thief cannot do away with the witnesses, a
 * file that lowers the policy is taken only by a person who names its fingerprint.
 * @throws AppError TRUST_NOT_SUCCESSOR | TRUST_WEAKER
 */
export function successorOf(known: Trust, next: Trust, source: string, fingerprint?: string): Trust {
  const { status, details } = checkSuccessor(next, known, verifyEd25519);
  if (status !== 'passed') throw new AppError('TRUST_NOT_SUCCESSOR', { source, reason: details?.reason });
  const is = fingerprintOf(next);
  if (keepsPolicy(known, next) || (fingerprint !== undefined && bears(is, fingerprint))) return next;
  throw new AppError('TRUST_WEAKER', { source, is });
}

/**
 * The same contracts, and in every policy that is new as many cosignatures as before, of which enough can still come from witnesses
 * trusted so far. An earlier policy counts: it speaks for trees of today for as long as it names no size, or a large one.
 */
function keepsPolicy(known: Trust, next: Trust): boolean {
  const isSame = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);
  const isOld = (policy: EarlierPolicy) => (known.earlier ?? []).some((one) => isSame(one, policy));
  const policies = [next, ...(next.earlier ?? []).filter((policy) => !isOld(policy))];
  return (
    next.chainId === known.chainId &&
    isSame(next.contracts, known.contracts) &&
    policies.every(({ threshold, witnesses }) => {
      const kept = witnesses.filter(({ key }) => known.witnesses.some((one) => one.key === key));
      return threshold >= known.threshold && kept.length >= known.threshold;
    })
  );
}

function bears(is: string, fingerprint: string): boolean {
  return is.replaceAll(' ', '') === fingerprint.replaceAll(/\s/g, '').toLowerCase();
}

export interface TakeTrust {
  /** Path of the copy that is kept; its deployment is kept beside. */
  readonly folder: { readonly trust: string; readonly deployment: string };
  readonly source: string;
  readonly fingerprint: string | undefined;
}

/**
 * At the first start an address needs a fingerprint, a file speaks for itself; later only a successor is taken, and a source that is
 * silent or has an older one changes nothing.
 * @throws AppError TRUST_* as above, TRUST_FINGERPRINT_MISSING, TRUST_WITHOUT_DEPLOYMENT
 */
export async function takeTrust({ folder, source, fingerprint }: TakeTrust): Promise<Trust> {
  const known = await readJsonFile<Trust>(folder.trust, (value) => parseTrust(value) !== undefined);
  const trust =
    known === undefined ? await first(source, fingerprint) : await renewed(known, source, fingerprint);
  const { deployment, chainId, contracts } = trust;
  if (deployment === undefined) throw new AppError('TRUST_WITHOUT_DEPLOYMENT', { source });
  const kept: Deployment = { chainId, contracts, ...deployment };
  if ((await readJsonFile(folder.deployment)) === undefined) await writeJsonFile(folder.deployment, kept);
  await writeJsonFile(folder.trust, trust);
  return trust;
}

async function first(source: string, fingerprint: string | undefined): Promise<Trust> {
  const trust = await readTrust(source);
  if (fingerprint !== undefined) mustBear(trust, fingerprint, source);
  else if (isAddress(source))
    throw new AppError('TRUST_FINGERPRINT_MISSING', { source, is: fingerprintOf(trust) });
  return trust;
}

async function renewed(known: Trust, source: string, fingerprint: string | undefined): Promise<Trust> {
  const next = await readTrust(source).catch(() => known);
  return (next.version ?? 1) < (known.version ?? 1) ? known : successorOf(known, next, source, fingerprint);
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

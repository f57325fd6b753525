/**
 * Whom this device trusts: the trust file that it took first, and since then only what follows from it. The only door to /v1/trust,
 * for verdicts as for what is signed or cast. Another file is put aside until a person names the fingerprint that the city published.
 */
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import { bearsFingerprint, checkNext, stepsTo } from '../../server/verify/successor.ts';
import { fingerprintOf, parseTrust, type Trust } from '../../server/verify/trust.ts';
import { askJson } from './api.ts';
import { t } from './lang.ts';
import { watched } from './store.ts';

const KEPT = 'sillok.trust';
const ASIDE = 'sillok.trust.aside';

/** `weaker`: it follows, but asks for less. `unsigned`: it does not follow. */
export type Doubt = 'weaker' | 'unsigned';

export interface TrustAtHand {
  readonly trust: Trust;
  /** False when the gateway could not be asked now. */
  readonly isFresh: boolean;
  /** The gateway hands out a file that this device may not take by itself. It outlives the network: being offline settles nothing. */
  readonly doubt: Doubt | undefined;
}

const current = watched<TrustAtHand | undefined>(undefined);

/** What was last at hand, for what only shows it. */
export const useTrust = current.use;

/** @throws Error in words on a device that has never had a trust file and gets none now */
export async function trustAtHand(): Promise<TrustAtHand> {
  const offered = await ask('/v1/trust');
  const kept = read(KEPT);
  const trust = offered === undefined ? kept : kept === undefined ? offered : await reach(offered, kept);
  if (trust === undefined) throw new Error(t('verify.trust.none'));
  keep(KEPT, trust);
  if (offered !== undefined && isSame(offered, trust)) localStorage.removeItem(ASIDE);
  // An older one changes nothing, as a gateway that was put back to a backup shows it.
  else if (offered !== undefined && versionOf(offered) >= versionOf(trust)) keep(ASIDE, offered);
  const known = { trust, isFresh: offered !== undefined && navigator.onLine, doubt: doubtOf(trust) };
  current.set(known);
  return known;
}

/** Takes what was put aside, when it bears the fingerprint that a person learnt elsewhere. @returns whether it does */
export function confirmTrust(fingerprint: string): boolean {
  const trust = read(ASIDE);
  if (trust === undefined || !bearsFingerprint(trust, fingerprint)) return false;
  keep(KEPT, trust);
  localStorage.removeItem(ASIDE);
  current.set({ trust, isFresh: navigator.onLine, doubt: undefined });
  return true;
}

/** @returns the newest that follows `kept` */
async function reach(offered: Trust, kept: Trust): Promise<Trust> {
  const steps = await stepsTo(offered, kept, (version) => ask(`/v1/trust/${version}`), verifyEd25519);
  return steps.at(-1) ?? kept;
}

function doubtOf(trust: Trust): Doubt | undefined {
  const aside = read(ASIDE);
  if (aside === undefined) return undefined;
  return checkNext(aside, trust, verifyEd25519).status === 'skipped' ? 'weaker' : 'unsigned';
}

const versionOf = ({ version = 1 }: Trust) => version;
const isSame = (a: Trust, b: Trust) => fingerprintOf(a) === fingerprintOf(b);

/** It tells nobody who asks. undefined without a network, and for what is no trust file. */
async function ask(path: string): Promise<Trust | undefined> {
  try {
    return parseTrust(await askJson<unknown>(path, { isAnonymous: true }));
  } catch {
    return undefined;
  }
}

function read(name: string): Trust | undefined {
  try {
    return parseTrust(localStorage.getItem(name));
  } catch {
    return undefined;
  }
}

function keep(name: string, trust: Trust): void {
  localStorage.setItem(name, JSON.stringify(trust));
}

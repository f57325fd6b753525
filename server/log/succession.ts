/** From one trust file to the next: what changed gets a new version, and what it replaces keeps speaking for the trees of its time. */
import { canonicalJson } from '../core/canonical.ts';
import { type EarlierPolicy, type Policy, type Trust, trustText } from '../verify/trust.ts';
import type { LogKey } from './key.ts';
import { signNote } from './sign.ts';

export interface Succession {
  /** The trust file so far; undefined at the first start. */
  readonly known: Trust | undefined;
  /** What is true now. Version, earlier policies and signatures follow from it. */
  readonly now: Omit<Trust, 'version' | 'earlier' | 'signatures'>;
  /** Verifier key of the log that still signs beside the new one. */
  readonly retiring: string | undefined;
  /** The largest tree that was signed so far: no replaced policy speaks for a larger one. */
  readonly signedSize: number;
}

/** @returns `known` itself when nothing changed */
export function succeed({ known, now, retiring, signedSize }: Succession): Trust {
  if (known === undefined) return { version: 1, ...now };
  const earlier = earlierOf(known, now, retiring, signedSize);
  const { version = 1, earlier: _, signatures: __, ...before } = known;
  const isSame =
    canonicalJson(before) === canonicalJson(now) &&
    canonicalJson(known.earlier ?? []) === canonicalJson(earlier);
  if (isSame) return known;
  return { version: version + 1, ...now, ...(earlier.length > 0 && { earlier }) };
}

/** Signed by every key at hand, the one that verifiers trust so far among them. */
export function signTrust(trust: Trust, keys: readonly LogKey[]): Trust {
  const lines = signNote(trustText(trust), ...keys).split('\n\n')[1]!;
  return { ...trust, signatures: lines.trimEnd().split('\n') };
}

function earlierOf(
  known: Trust,
  now: Policy,
  retiring: string | undefined,
  signedSize: number,
): readonly EarlierPolicy[] {
  const closed = (known.earlier ?? []).map((policy) => ({
    ...policyOf(policy),
    lastSize: policy.lastSize ?? signedSize,
  }));
  if (!isEqual(known, now)) closed.unshift({ ...policyOf(known), lastSize: signedSize });
  // The old key beside the witnesses of today: its own policy would let fewer of them do.
  const open: readonly EarlierPolicy[] =
    retiring === undefined ? [] : [{ ...policyOf(now), logKey: retiring }];
  const isCovered = (policy: Policy) => open.some((one) => isEqual(one, policy));
  const kept = closed.filter(
    (policy, i) => !isCovered(policy) && closed.findIndex((other) => isEqual(other, policy)) === i,
  );
  return [...open, ...kept];
}

function policyOf({ logKey, witnesses, threshold }: Policy): Policy {
  return { logKey, witnesses, threshold };
}

function isEqual(a: Policy, b: Policy): boolean {
  return canonicalJson(policyOf(a)) === canonicalJson(policyOf(b));
}

/** What may take the place of the trust file at hand: the same answer for gateways, witnesses, command line and pages. */
import { canonicalJson } from '../core/canonical.ts';
import { verifyCosignature } from './checkpoint.ts';
import { parseSignatureLine, parseVerifierKey, type VerifyEd25519 } from './note.ts';
import { checkSuccessor, type EarlierPolicy, fingerprintOf, type Trust, trustText } from './trust.ts';
import { type Check, skipped } from './verdict.ts';

/**
 * The log's key says who follows. So that its thief cannot do away with the witnesses, a file that asks for less than `known` is taken
 * only when as many of them endorse it as a checkpoint needs, or by a person who names the fingerprint that the city has published;
 * until then it cannot be told.
 */
export function checkNext(
  next: Trust,
  known: Trust,
  verifyEd25519: VerifyEd25519,
  fingerprint?: string,
): Check {
  const check = checkSuccessor(next, known, verifyEd25519);
  const isNamed = fingerprint !== undefined && bearsFingerprint(next, fingerprint);
  const isEndorsed = () =>
    known.threshold > 0 && endorsersOf(next, known, verifyEd25519).length >= known.threshold;
  return check.status !== 'passed' || isNamed || asksForAsMuch(next, known) || isEndorsed()
    ? check
    : skipped('trust-succeeds', 'weaker', check.details);
}

/** Versions that are caught up at once. */
const MAX_STEPS = 50;

/**
 * Those that may be taken one after another from `known` to `offered`, the offered one last where it can be reached: the key of today
 * need not have signed what a verifier knows that was away for long, but every version is signed under the one before.
 * @param ask for a version between; undefined when nobody has it
 */
export async function stepsTo(
  offered: Trust,
  known: Trust,
  ask: (version: number) => Promise<Trust | undefined>,
  verifyEd25519: VerifyEd25519,
): Promise<readonly Trust[]> {
  const follows = (next: Trust, before: Trust) => checkNext(next, before, verifyEd25519).status === 'passed';
  if (follows(offered, known)) return [offered];
  const { version: from = 1 } = known;
  const steps: Trust[] = [];
  const last = Math.min(offered.version ?? 1, from + MAX_STEPS);
  for (let version = from + 1; version < last; version++) {
    const next = await ask(version);
    if (next === undefined || !follows(next, steps.at(-1) ?? known)) break;
    steps.push(next);
  }
  return steps.length > 0 && follows(offered, steps.at(-1)!) ? [...steps, offered] : steps;
}

/**
 * Names of those witnesses of `known` that cosigned `next`. Who holds the log's key and so many of theirs can make checkpoints of any
 * content already: nothing is risked by believing them here. The operator's own do not count; they would vouch for their successors
 * as independent ones.
 */
export function endorsersOf(next: Trust, known: Trust, verifyEd25519: VerifyEd25519): readonly string[] {
  const text = trustText(next);
  const lines = (next.signatures ?? []).map((line) => parseSignatureLine(line));
  return known.witnesses.flatMap(({ key, operator }) => {
    const witness = parseVerifierKey(key);
    const line = lines.find(({ name, keyId }) => name === witness.name && keyId === witness.keyId);
    if (line === undefined || operator === known.operator) return [];
    return verifyCosignature(line, witness, text, verifyEd25519) === undefined ? [] : [witness.name];
  });
}

/** @param fingerprint as people write it: with or without spaces, small letters or capitals */
export function bearsFingerprint(trust: Trust, fingerprint: string): boolean {
  const bare = (text: string) => text.replaceAll(/\s/g, '').toLowerCase();
  return bare(fingerprintOf(trust)) === bare(fingerprint);
}

/**
 * The same ledger, and of every policy that is new: whoever meets it has met the known one as well. That holds however many steps are
 * taken one after another, where a rule that only counts the witnesses kept would let a thief exchange them one by one. An earlier
 * policy counts: it speaks for trees of today for as long as it names no size, or a large one.
 */
function asksForAsMuch(next: Trust, known: Trust): boolean {
  const isSame = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);
  const isOld = (policy: EarlierPolicy) => (known.earlier ?? []).some((one) => isSame(one, policy));
  const policies = [next, ...(next.earlier ?? []).filter((policy) => !isOld(policy))];
  const sameDeployment = known.deployment === undefined || isSame(next.deployment ?? {}, known.deployment);
  return (
    sameDeployment &&
    next.chainId === known.chainId &&
    isSame(next.contracts, known.contracts) &&
    policies.every(({ threshold, witnesses }) => {
      const added = witnesses.filter(({ key, operator }) => !isKept(key, operator, next, known));
      return Math.max(0, threshold - added.length) >= known.threshold;
    })
  );
}

/** One of the operator's own that is now said to be another's is not: the verdict would claim a second pair of eyes. */
function isKept(key: string, operator: string, next: Trust, known: Trust): boolean {
  return known.witnesses.some(
    (one) => one.key === key && (one.operator !== known.operator || operator === next.operator),
  );
}

/** The verdict on a receipt: pure, offline, the same code in gateway, page and command line. */
import { type DecodedEvent, decodeEvent, isLeaf, type RecordedEvent } from '../core/abi.ts';
import { equal, type Hex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { decodeLeaf, type LedgerEvent } from '../core/event.ts';
import { type TreeHead, verifyCosignature, verifySignature } from './checkpoint.ts';
import { leafHash, rootFromInclusion } from './merkle.ts';
import {
  type Note,
  type NoteSignature,
  parseVerifierKey,
  signatureOf,
  type VerifierKey,
  type VerifyEd25519,
} from './note.ts';
import { parseReceipt, type Receipt } from './receipt.ts';
import { type Policy, policiesFor, type Trust } from './trust.ts';
import { type Check, failed, outcomeOf, passed, skipped, type Verdict } from './verdict.ts';

export interface Tools {
  readonly verifyEd25519: VerifyEd25519;
}

/** What a short link or a QR promised about the receipt that was fetched for it. */
export interface Expected {
  readonly entryId?: Hex;
  /** What it names is one leaf, and no other than the entry's. */
  readonly leafHash?: Hex;
}

export interface ReceiptVerdict extends Verdict {
  /** Present when the leaf could be read. Believe it only when the outcome is valid. */
  readonly event?: RecordedEvent;
}

export function verifyReceipt(
  text: string,
  trust: Trust,
  tools: Tools,
  expected: Expected = {},
): ReceiptVerdict {
  let receipt: Receipt;
  try {
    receipt = parseReceipt(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const checks = [failed('receipt-form', 'malformed', { place: String(error.details.reason) })];
    return { outcome: 'invalid', checks };
  }
  const leaf = leafHash(receipt.leaf);
  const { checks: leafChecks, event } = checkLeaf(receipt, trust);
  const link = checkExpected(leaf, event, expected);
  const checks = [
    passed('receipt-form'),
    ...link,
    checkInclusion(receipt, leaf),
    ...checkCheckpoint(receipt.checkpoint, receipt.head, trust, tools),
    ...leafChecks,
  ];
  // Which member of a batch is meant, its document shows: that the link cannot tell makes no receipt less valid.
  const required = checks.filter((check) => check.status !== 'skipped' || !link.includes(check));
  return { outcome: outcomeOf(required, link), checks, ...(event === undefined ? {} : { event }) };
}

interface Keys {
  readonly log: VerifierKey;
  readonly witnesses: readonly { readonly key: VerifierKey; readonly operator: string }[];
}

const parsedKeys = new WeakMap<Policy, Keys>();

/** Key ids are hashes; one trust file checks many receipts. */
function keysOf(policy: Policy): Keys {
  const known = parsedKeys.get(policy);
  if (known !== undefined) return known;
  const keys = {
    log: parseVerifierKey(policy.logKey),
    witnesses: policy.witnesses.map(({ key, operator }) => ({ key: parseVerifierKey(key), operator })),
  };
  parsedKeys.set(policy, keys);
  return keys;
}

function checkExpected(
  leaf: Uint8Array,
  event: RecordedEvent | undefined,
  { entryId, leafHash: expected }: Expected,
): Check[] {
  const judge = (same: boolean) => [same ? passed('link-matches') : failed('link-matches', 'other-entry')];
  if (expected !== undefined) return judge(toHex(leaf) === expected.toLowerCase());
  if (entryId === undefined || event === undefined) return [];
  const named = 'entryId' in event.args ? event.args.entryId : undefined;
  if (event.name === 'BatchAnchored' && named !== entryId.toLowerCase())
    return [skipped('link-matches', 'member')];
  return judge(named === entryId.toLowerCase());
}

function checkInclusion(receipt: Receipt, leaf: Uint8Array): Check {
  const { index, path, head } = receipt;
  const root = rootFromInclusion(index, head.size, leaf, path);
  return root !== undefined && equal(root, head.root)
    ? passed('in-log', { index, size: head.size })
    : failed('in-log', root === undefined ? 'shape' : 'root');
}

/** Signatures of one note; policies that follow each other share most of their keys. */
interface Signatures {
  readonly note: Note;
  /** undefined: no line under this key. */
  signedBy(key: VerifierKey): boolean | undefined;
  /** undefined: no line under this key; 0: one that does not verify. */
  cosignedBy(key: VerifierKey): number | undefined;
}

function signaturesOf(note: Note, { verifyEd25519 }: Tools): Signatures {
  const found = new Map<string, number | undefined>();
  const once = (key: VerifierKey, verify: (line: NoteSignature) => number) => {
    const id = `${key.keyId} ${key.name}`;
    if (!found.has(id)) {
      const line = signatureOf(note, key);
      found.set(id, line === undefined ? undefined : verify(line));
    }
    return found.get(id);
  };
  return {
    note,
    signedBy(key) {
      const result = once(key, (line) => Number(verifySignature(line, key, note.text, verifyEd25519)));
      return result === undefined ? undefined : result === 1;
    },
    cosignedBy: (key) => once(key, (line) => verifyCosignature(line, key, note.text, verifyEd25519) ?? 0),
  };
}

/** `log-signature` and `witnessed`: the present policy decides, or an earlier one that speaks for a tree of this size. */
export function checkCheckpoint(note: Note, head: TreeHead, trust: Trust, tools: Tools): readonly Check[] {
  if (head.origin !== trust.origin) {
    const details = { origin: head.origin };
    return [skipped('log-signature', 'other-log', details), skipped('witnessed', 'other-log', details)];
  }
  const signatures = signaturesOf(note, tools);
  const judged = policiesFor(trust, head.size).map((policy) => [
    checkLogSignature(signatures, trust, policy, head.size),
    checkWitnesses(signatures, policy, trust.operator),
  ]);
  const isForged = (checks: readonly Check[]) =>
    checks.some(({ details }) => details?.reason === 'bad-signature');
  return (
    judged.find(isForged) ??
    judged.find((checks) => checks.every(({ status }) => status === 'passed')) ??
    judged.find(([log]) => log!.status === 'passed') ??
    judged[0]!
  );
}

function checkLogSignature(
  { note, signedBy }: Signatures,
  { earlier = [] }: Trust,
  policy: Policy,
  size: number,
): Check {
  const { log } = keysOf(policy);
  const isSigned = signedBy(log);
  if (isSigned !== undefined)
    return isSigned
      ? passed('log-signature', { origin: log.name })
      : failed('log-signature', 'bad-signature');
  const retired = earlier.find(
    ({ logKey, lastSize = size }) => lastSize < size && signatureOf(note, parseVerifierKey(logKey)),
  );
  if (retired !== undefined)
    return failed('log-signature', 'retired-key', { lastSize: retired.lastSize ?? 0, size });
  // A line under the log's name but another key id may be a key this trust file does not know yet.
  const renamed = note.signatures.some(({ name }) => name === log.name);
  return renamed ? skipped('log-signature', 'other-key') : failed('log-signature', 'missing');
}

/** A cosignature under a known key that does not verify condemns the note (c2sp.org/signed-note); a missing one does not. */
function checkWitnesses({ cosignedBy }: Signatures, policy: Policy, operatorOfLog: string): Check {
  const { witnesses } = keysOf(policy);
  const names: string[] = [];
  const operators = new Set<string>();
  let latestSec = 0;
  for (const { key, operator } of witnesses) {
    const timeSec = cosignedBy(key);
    if (timeSec === undefined) continue;
    if (timeSec === 0) return failed('witnessed', 'bad-signature', { name: key.name });
    names.push(key.name);
    operators.add(operator);
    latestSec = Math.max(latestSec, timeSec);
  }
  const { threshold } = policy;
  const details = { k: names.length, n: witnesses.length, threshold, names: names.join(', '), latestSec };
  if (threshold === 0) return skipped('witnessed', 'no-witness-trusted', details);
  if (names.length < threshold) return skipped('witnessed', 'too-few', details);
  // Cosigners that the log's own operator runs add no second pair of eyes: another name, so that no reader misses it.
  const isIndependent = [...operators].some((operator) => operator !== operatorOfLog);
  return passed(isIndependent ? 'witnessed' : 'witnessed-by-operator', details);
}

function checkLeaf(receipt: Receipt, trust: Trust): { checks: Check[]; event?: RecordedEvent } {
  let ledgerEvent: LedgerEvent;
  try {
    ledgerEvent = decodeLeaf(receipt.leaf);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { checks: [failed('entry-readable', 'malformed', { place: String(error.details.reason) })] };
  }
  const { chainId, block, timeSec, address } = ledgerEvent;
  const chain =
    chainId === trust.chainId
      ? passed('chain-known', { chainId, block, timeSec })
      : failed('chain-known', 'other-chain', { chainId });
  const contract = Object.entries(trust.contracts).find(([, known]) => known === address)?.[0];
  if (contract === undefined)
    return { checks: [chain, failed('contract-known', 'other-contract', { address })] };
  const known = [chain, passed('contract-known', { contract, address })];
  const event = decodeEvent(ledgerEvent, trust.contracts);
  // The contract is ours, the event is not known: a newer version of this program may read it.
  if (event === undefined) return { checks: [...known, skipped('entry-readable', 'unknown-event')] };
  if (!isLeaf(event)) return { checks: [...known, failed('entry-readable', 'refusal')] };
  const checks = [...known, passed('entry-readable', { event: event.name })];
  return { checks, event: recorded(event, ledgerEvent, receipt.index) };
}

function recorded(event: DecodedEvent, { block, timeSec }: LedgerEvent, leafIndex: number): RecordedEvent {
  return { ...event, leafIndex, block, timeSec };
}

/**
 * A monitor: derives the log from its own node and compares it with what the log and the witnesses show. It signs nothing and needs
 * no key, so that anybody may run one. What it saw once is kept: a log that shows another history later contradicts its own signature.
 */
import { join } from 'node:path';
import { checkDeployment } from '../chain/deploy.ts';
import { openNetwork } from '../chain/network.ts';
import { equal, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { decodeLeaf } from '../core/event.ts';
import { sha256 } from '../core/hash.ts';
import { verifyEd25519 } from '../log/ed25519.ts';
import { fetchBytes, fetchText } from '../log/fetch.ts';
import { decodeBundle, TILE, tilePath } from '../log/tiles.ts';
import { openTree, type Tree } from '../log/tree.ts';
import { openPublications } from '../publications/publications.ts';
import { services } from '../services/index.ts';
import { openStore } from '../store/level.ts';
import { parseTreeHead, type TreeHead, verifyCosignature } from '../verify/checkpoint.ts';
import { type Note, parseNote, parseVerifierKey, signatureOf } from '../verify/note.ts';
import type { Trust } from '../verify/trust.ts';
import { checkCheckpoint } from '../verify/verify.ts';
import { alarmPath } from './alarms.ts';
import { type Derivation, openDerivation } from './derive.ts';
import { findFork } from './forks.ts';
import type { WitnessStatus } from './status.ts';

export interface Finding {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
  /** Signed notes, or sealed headers, that prove it to others. */
  readonly evidence: readonly string[];
}

export interface Round {
  /** Size of the log's checkpoint. */
  readonly size: number | undefined;
  readonly root: string | undefined;
  /** Something is wrong, by name. */
  readonly findings: readonly Finding[];
  /** What could not be looked at. */
  readonly unclear: readonly string[];
}

export interface Monitor {
  /** Looks at everything once. */
  round(): Promise<Round>;
  stop(): Promise<void>;
}

export interface OpenMonitor {
  readonly folder: string;
  readonly trust: Trust;
  /** Asked before anybody is accused: the keys may have changed. Answers a successor that was checked, or the same again. */
  readonly renewTrust?: (known: Trust) => Promise<Trust>;
  readonly rpcUrl: string;
  /** Without trailing slash. */
  readonly logUrl: string;
  readonly witnessUrls: readonly string[];
  /** JSON-RPC addresses of other nodes, whose blocks are compared with the own node's. */
  readonly nodeUrls: readonly string[];
  readonly nowSec: () => number;
  /** How long the own node may take to show what the log holds. */
  readonly waitMs: number;
  readonly report: (error: unknown) => void;
}

/** What was seen last, and how far the log's entries were compared. */
interface Seen {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly compared: number;
}

interface Shown {
  readonly note: Note;
  readonly head: TreeHead;
  readonly text: string;
}

/** The largest bundle: 256 entries of 64 KiB with their lengths. */
const ANSWER_LIMIT = 64 * 1024 * TILE + 2 * TILE;
const TIMEOUT_MS = 10_000;
/** Leaves that wait longer for a checkpoint are held back, and so is a public document that nobody gives. */
const STALL_SEC = 300;
/** One is enough to look; who lies may show any number. */
const MAX_ALARMS = 20;
const KEY = 'seen';

/** @throws AppError CHAIN_* | STORE_* | TRUST_WITHOUT_DEPLOYMENT */
export async function openMonitor(options: OpenMonitor): Promise<Monitor> {
  const { folder, report, renewTrust } = options;
  let { trust } = options;
  const { chainId, contracts, deployment } = trust;
  if (deployment === undefined) throw new AppError('TRUST_WITHOUT_DEPLOYMENT', { source: 'at hand' });
  const network = await openNetwork({ url: options.rpcUrl, chainId });
  await checkDeployment(network, { chainId, contracts, ...deployment });
  const store = await openStore(join(folder, 'store'));
  const tree = await openTree(join(folder, 'log'));
  const { fromBlock } = deployment;
  const derivation = await openDerivation({ network, contracts, fromBlock, store, tree, report });
  const publications = await openPublications({
    ...{ services, contracts, store, report, nowSec: options.nowSec },
    leaves: { size: () => tree.size, leaf: (index) => tree.entry(index) },
    sources: [new URL(options.logUrl).origin, ...options.witnessUrls],
  });

  async function round(): Promise<Round> {
    const findings: Finding[] = [];
    const unclear: string[] = [];
    const found = (code: string, details: Finding['details'], ...evidence: string[]) =>
      void findings.push({ code, details, evidence });
    const seen = await store.get<Seen>(KEY);
    const shown = await read(`${options.logUrl}/checkpoint`, 'log', found, unclear);
    if (shown !== undefined && (await checkLog(shown, seen))) {
      const { head, text } = shown;
      const compared = await compareEntries(seen?.compared ?? 0, head.size);
      const value: Seen = { size: head.size, root: toHex(head.root), note: text, compared };
      await store.commit([{ type: 'put', key: KEY, value }]);
    }
    for (const url of options.witnessUrls) await checkWitness(url, shown);
    for (const url of options.nodeUrls) await compareNode(url);
    await checkLag(shown?.head.size ?? seen?.size ?? 0);
    await checkPublications(shown !== undefined);
    const root = shown && toHex(shown.head.root);
    return { size: shown?.head.size, root, findings, unclear };

    /** Whether the log's checkpoint is the own tree's. */
    async function checkLog({ note, head, text }: Shown, before: Seen | undefined): Promise<boolean> {
      const { size } = head;
      const wrong = () =>
        checkCheckpoint(note, head, trust, { verifyEd25519 }).filter(({ status }) => status !== 'passed');
      if (renewTrust !== undefined && wrong().length > 0) trust = await renewTrust(trust).catch(() => trust);
      for (const { id, details } of wrong())
        found(id === 'witnessed' ? 'COSIGNATURES_LACK' : 'LOG_SIGNATURE', { size, ...details }, text);
      if (findings.length > 0) return false;
      if (before !== undefined && size < before.size)
        found('LOG_SHRANK', { size, before: before.size }, before.note, text);
      if (before !== undefined && size === before.size && toHex(head.root) !== before.root)
        found('SPLIT_VIEW', { size, root: toHex(head.root), other: before.root }, before.note, text);
      const own = await ownRoot(size, derivation, tree, options.waitMs);
      if (typeof own === 'string') {
        if (own === 'LOG_CONFLICT' || own === 'CHAIN_FORKED') found('NODE_CHANGED_ITS_HISTORY', { size });
        else unclear.push(`the own node is behind: it shows ${tree.size} of ${size} leaves`);
        return false;
      }
      if (!equal(own, head.root)) {
        const index = await firstDifference(options.logUrl, tree, size);
        const roots = { root: toHex(head.root), own: toHex(own) };
        found('ROOT_DIFFERS', { size, ...roots, ...(index !== undefined && { index }) }, text);
      }
      return findings.length === 0;
    }

    /** Entry bundles as everybody reads them. @returns how far they are right */
    async function compareEntries(from: number, size: number): Promise<number> {
      for (let first = from - (from % TILE); first < size; first += TILE) {
        const width = Math.min(TILE, size - first);
        const own = await Promise.all(Array.from({ length: width }, (_, i) => tree.entry(first + i)));
        const served = await fetchBundle(options.logUrl, first / TILE, width);
        if (served === undefined) {
          unclear.push(`the log does not serve its entries from ${first} on`);
          return first;
        }
        const wrong = own.findIndex((entry, i) => served[i] === undefined || !equal(entry, served[i]));
        if (wrong >= 0) {
          found('ENTRY_DIFFERS', { index: first + wrong, size });
          return first;
        }
      }
      return size;
    }

    async function checkWitness(url: string, log: Shown | undefined): Promise<void> {
      const path = `${toHex(sha256(utf8(trust.origin))).slice(2)}/checkpoint`;
      const copy = await read(`${url}/${path}`, `witness ${url}`, found, unclear);
      const status = await readStatus(url);
      if (status === 'unclear') unclear.push(`witness ${url} does not answer`);
      else
        for (const alarm of status.alarms.slice(0, MAX_ALARMS)) {
          const { code, size, root: accused, evidence } = alarm;
          const note = evidence === undefined ? undefined : await ask(`${url}${alarmPath(alarm)}`);
          const details = { witness: status.name, alarm: code, size, root: accused };
          found('WITNESS_ALARM', details, ...(note?.status === 200 ? [note.text] : []));
        }
      if (copy === undefined) return;
      const { note, head, text } = copy;
      const policies = [trust, ...(trust.earlier ?? [])];
      const key = policies
        .flatMap(({ witnesses }) => witnesses.map((witness) => parseVerifierKey(witness.key)))
        .find((one) => signatureOf(note, one) !== undefined);
      const line = key && signatureOf(note, key);
      if (line === undefined || verifyCosignature(line, key!, note.text, verifyEd25519) === undefined)
        return found('WITNESS_SIGNATURE', { witness: url, size: head.size }, text);
      const [signed] = checkCheckpoint(note, head, trust, { verifyEd25519 });
      if (signed?.status !== 'passed')
        return found('LOG_SIGNATURE', { witness: key!.name, size: head.size }, text);
      if (head.size === log?.head.size && !equal(head.root, log.head.root))
        return found('SPLIT_VIEW', { witness: key!.name, size: head.size }, log.text, text);
      const own = await ownRoot(head.size, derivation, tree, options.waitMs);
      if (typeof own === 'string')
        unclear.push(`the own node is behind: it shows ${tree.size} of ${head.size} leaves`);
      else if (!equal(own, head.root))
        found('WITNESS_ROOT_DIFFERS', { witness: key!.name, size: head.size, own: toHex(own) }, text);
    }

    async function compareNode(url: string): Promise<void> {
      try {
        const other = await openNetwork({ url, chainId, genesisHash: network.genesisHash });
        const fork = await findFork(network, other).finally(other.close);
        if (fork !== undefined) found(fork.code, fork.details, ...fork.evidence);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        unclear.push(`the node at ${url} cannot be compared: ${error.code}`);
      }
    }

    /** What the chain names by a digest must be had from somebody; copies are kept here too. */
    async function checkPublications(isLogThere: boolean): Promise<void> {
      await publications.look();
      if (!isLogThere) return;
      for (const { digest, service, form, leafIndex: index, timeSec } of publications.status().oldest) {
        const waitsSec = options.nowSec() - timeSec;
        if (waitsSec > STALL_SEC) found('PUBLICATION_WITHHELD', { digest, service, form, index, waitsSec });
      }
    }

    async function checkLag(size: number): Promise<void> {
      if (tree.size <= size) return;
      const { timeSec } = decodeLeaf(await tree.entry(size));
      const waitsSec = options.nowSec() - timeSec;
      if (waitsSec > STALL_SEC) found('LOG_STALLS', { size, index: size, waitsSec });
    }
  }

  return {
    round,
    async stop() {
      await derivation.stop();
      await publications.stop();
      network.close();
      await tree.close();
      await store.close();
    },
  };
}

type Found = (code: string, details: Finding['details'], ...evidence: string[]) => void;

async function read(url: string, what: string, found: Found, unclear: string[]): Promise<Shown | undefined> {
  const answer = await ask(url);
  // Nothing cosigned yet.
  if (answer?.status === 404) return undefined;
  if (answer?.status !== 200) {
    unclear.push(`${what} does not answer${answer === undefined ? '' : ` (status ${answer.status})`}`);
    return undefined;
  }
  try {
    const note = parseNote(answer.text);
    return { note, head: parseTreeHead(note.text), text: answer.text };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    found('CHECKPOINT_MALFORMED', { from: what });
    return undefined;
  }
}

/** A witness that is not one of ours has none: the specification knows no status. */
async function readStatus(url: string): Promise<Pick<WitnessStatus, 'name' | 'alarms'> | 'unclear'> {
  const answer = await ask(`${url}/status`);
  if (answer?.status === 404) return { name: url, alarms: [] };
  try {
    const status = JSON.parse(answer?.text ?? '') as WitnessStatus;
    const isWhole = Array.isArray(status.alarms) && status.alarms.every((alarm) => alarm instanceof Object);
    return isWhole && typeof status.name === 'string' ? status : 'unclear';
  } catch {
    return 'unclear';
  }
}

/** The root, or why there is none. */
async function ownRoot(
  size: number,
  derivation: Derivation,
  tree: Tree,
  waitMs: number,
): Promise<Uint8Array | string> {
  try {
    await derivation.reach(size, waitMs);
    return await tree.root(size);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** By the log's own hashes of its leaves. */
async function firstDifference(logUrl: string, tree: Tree, size: number): Promise<number | undefined> {
  for (let first = 0; first < size; first += TILE) {
    const width = Math.min(TILE, size - first);
    const own = await tree.hashes(0, first, width);
    const served = await fetchTile(`${logUrl}/${tilePath(0, first / TILE, width)}`);
    if (own === undefined || served === undefined) return undefined;
    const wrong = own.findIndex((hash, i) => !equal(hash, served.subarray(i * 32, (i + 1) * 32)));
    if (wrong >= 0) return first + wrong;
  }
  return undefined;
}

async function fetchBundle(logUrl: string, index: number, width: number): Promise<Uint8Array[] | undefined> {
  const bytes =
    (await fetchTile(`${logUrl}/${tilePath('entries', index, width)}`)) ??
    // What was partial may be full by now.
    (await fetchTile(`${logUrl}/${tilePath('entries', index)}`));
  if (bytes === undefined) return undefined;
  try {
    return decodeBundle(bytes);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

async function ask(url: string): Promise<{ status: number; text: string } | undefined> {
  return fetchText(url, { signal: AbortSignal.timeout(TIMEOUT_MS), maxLength: ANSWER_LIMIT }).catch(
    () => undefined,
  );
}

async function fetchTile(url: string): Promise<Uint8Array | undefined> {
  try {
    const { status, bytes } = await fetchBytes(url, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      maxLength: ANSWER_LIMIT,
    });
    return status === 200 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

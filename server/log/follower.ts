/**
 * The log of a gateway that does not sign: the same tree, derived from the own node, and the checkpoints of the gateway that does.
 * One is accepted only when its root is the own one and the trust file's policy is met; who hands it over does not matter, so that the
 * witnesses' copies serve while the signing gateway is down.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { equal, fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { parseTreeHead, type TreeHead, verifyCosignature, verifySignature } from '../verify/checkpoint.ts';
import {
  COSIGNATURE,
  formatSignatureLine,
  type Note,
  type NoteSignature,
  parseNote,
  parseVerifierKey,
  signatureOf,
} from '../verify/note.ts';
import type { Trust } from '../verify/trust.ts';
import { checkCheckpoint } from '../verify/verify.ts';
import { verifyEd25519 } from './ed25519.ts';
import { fetchText } from './fetch.ts';
import { readIfThere, writeFiles } from './files.ts';
import type { Checkpoint, Log, WitnessState } from './log.ts';
import { openTree, type Tree } from './tree.ts';

export interface OpenFollower {
  readonly folder: string;
  readonly trust: Trust;
  /** The signing gateway's /log, without trailing slash. */
  readonly logUrl: string;
  /** Addresses of witnesses, asked while the signing gateway is silent or has nothing new. */
  readonly witnessUrls: readonly string[];
  /** Asked when a checkpoint meets no policy: the keys may have changed. Answers a successor that was checked, or the same again. */
  readonly renewTrust?: (known: Trust) => Promise<Trust>;
  /** Told once of each checkpoint that the log's key signed and the own node contradicts; the note is kept in the log's folder. */
  readonly onFork: (fork: AppError) => void;
  /** How long {@link Log.publish} waits for a checkpoint of the present size. */
  readonly timeoutMs?: number;
}

interface Candidate {
  readonly note: Note;
  readonly head: TreeHead;
  readonly text: string;
}

const LOOK_EVERY_MS = 100;
/** Late cosignatures, and checkpoints of leaves that came while nobody waited. */
const REFRESH_EVERY_MS = 2000;
const ANSWER_TIMEOUT_MS = 2000;
const ANSWER_LIMIT = 128 * 1024;
/** A log that lies all day must not fill the disk. */
const MAX_FORKS = 100;

export async function openFollower(options: OpenFollower): Promise<Log> {
  const { folder, timeoutMs = 5000 } = options;
  await mkdir(folder, { recursive: true });
  const tree = await openTree(folder);
  const follower = new Follower(options, tree);
  await follower.load();
  const timer = setInterval(() => follower.look().catch(() => undefined), REFRESH_EVERY_MS).unref();
  return {
    origin: options.trust.origin,
    publicFolder: tree.publicFolder,
    get size() {
      return tree.size;
    },
    append: (firstIndex, leaves) => tree.append(firstIndex, leaves),
    publish: () => follower.await(tree.size, timeoutMs),
    latest: () => follower.latest,
    waiting: () => undefined,
    witnessStates: () => follower.witnessStates(),
    leaf: (index) => tree.entry(index),
    inclusionProof: (index, size) => tree.inclusionProof(index, size),
    root: (size) => tree.root(size),
    onPublished: (callback) => void follower.callbacks.push(callback),
    close: async () => {
      clearInterval(timer);
      await follower.stop();
      await tree.close();
    },
  };
}

class Follower {
  readonly callbacks: ((checkpoint: Checkpoint) => void)[] = [];
  latest: Checkpoint | undefined;
  readonly #options: OpenFollower;
  readonly #tree: Tree;
  readonly #forks = new Set<string>();
  readonly #stopped = new AbortController();
  #trust: Trust;
  #looking: Promise<void> | undefined;

  constructor(options: OpenFollower, tree: Tree) {
    this.#options = options;
    this.#tree = tree;
    this.#trust = options.trust;
  }

  async load(): Promise<void> {
    const bytes = await readIfThere(join(this.#tree.publicFolder, 'checkpoint'));
    const candidate = bytes === undefined ? undefined : readCandidate(fromUtf8(bytes));
    if (candidate === undefined || candidate.head.size > this.#tree.size) return;
    const own = await this.#tree.root(candidate.head.size);
    if (equal(own, candidate.head.root) && this.#isMet(candidate))
      this.latest = this.#checkpointOf(candidate);
  }

  /** @throws AppError LOG_FORKED */
  async await(size: number, timeoutMs: number): Promise<Checkpoint> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      await this.look();
      const { latest } = this;
      if (latest !== undefined && latest.size >= size) return latest;
      if (performance.now() >= until || this.#stopped.signal.aborted)
        return {
          size,
          root: await this.#tree.root(size),
          text: '',
          cosigned: [],
          complete: false,
          missing: [],
        };
      await pause(LOOK_EVERY_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** Concurrent calls share one look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking?.catch(() => undefined);
  }

  witnessStates(): readonly WitnessState[] {
    const cosigned = new Set(this.latest?.cosigned);
    return this.#trust.witnesses.map(({ key }) => {
      const { name } = parseVerifierKey(key);
      return cosigned.has(name)
        ? { name, size: this.latest!.size }
        : { name, size: 0, error: 'WITNESS_MISSING' };
    });
  }

  async #look(): Promise<void> {
    const { logUrl, witnessUrls } = this.#options;
    const published = await this.#fetch(`${logUrl}/checkpoint`);
    if (published !== undefined && (await this.#take(published))) return;
    if ((this.latest?.size ?? 0) >= this.#tree.size || witnessUrls.length === 0) return;
    const path = `${toHex(sha256(utf8(this.#trust.origin))).slice(2)}/checkpoint`;
    const notes = await Promise.all(witnessUrls.map((url) => this.#fetch(`${url}/${path}`)));
    const present = notes.filter((note) => note !== undefined);
    for (const candidate of merged(present, this.#trust)) await this.#take(candidate);
  }

  /** Whether it is the newest now. @throws AppError LOG_FORKED */
  async #take(candidate: Candidate): Promise<boolean> {
    const { head, text } = candidate;
    // The own node may be a block behind; it is asked for again when the tree has grown.
    if (head.size > this.#tree.size || head.size < (this.latest?.size ?? 0)) return false;
    if (text === this.latest?.text) return true;
    const own = await this.#tree.root(head.size);
    if (!equal(own, head.root)) {
      if (this.#isSigned(candidate)) await this.#accuse(candidate, own);
      return false;
    }
    if (!this.#isMet(candidate)) {
      const { renewTrust } = this.#options;
      if (renewTrust !== undefined) this.#trust = await renewTrust(this.#trust).catch(() => this.#trust);
      if (!this.#isMet(candidate)) return false;
    }
    const checkpoint = this.#checkpointOf(candidate);
    const { latest } = this;
    if (latest?.size === head.size && latest.cosigned.length >= checkpoint.cosigned.length) return true;
    await this.#tree.writePartials(head.size);
    await this.#write('public', 'checkpoint', text);
    this.latest = checkpoint;
    if (latest?.size !== head.size) for (const callback of this.callbacks) callback(checkpoint);
    return true;
  }

  async #accuse({ head, text }: Candidate, own: Uint8Array): Promise<never> {
    const details = { size: head.size, root: toHex(head.root), own: toHex(own) };
    const fork = new AppError('LOG_FORKED', details);
    if (!this.#forks.has(details.root) && this.#forks.size < MAX_FORKS) {
      this.#forks.add(details.root);
      await this.#write('state', `fork-${head.size}-${details.root.slice(2, 18)}.note`, text);
      this.#options.onFork(fork);
    }
    throw fork;
  }

  #isMet({ note, head }: Candidate): boolean {
    const checks = checkCheckpoint(note, head, this.#trust, { verifyEd25519 });
    return checks.every(({ status }) => status === 'passed');
  }

  #isSigned({ note, head }: Candidate): boolean {
    return checkCheckpoint(note, head, this.#trust, { verifyEd25519 })[0]?.status === 'passed';
  }

  #checkpointOf({ note, head, text }: Candidate): Checkpoint {
    const keys = this.#trust.witnesses.map(({ key }) => parseVerifierKey(key));
    const cosigned = keys.filter((key) => signatureOf(note, key) !== undefined).map(({ name }) => name);
    return { size: head.size, root: head.root, text, cosigned, complete: true, missing: [] };
  }

  /** undefined for everything that is no checkpoint of this log. */
  async #fetch(url: string): Promise<Candidate | undefined> {
    try {
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
      const { status, text } = await fetchText(url, { signal, maxLength: ANSWER_LIMIT });
      const candidate = status === 200 ? readCandidate(text) : undefined;
      return candidate?.head.origin === this.#trust.origin ? candidate : undefined;
    } catch {
      return undefined;
    }
  }

  async #write(part: 'public' | 'state', path: string, text: string): Promise<void> {
    const { folder } = this.#options;
    const root = { folder: join(folder, part), temporary: join(folder, 'temporary') };
    await writeFiles(root, [{ path, bytes: utf8(text) }]);
  }
}

function readCandidate(text: string): Candidate | undefined {
  try {
    const note = parseNote(text);
    return { note, head: parseTreeHead(note.text), text };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/**
 * Each witness holds the log's signature and its own: those of one checkpoint together are what the log would have published. Of
 * what they say only lines that verify, since one line of a liar would condemn all others.
 */
function merged(candidates: readonly Candidate[], trust: Trust): readonly Candidate[] {
  const byText = Map.groupBy(candidates, ({ note }) => note.text);
  return [...byText].flatMap(([text, group]) => {
    const all = group.flatMap(({ note }) => note.signatures);
    const lines = new Set(verifiedLines({ text, signatures: all }, trust).map(formatSignatureLine));
    const candidate = readCandidate(`${text}\n${[...lines].join('')}`);
    return candidate === undefined ? [] : [candidate];
  });
}

function verifiedLines({ text, signatures }: Note, trust: Trust): readonly NoteSignature[] {
  const keys = [trust, ...(trust.earlier ?? [])]
    .flatMap(({ logKey, witnesses }) => [logKey, ...witnesses.map(({ key }) => key)])
    .map(parseVerifierKey);
  return signatures.filter((line) =>
    keys
      .filter(({ name, keyId }) => name === line.name && keyId === line.keyId)
      .some((key) =>
        key.type === COSIGNATURE
          ? verifyCosignature(line, key, text, verifyEd25519) !== undefined
          : verifySignature(line, key, text, verifyEd25519),
      ),
  );
}

/** The transparency log: leaves in, checkpoints cosigned by the witnesses out. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { equal, fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { formatTreeHead, parseTreeHead, type TreeHead, verifyCosignature } from '../verify/checkpoint.ts';
import { parseNote, parseVerifierKey, signatureOf } from '../verify/note.ts';
import { type Cosignature, type Cosigners, cosigners, type WitnessEndpoint } from './cosigners.ts';
import { verifyEd25519 } from './ed25519.ts';
import { readIfThere, writeFiles } from './files.ts';
import type { LogKey } from './key.ts';
import { signNote } from './sign.ts';
import { openTree, type Tree } from './tree.ts';

export type { WitnessEndpoint } from './cosigners.ts';

export interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, cosignatures included. */
  readonly text: string;
  /** Names of the witnesses that cosigned. */
  readonly cosigned: readonly string[];
  /** Whether they reach the threshold. Only complete checkpoints are published and make receipts. */
  readonly complete: boolean;
  /** Why the others did not cosign. */
  readonly missing: readonly AppError[];
}

export interface OpenLog {
  /** Kept by the log alone; `public/` in it is what is served under /log/. */
  readonly folder: string;
  /** Its name is the log's origin. */
  readonly key: LogKey;
  readonly witnesses: readonly WitnessEndpoint[];
  readonly threshold: number;
  /** For the answer of a witness. */
  readonly timeoutMs?: number;
}

export interface Log {
  readonly origin: string;
  /** Leaves durably appended. Smaller than the store's cursor after a damaged tail: then append again from the first block. */
  readonly size: number;
  readonly publicFolder: string;
  /**
   * Durable when it resolves. Leaves that stand in the log already are compared with it.
   * @throws AppError LOG_CONFLICT for other bytes, LOG_GAP when firstIndex lies behind the end
   */
  append(firstIndex: number, leaves: readonly Uint8Array[]): Promise<void>;
  /**
   * Signs the current size and gathers cosignatures; calls made meanwhile share the next run.
   * Short of the threshold it answers an incomplete checkpoint, publishes nothing, and tries again by itself.
   * @throws AppError LOG_CONFLICT when what was signed before does not fit the tree, LOG_BEHIND when it was larger
   */
  publish(): Promise<Checkpoint>;
  /** The newest complete checkpoint, also after a restart. */
  latest(): Checkpoint | undefined;
  leaf(index: number): Promise<Uint8Array>;
  /** Sibling hashes from the leaf up. */
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
  root(size: number): Promise<Uint8Array>;
  /** Called after each complete checkpoint. */
  onPublished(callback: (checkpoint: Checkpoint) => void): void;
  close(): Promise<void>;
}

export async function openLog(options: OpenLog): Promise<Log> {
  const { folder, key, witnesses, threshold, timeoutMs = 5000 } = options;
  if (threshold > witnesses.length)
    throw new AppError('LOG_THRESHOLD', { threshold, witnesses: witnesses.length });
  await mkdir(folder, { recursive: true });
  const tree = await openTree(folder);
  const publisher = new Publisher(folder, tree, key, witnesses, threshold, cosigners(witnesses, timeoutMs));
  await publisher.load();
  return {
    origin: key.name,
    publicFolder: tree.publicFolder,
    get size() {
      return tree.size;
    },
    append: (firstIndex, leaves) => tree.append(firstIndex, leaves),
    publish: () => publisher.publish(),
    latest: () => publisher.latest,
    leaf: (index) => tree.entry(index),
    inclusionProof: (index, size) => tree.inclusionProof(index, size),
    root: (size) => tree.root(size),
    onPublished: (callback) => void publisher.callbacks.push(callback),
    close: async () => {
      await publisher.stop();
      await tree.close();
    },
  };
}

const SIGNED = 'signed';
const RETRY_MS = 1000;

class Publisher {
  readonly callbacks: ((checkpoint: Checkpoint) => void)[] = [];
  latest: Checkpoint | undefined;
  readonly #folder: string;
  readonly #tree: Tree;
  readonly #key: LogKey;
  readonly #witnesses: readonly WitnessEndpoint[];
  readonly #threshold: number;
  readonly #cosigners: Cosigners;
  #running: Promise<Checkpoint> | undefined;
  #next: Promise<Checkpoint> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    folder: string,
    tree: Tree,
    key: LogKey,
    witnesses: readonly WitnessEndpoint[],
    threshold: number,
    gatherer: Cosigners,
  ) {
    this.#folder = folder;
    this.#tree = tree;
    this.#key = key;
    this.#witnesses = witnesses;
    this.#threshold = threshold;
    this.#cosigners = gatherer;
  }

  /** The published file is believed only as far as its signatures go: an edited one is as good as none. */
  async load(): Promise<void> {
    const bytes = await readIfThere(join(this.#tree.publicFolder, 'checkpoint'));
    if (bytes === undefined) return;
    try {
      const text = fromUtf8(bytes);
      const note = parseNote(text);
      const head = parseTreeHead(note.text);
      const own = signatureOf(note, parseVerifierKey(this.#key.verifierKey));
      if (head.size > this.#tree.size || !equal(await this.#tree.root(head.size), head.root)) return;
      if (own === undefined || !equal(own.bytes, this.#key.sign(utf8(note.text)))) return;
      const cosigned = this.#witnesses
        .map(({ key }) => parseVerifierKey(key))
        .filter((key) => {
          const line = signatureOf(note, key);
          return line !== undefined && verifyCosignature(line, key, note.text, verifyEd25519) !== undefined;
        })
        .map((key) => key.name);
      if (cosigned.length < this.#threshold) return;
      this.latest = { ...head, text, cosigned, complete: true, missing: [] };
    } catch (error) {
      if (!(error instanceof AppError || error instanceof TypeError)) throw error;
    }
  }

  /** At most one run at a time; a call during a run waits for the one after it, which sees everything appended before. */
  publish(): Promise<Checkpoint> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  /** Entries must not wait for the next ones to come. A failure is left to the next call of publish, which reports it. */
  #tryAgain(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.publish().catch(() => undefined), delayMs).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    while (this.#running !== undefined) await (this.#next ?? this.#running).catch(() => undefined);
    clearTimeout(this.#retry);
  }

  #start(): Promise<Checkpoint> {
    this.#next = undefined;
    const run = this.#run()
      .catch((error: unknown) => {
        // A full disk may have room again; a conflict stays one until a person has looked.
        if (!(error instanceof AppError)) this.#tryAgain(RETRY_MS);
        throw error;
      })
      .finally(() => {
        if (this.#running === run) this.#running = undefined;
      });
    this.#running = run;
    return run;
  }

  async #run(): Promise<Checkpoint> {
    const size = await this.#tree.writePartials();
    const root = await this.#tree.root(size);
    const head = { origin: this.#key.name, size, root };
    await this.#promise(head);
    const own = signNote(formatTreeHead(head), this.#key);
    const answers = await this.#cosigners.gather(own, this.#tree);
    const cosignatures = answers.filter((answer): answer is Cosignature => !(answer instanceof AppError));
    const checkpoint: Checkpoint = {
      size,
      root,
      text: own + cosignatures.map(({ line }) => line).join(''),
      cosigned: cosignatures.map(({ name }) => name),
      complete: cosignatures.length >= this.#threshold,
      missing: answers.filter((answer) => answer instanceof AppError),
    };
    if (!checkpoint.complete) {
      this.#tryAgain(RETRY_MS);
      return checkpoint;
    }
    await this.#write(this.#tree.publicFolder, 'checkpoint', checkpoint.text);
    this.latest = checkpoint;
    for (const callback of this.callbacks) callback(checkpoint);
    return checkpoint;
  }

  /**
   * The root goes to the disk before it is signed, so that no crash makes us forget what we signed:
   * two roots for one size never get a signature, and neither does a tree that lacks what an earlier one held.
   */
  async #promise(head: TreeHead): Promise<void> {
    const bytes = await readIfThere(join(this.#folder, 'state', SIGNED));
    if (bytes !== undefined) {
      const signed = parseTreeHead(fromUtf8(bytes));
      if (signed.origin !== head.origin) throw new AppError('LOG_CONFLICT', { origin: signed.origin });
      if (signed.size > head.size) throw new AppError('LOG_BEHIND', { signed: signed.size, size: head.size });
      const root = await this.#tree.root(signed.size);
      if (!equal(root, signed.root)) {
        const details = { size: signed.size, signed: toHex(signed.root), root: toHex(root) };
        throw new AppError('LOG_CONFLICT', details);
      }
      if (signed.size === head.size) return;
    }
    await this.#write(join(this.#folder, 'state'), SIGNED, formatTreeHead(head));
  }

  async #write(folder: string, path: string, text: string): Promise<void> {
    const root = { folder, temporary: join(this.#folder, 'temporary') };
    await writeFiles(root, [{ path, bytes: utf8(text) }]);
  }
}

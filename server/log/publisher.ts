/** Signs the tree, gathers cosignatures, and publishes what reached the threshold. */
import { join } from 'node:path';
import { equal, fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { WitnessState } from '../core/operator-state.ts';
import { formatTreeHead, parseTreeHead, type TreeHead, verifyCosignature } from '../verify/checkpoint.ts';
import { formatSignatureLine, parseNote, parseVerifierKey, signatureOf } from '../verify/note.ts';
import type { Cosignature, Cosigners, WitnessEndpoint } from './cosigners.ts';
import { verifyEd25519 } from './ed25519.ts';
import { readIfThere, writeFiles } from './files.ts';
import type { LogKey } from './key.ts';
import type { Checkpoint, Waiting } from './log.ts';
import { signNote } from './sign.ts';
import type { Tree } from './tree.ts';

export interface OpenPublisher {
  readonly folder: string;
  readonly tree: Tree;
  /** All of them sign. The first is the oldest, which every verifier knows. */
  readonly keys: readonly LogKey[];
  readonly witnesses: readonly WitnessEndpoint[];
  readonly threshold: number;
  readonly cosigners: Cosigners;
}

const SIGNED = 'signed';

/** Of the largest tree that the log in this folder ever signed; 0 before the first. @throws AppError CHECKPOINT_MALFORMED */
export async function signedSize(folder: string): Promise<number> {
  const bytes = await readIfThere(join(folder, 'state', SIGNED));
  return bytes === undefined ? 0 : parseTreeHead(fromUtf8(bytes)).size;
}
const RETRY_MS = 1000;

export class Publisher {
  readonly callbacks: ((checkpoint: Checkpoint) => void)[] = [];
  latest: Checkpoint | undefined;
  waiting: Waiting | undefined;
  readonly #options: OpenPublisher;
  readonly #order: readonly string[];
  #running: Promise<Checkpoint> | undefined;
  #next: Promise<Checkpoint> | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** One at a time: an older checkpoint never replaces a newer one. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: OpenPublisher) {
    this.#options = options;
    this.#order = options.witnesses.map(({ key }) => parseVerifierKey(key).name);
  }

  /** The published file is believed only as far as its signatures go: an edited one is as good as none. */
  async load(): Promise<void> {
    const { tree, keys, witnesses, threshold } = this.#options;
    const bytes = await readIfThere(join(tree.publicFolder, 'checkpoint'));
    if (bytes === undefined) return;
    try {
      const text = fromUtf8(bytes);
      const note = parseNote(text);
      const head = parseTreeHead(note.text);
      if (head.size > tree.size || !equal(await tree.root(head.size), head.root)) return;
      for (const key of keys) {
        const own = signatureOf(note, parseVerifierKey(key.verifierKey));
        if (own === undefined || !equal(own.bytes, key.sign(utf8(note.text)))) return;
      }
      const cosignatures: Cosignature[] = [];
      for (const witness of witnesses) {
        const key = parseVerifierKey(witness.key);
        const line = signatureOf(note, key);
        if (line !== undefined && verifyCosignature(line, key, note.text, verifyEd25519) !== undefined)
          cosignatures.push({ name: key.name, line: formatSignatureLine(line) });
      }
      if (cosignatures.length < threshold) return;
      const cosigned = cosignatures.map(({ name }) => name);
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

  witnessStates(): readonly WitnessState[] {
    return this.#options.cosigners.states();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    while (this.#running !== undefined) await (this.#next ?? this.#running).catch(() => undefined);
    clearTimeout(this.#retry);
    await this.#writing;
  }

  /** Entries must not wait for the next ones to come. A failure is left to the next call of publish, which reports it. */
  #tryAgain(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.publish().catch(() => undefined), delayMs).unref();
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
    const { tree, keys, threshold, witnesses, cosigners } = this.#options;
    const size = await tree.writePartials();
    const root = await tree.root(size);
    const head = { origin: keys[0]!.name, size, root };
    await this.#promise(head);
    const own = signNote(formatTreeHead(head), ...keys);
    const answers = await cosigners.gather(own, tree, (late) => this.#merge(own, late));
    const cosignatures = answers.filter((answer): answer is Cosignature => !(answer instanceof AppError));
    const checkpoint: Checkpoint = {
      size,
      root,
      text: own + cosignatures.map(({ line }) => line).join(''),
      cosigned: cosignatures.map(({ name }) => name),
      complete: cosignatures.length >= threshold,
      missing: answers.filter((answer) => answer instanceof AppError),
    };
    if (!checkpoint.complete) {
      this.waiting = { size, cosigned: cosignatures.length, threshold, witnesses: witnesses.length };
      this.#tryAgain(RETRY_MS);
      return checkpoint;
    }
    await this.#inTurn(async () => {
      await this.#write(tree.publicFolder, 'checkpoint', checkpoint.text);
      this.latest = checkpoint;
    });
    this.waiting = undefined;
    for (const callback of this.callbacks) callback(checkpoint);
    return checkpoint;
  }

  /** A cosignature that came after the checkpoint was published, and before the next one. */
  #merge(own: string, late: Cosignature): void {
    const merging = this.#inTurn(async () => {
      const { latest } = this;
      if (latest === undefined || !latest.text.startsWith(own) || latest.cosigned.includes(late.name)) return;
      const lines = [...latest.text.slice(own.length).split(/(?<=\n)/), late.line];
      const place = (line: string) => this.#order.indexOf(line.split(' ')[1]!);
      const text = own + lines.sort((a, b) => place(a) - place(b)).join('');
      await this.#write(this.#options.tree.publicFolder, 'checkpoint', text);
      const cosigned = this.#order.filter((name) => name === late.name || latest.cosigned.includes(name));
      const missing = latest.missing.filter(({ details }) => details.witness !== late.name);
      this.latest = { ...latest, text, cosigned, missing };
    });
    // The checkpoint is complete without it, and the next one will ask again.
    merging.catch(() => undefined);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const run = this.#writing.then(task);
    this.#writing = run.catch(() => undefined);
    return run;
  }

  /**
   * The root goes to the disk before it is signed, so that no crash makes us forget what we signed:
   * two roots for one size never get a signature, and neither does a tree that lacks what an earlier one held.
   */
  async #promise(head: TreeHead): Promise<void> {
    const { folder, tree } = this.#options;
    const bytes = await readIfThere(join(folder, 'state', SIGNED));
    if (bytes !== undefined) {
      const signed = parseTreeHead(fromUtf8(bytes));
      if (signed.origin !== head.origin) throw new AppError('LOG_CONFLICT', { origin: signed.origin });
      if (signed.size > head.size) throw new AppError('LOG_BEHIND', { signed: signed.size, size: head.size });
      const root = await tree.root(signed.size);
      if (!equal(root, signed.root)) {
        const details = { size: signed.size, signed: toHex(signed.root), root: toHex(root) };
        throw new AppError('LOG_CONFLICT', details);
      }
      if (signed.size === head.size) return;
    }
    await this.#write(join(folder, 'state'), SIGNED, formatTreeHead(head));
  }

  async #write(folder: string, path: string, text: string): Promise<void> {
    const root = { folder, temporary: join(this.#options.folder, 'temporary') };
    await writeFiles(root, [{ path, bytes: utf8(text) }]);
  }
}

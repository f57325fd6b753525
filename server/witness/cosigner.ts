/** The decision to cosign: c2sp.org/tlog-witness, and beyond it the root must be the one this server derived itself. */
import { equal, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { verifyEd25519 } from '../log/ed25519.ts';
import type { LogKey } from '../log/key.ts';
import { cosign } from '../log/sign.ts';
import type { Tree } from '../log/tree.ts';
import type { Store } from '../store/level.ts';
import {
  parseDecimal,
  parseHash,
  parseTreeHead,
  type TreeHead,
  verifySignature,
} from '../verify/checkpoint.ts';
import { EMPTY_ROOT, verifyConsistency } from '../verify/merkle.ts';
import {
  formatSignatureLine,
  type Note,
  type NoteSignature,
  parseNote,
  parseVerifierKey,
  signatureOf,
  type VerifierKey,
} from '../verify/note.ts';
import type { Alarms } from './alarms.ts';
import type { Derivation } from './derive.ts';

export interface Answer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 500 | 503;
  readonly type: string;
  readonly body: string;
}

export interface Cosigner {
  addCheckpoint(body: string): Promise<Answer>;
  /** The newest checkpoint this server cosigned. */
  latest(): Promise<Cosigned | undefined>;
}

export interface OpenCosigner {
  readonly key: LogKey;
  /** Verifier keys of the log, of which one signature is enough; their name is the origin. */
  readonly logKeys: readonly string[];
  readonly store: Store;
  readonly tree: Tree;
  readonly derivation: Derivation;
  readonly nowSec: () => number;
  readonly alarms: Alarms;
  /** Told of every checkpoint that the log signed and this server will not. */
  readonly report: (error: AppError) => void;
}

interface Request {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: Note;
  readonly head: TreeHead;
}

/** Last cosigned checkpoint. On the disk before the signature leaves the process. */
export interface Cosigned {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  /** Unix time. */
  readonly atSec: number;
}

/** The node of a city server is at most a block behind the gateway's; the log asks again. */
const WAIT_MS = 2000;
const MAX_PROOF = 63;
const KEY = 'cosigned';

export function openCosigner(options: OpenCosigner): Cosigner {
  const logKeys = options.logKeys.map(parseVerifierKey);
  let last: Promise<unknown> = Promise.resolve();
  return {
    /** One after another: comparing with the latest and replacing it must not interleave. */
    addCheckpoint(body) {
      const run = last.then(() => decide(body, logKeys, options));
      last = run.catch(() => undefined);
      return run;
    },
    latest: () => options.store.get<Cosigned>(KEY),
  };
}

async function decide(body: string, logKeys: readonly VerifierKey[], options: OpenCosigner): Promise<Answer> {
  const { key, store, tree, derivation, nowSec } = options;
  const request = parseRequest(body);
  if (request === undefined) return answer(400, 'malformed request');
  const { old, proof, note, head } = request;
  if (head.origin !== logKeys[0]!.name) return answer(404, 'unknown log');
  const signed = signedBy(note, logKeys);
  if (signed.length === 0) return answer(403, 'no valid signature of the log');
  if (old > head.size) return answer(400, 'old size above the checkpoint');
  const cosigned = await store.get<Cosigned>(KEY);
  const known = cosigned?.size ?? 0;
  if (old !== known) return { status: 409, type: 'text/x.tlog.size', body: `${known}\n` };
  const oldRoot = cosigned === undefined ? EMPTY_ROOT : parseHash(cosigned.root);
  const refuse = async (code: string, own?: Uint8Array, status: 409 | 422 = 422): Promise<Answer> => {
    const { size } = head;
    const roots = { root: toHex(head.root), ...(own !== undefined && { own: toHex(own) }) };
    await options.alarms.raise({ code, size, ...roots, evidence: body });
    options.report(new AppError(code, { size, ...roots, note: body }));
    return answer(status, code);
  };
  if (head.size === 0 && !equal(head.root, EMPTY_ROOT)) return refuse('EMPTY_TREE_ROOT');
  if (head.size === known && !equal(head.root, oldRoot)) return refuse('OTHER_ROOT', oldRoot, 409);
  if (!verifyConsistency(old, oldRoot, head.size, head.root, proof)) return refuse('INCONSISTENT_CHECKPOINT');
  try {
    await derivation.reach(head.size, WAIT_MS);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Of its own node's other history it has told already; this note is not to blame.
    return answer(error.code === 'WITNESS_BEHIND' ? 503 : 422, error.code);
  }
  const own = await tree.root(head.size);
  if (!equal(own, head.root)) return refuse('ROOT_NOT_DERIVED', own);
  const atSec = nowSec();
  const signature = cosign(note.text, key, atSec);
  const value: Cosigned = {
    size: head.size,
    root: note.text.split('\n')[2]!,
    // Of what came along only what was verified: everybody may add lines, also under this server's name.
    note: `${note.text}\n${signed.map(formatSignatureLine).join('')}${signature}`,
    atSec,
  };
  await store.commit([{ type: 'put', key: KEY, value }]);
  return answer(200, signature);
}

/** A line under a trusted key that does not verify condemns the note (c2sp.org/signed-note), whatever stands beside it. */
function signedBy(note: Note, logKeys: readonly VerifierKey[]): readonly NoteSignature[] {
  const lines = logKeys.flatMap((key) => {
    const line = signatureOf(note, key);
    return line === undefined ? [] : [{ key, line }];
  });
  const isRight = lines.every(({ key, line }) => verifySignature(line, key, note.text, verifyEd25519));
  return isRight ? lines.map(({ line }) => line) : [];
}

function parseRequest(body: string): Request | undefined {
  const split = body.indexOf('\n\n');
  const [old, ...proof] = body.slice(0, Math.max(0, split)).split('\n');
  if (split < 0 || !old?.startsWith('old ') || proof.length > MAX_PROOF) return undefined;
  try {
    const note = parseNote(body.slice(split + 2));
    return {
      old: parseDecimal(old.slice(4)),
      proof: proof.map(parseHash),
      note,
      head: parseTreeHead(note.text),
    };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function answer(status: Answer['status'], text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: text.endsWith('\n') ? text : `${text}\n` };
}

/**
 * Asks the witnesses for their cosignatures (c2sp.org/tlog-witness), all at once, and believes only what verifies.
 * A slow one delays nobody: the threshold is enough, and what comes later is handed on when it comes.
 */
import { setTimeout } from 'node:timers/promises';
import { toBase64 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { WitnessState } from '../core/operator-state.ts';
import { parseTreeHead, verifyCosignature } from '../verify/checkpoint.ts';
import {
  formatSignatureLine,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
} from '../verify/note.ts';
import { verifyEd25519 } from './ed25519.ts';
import { fetchText } from './fetch.ts';
import type { Tree } from './tree.ts';

export interface WitnessEndpoint {
  /** Submission prefix of the witness (c2sp.org/tlog-witness), without trailing slash. */
  readonly url: string;
  /** Verifier key of type 0x04. */
  readonly key: string;
}

export interface Cosignature {
  readonly name: string;
  readonly line: string;
}

interface Dated extends Cosignature {
  readonly timestampSec: number;
}

export interface Cosigners {
  /**
   * One result per witness, in their order, as soon as `threshold` of them cosigned or all have answered. Of those that were left
   * behind (WITNESS_SLOW) `onLate` hears when they cosign after all.
   */
  gather(note: string, tree: Tree, onLate: (late: Cosignature) => void): Promise<(Cosignature | AppError)[]>;
  states(): readonly WitnessState[];
}

export interface OpenCosigners {
  readonly witnesses: readonly WitnessEndpoint[];
  readonly threshold: number;
  /** For the answer of one witness, repetitions included. */
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

const ANSWER_LIMIT = 64 * 1024;
/** Those that were in time before get this long once the threshold is reached: writing the checkpoint twice costs more. */
const GRACE_MS = 25;
/** Clocks that are kept by anything agree much better. */
const MAX_CLOCKS_APART_SEC = 300;

export function cosigners({ witnesses, threshold, timeoutMs, nowMs }: OpenCosigners): Cosigners {
  const desks = witnesses.map((witness) => desk(witness, timeoutMs, nowMs));
  return {
    async gather(note, tree, onLate) {
      const answers: (Cosignature | AppError | undefined)[] = desks.map(() => undefined);
      const reached = Promise.withResolvers<void>();
      let cosigned = 0;
      let isOver = false;
      const asked = desks.map(async ({ ask }, i) => {
        const answer = await ask(note, tree);
        const isCosigned = !(answer instanceof AppError);
        if (isOver) return void (isCosigned && onLate(answer));
        answers[i] = answer;
        if (isCosigned) cosigned += 1;
        if (cosigned >= threshold) reached.resolve();
      });
      const prompt = Promise.all(asked.filter((_, i) => desks[i]!.isPrompt));
      const enough = reached.promise.then(() => Promise.race([prompt, setTimeout(GRACE_MS)]));
      await Promise.race([Promise.all(asked), enough]);
      isOver = true;
      return answers.map((answer, i) => {
        desks[i]!.isPrompt = answer !== undefined;
        return answer ?? new AppError('WITNESS_SLOW', { witness: desks[i]!.state().name });
      });
    },
    states: () => desks.map(({ state }) => state()),
  };
}

/** One witness: asked for one checkpoint at a time, and of those that wait meanwhile for the newest only. */
function desk(witness: WitnessEndpoint, timeoutMs: number, nowMs: () => number) {
  const ask = cosigner(witness);
  let state: WitnessState = { name: parseVerifierKey(witness.key).name, size: 0 };
  let last: Promise<unknown> = Promise.resolve();
  let newest = 0;

  async function askNow(note: string, tree: Tree): Promise<Cosignature | AppError> {
    const { size } = parseTreeHead(parseNote(note).text);
    try {
      const { timestampSec, ...cosignature } = await ask(note, tree, AbortSignal.timeout(timeoutMs));
      const { error: _, clockAheadSec: __, ...kept } = state;
      const aheadSec = timestampSec - Math.floor(nowMs() / 1000);
      state = {
        ...kept,
        size,
        cosignedAtMs: nowMs(),
        ...(Math.abs(aheadSec) > MAX_CLOCKS_APART_SEC && { clockAheadSec: aheadSec }),
      };
      return cosignature;
    } catch (error) {
      const failure =
        error instanceof AppError ? error : new AppError('WITNESS_UNREACHABLE', { url: witness.url }, error);
      state = { ...state, error: failure.code };
      if (isAccusation(failure))
        state = { ...state, refusal: { code: String(failure.details.reason), size, atMs: nowMs() } };
      return failure;
    }
  }

  return {
    isPrompt: true,
    state: () => state,
    ask(note: string, tree: Tree): Promise<Cosignature | AppError> {
      newest += 1;
      const turn = newest;
      const run = last.then(() =>
        turn === newest ? askNow(note, tree) : new AppError('WITNESS_SLOW', { witness: state.name }),
      );
      last = run;
      return run;
    },
  };
}

/** Not a matter of patience: the witness holds another root, or its node shows other entries. */
function isAccusation({ code, details }: AppError): boolean {
  return code === 'WITNESS_REFUSED' && (details.status === 422 || details.status === 409);
}

/** Remembers what the witness signed last; when wrong, the witness says so and one more request follows. */
function cosigner({ url, key }: WitnessEndpoint) {
  const verifierKey = parseVerifierKey(key);
  const { name } = verifierKey;
  let known = 0;
  return async (note: string, tree: Tree, signal: AbortSignal): Promise<Dated> => {
    const { text } = parseNote(note);
    const { size } = parseTreeHead(text);
    for (;;) {
      if (known > size) {
        const signed = known;
        // What it said may be false, or have come from somebody on the way: it is asked anew the next time.
        known = 0;
        throw new AppError('LOG_BEHIND', { witness: name, signed, size });
      }
      const answer = await fetchText(`${url}/add-checkpoint`, {
        body: await request(tree, known, size, note),
        signal,
        maxLength: ANSWER_LIMIT,
      });
      if (answer.status === 409) {
        const signed = Number(/^(0|[1-9][0-9]{0,15})\n$/.exec(answer.text)?.[1]);
        // No size: another root at this one. The same size again would go round for ever.
        if (!Number.isSafeInteger(signed) || signed === known)
          throw new AppError('WITNESS_REFUSED', {
            witness: name,
            status: 409,
            reason: answer.text.slice(0, 200).trim(),
          });
        known = signed;
      } else if (answer.status === 503) {
        // It has not seen our last block yet.
        await setTimeout(100, undefined, { signal });
      } else if (answer.status === 200) {
        const line = matching(answer.text, verifierKey.keyId, name);
        const timestampSec = line && verifyCosignature(line, verifierKey, text, verifyEd25519);
        if (line === undefined || timestampSec === undefined)
          throw new AppError('WITNESS_REFUSED', { witness: name, status: 200, reason: 'bad cosignature' });
        known = size;
        return { name, line: formatSignatureLine(line), timestampSec };
      } else {
        const reason = answer.text.slice(0, 200).trim();
        throw new AppError('WITNESS_REFUSED', { witness: name, status: answer.status, reason });
      }
    }
  };
}

async function request(tree: Tree, old: number, size: number, note: string): Promise<string> {
  const proof = await tree.consistencyProof(old, size);
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** Lines of other keys are ignored, as the specification asks. */
function matching(body: string, keyId: number, name: string): NoteSignature | undefined {
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map(parseSignatureLine).find((line) => line.name === name && line.keyId === keyId);
}

/** Asks the witnesses for their cosignatures (c2sp.org/tlog-witness), all at once, and believes only what verifies. */
import { setTimeout } from 'node:timers/promises';
import { toBase64 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { parseTreeHead, verifyCosignature } from '../verify/checkpoint.ts';
import {
  formatSignatureLine,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
} from '../verify/note.ts';
import { verifyEd25519 } from './ed25519.ts';
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

export interface Cosigners {
  /** One result per witness, in their order. An error does not stop the others. */
  gather(note: string, tree: Tree): Promise<(Cosignature | AppError)[]>;
}

const ANSWER_LIMIT = 64 * 1024;

/** @param timeoutMs for the answer of one witness, repetitions included. */
export function cosigners(witnesses: readonly WitnessEndpoint[], timeoutMs: number): Cosigners {
  const ask = witnesses.map((witness) => cosigner(witness));
  return {
    gather: (note, tree) =>
      Promise.all(
        ask.map(async (one, i) => {
          try {
            return await one(note, tree, AbortSignal.timeout(timeoutMs));
          } catch (error) {
            if (error instanceof AppError) return error;
            return new AppError('WITNESS_UNREACHABLE', { url: witnesses[i]!.url }, error);
          }
        }),
      ),
  };
}

/** Remembers what the witness signed last; when wrong, the witness says so and one more request follows. */
function cosigner({ url, key }: WitnessEndpoint) {
  const verifierKey = parseVerifierKey(key);
  const { name } = verifierKey;
  let known = 0;
  return async (note: string, tree: Tree, signal: AbortSignal): Promise<Cosignature> => {
    const { text } = parseNote(note);
    const { size } = parseTreeHead(text);
    for (;;) {
      if (known > size) throw new AppError('LOG_BEHIND', { witness: name, signed: known, size });
      const answer = await post(url, await request(tree, known, size, note), signal);
      if (answer.status === 409) {
        const signed = Number(/^(0|[1-9][0-9]{0,15})\n$/.exec(answer.body)?.[1]);
        // The same answer again would go round for ever.
        if (!Number.isSafeInteger(signed) || signed === known)
          throw new AppError('WITNESS_REFUSED', { witness: name, status: 409 });
        known = signed;
      } else if (answer.status === 503) {
        // It has not seen our last block yet.
        await setTimeout(100, undefined, { signal });
      } else if (answer.status === 200) {
        const line = matching(answer.body, verifierKey.keyId, name);
        if (line === undefined || verifyCosignature(line, verifierKey, text, verifyEd25519) === undefined)
          throw new AppError('WITNESS_REFUSED', { witness: name, status: 200, reason: 'bad cosignature' });
        known = size;
        return { name, line: formatSignatureLine(line) };
      } else {
        const reason = answer.body.slice(0, 200).trim();
        throw new AppError('WITNESS_REFUSED', { witness: name, status: answer.status, reason });
      }
    }
  };
}

async function request(tree: Tree, old: number, size: number, note: string): Promise<string> {
  const proof = await tree.consistencyProof(old, size);
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

async function post(
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body, signal, redirect: 'error' });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_LIMIT) throw new AppError('WITNESS_REFUSED', { url, reason: 'answer too long' });
  }
  return { status: response.status, body: text };
}

/** Lines of other keys are ignored, as the specification asks. */
function matching(body: string, keyId: number, name: string): NoteSignature | undefined {
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map(parseSignatureLine).find((line) => line.name === name && line.keyId === keyId);
}

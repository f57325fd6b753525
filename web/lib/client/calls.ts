/** The two kinds of calls a service has: acts, which are recorded, and questions, which are not. */
import type { CallOptions, Send } from './send.ts';

export type Hex = `0x${string}`;
export type EntryState = 'accepted' | 'signed' | 'sent' | 'mined' | 'final' | 'receipted' | 'refused';

/** Why the chain refused an entry. */
export interface Refusal {
  readonly code: string;
  readonly detail?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An act that the gateway has taken in for good. */
export interface Accepted {
  readonly entryId: Hex;
  /** When one act made several entries. */
  readonly entryIds?: readonly Hex[];
  readonly state: EntryState;
  readonly leafIndex?: number;
  readonly refusal?: Refusal;
}

/** An act of which nothing goes on the ledger. */
export interface Done {
  readonly state: 'done';
}

/** One item of a list: accepted, or refused alone. */
export type Item<Answer> =
  | ({ readonly status: 200 | 201 | 202; readonly error?: undefined } & Answer)
  | { readonly status: number; readonly error: ItemProblem };

/** The members of a problem, as an item of a list carries them. */
export interface ItemProblem {
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ActOptions extends CallOptions {
  /**
   * Idempotency key of 8 to 100 printable characters without '#': the same key with the same body is the same act, however often
   * it is sent. Take one from your own records, so that a restart of your program cannot act twice. Made up when absent.
   */
  readonly key?: string;
  /** Seconds to wait for the entry to be final, up to 30. Without it the answer comes once the act is durable. */
  readonly waitSec?: number;
}

export interface Act<Body, Answer> {
  (body: Body, options?: ActOptions): Promise<Answer>;
  /** As many acts as there are bodies, each with its own outcome; item i of a list has the key `<key>#i`. */
  all(bodies: readonly Body[], options?: ActOptions): Promise<readonly Item<Answer>[]>;
}

/** The input may be left out when nothing in it is required. */
export type Question<Input, Answer> =
  Record<never, never> extends Input
    ? (input?: Input, options?: CallOptions) => Promise<Answer>
    : (input: Input, options?: CallOptions) => Promise<Answer>;

export interface Calls {
  act<Body, Answer>(path: string, isAnonymous?: boolean): Act<Body, Answer>;
  /** @param path with `{name}` for the members of the input that stand in it */
  question<Input, Answer>(method: 'GET' | 'POST', path: string): Question<Input, Answer>;
}

/** Items the gateway takes in one request. */
const LONGEST_LIST = 1000;

export function createCalls(send: Send): Calls {
  async function write(
    path: string,
    isAnonymous: boolean,
    body: unknown,
    { key = crypto.randomUUID(), waitSec, signal }: ActOptions,
  ): Promise<unknown> {
    const response = await send({
      method: 'POST',
      path,
      body,
      isAnonymous,
      isRepeatable: true,
      headers: { 'idempotency-key': key, ...(waitSec !== undefined && { prefer: `wait=${waitSec}` }) },
      signal,
    });
    return response.json();
  }

  return {
    act<Body, Answer>(path: string, isAnonymous = false) {
      const act = (body: Body, options: ActOptions = {}) =>
        write(path, isAnonymous, body, options) as Promise<Answer>;
      const all = async (bodies: readonly Body[], options: ActOptions = {}) => {
        const { key = crypto.randomUUID() } = options;
        const items: Item<Answer>[] = [];
        for (let at = 0; at < bodies.length; at += LONGEST_LIST) {
          const list = bodies.slice(at, at + LONGEST_LIST);
          const own = at === 0 ? key : `${key}+${at}`;
          items.push(...((await write(path, isAnonymous, list, { ...options, key: own })) as Item<Answer>[]));
        }
        return items;
      };
      return Object.assign(act, { all });
    },
    question<Input, Answer>(method: 'GET' | 'POST', path: string) {
      const ask = async (input: Readonly<Record<string, unknown>> = {}, { signal }: CallOptions = {}) => {
        const asked = method === 'POST' ? { path, body: input } : { path: addressOf(path, input) };
        const response = await send({ method, ...asked, isRepeatable: true, signal });
        return (await response.json()) as Answer;
      };
      return ask as unknown as Question<Input, Answer>;
    },
  };
}

function addressOf(path: string, input: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && !path.includes(`{${name}}`)) query.set(name, String(value));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(input[name])));
  return query.size === 0 ? filled : `${filled}?${query}`;
}

/**
 * A client of the gateway: every action and question of every service as a typed method, and what all services share. The folder
 * imports nothing from outside itself, so that an application may copy it.
 */
import { createCalls, type EntryState, type Hex, type Refusal } from './calls.ts';
import { type CallOptions, type ClientOptions, createSend, pause, type Send } from './send.ts';
import { bindServices, type Services } from './services.generated.ts';

export type {
  Accepted,
  Act,
  ActOptions,
  Done,
  EntryState,
  Hex,
  Item,
  ItemProblem,
  Question,
  Refusal,
} from './calls.ts';
export { type CallOptions, type ClientOptions, type FieldError, Problem } from './send.ts';
export type * from './services.generated.ts';

/** Where an entry stands, whichever gateway took it in. */
export interface Entry {
  readonly entryId: Hex;
  readonly state: EntryState;
  readonly service?: string;
  readonly organisation?: string;
  /** Its leaf in the log, from `final` on. */
  readonly leafIndex?: number;
  readonly block?: number;
  /** Block time, Unix seconds. */
  readonly recordedAtSec?: number;
  readonly refusal?: Refusal;
}

/** Checked with `npm run verify -- FILE`, without any gateway. */
export interface DocumentFile {
  readonly sillok: 'document.1';
  readonly entryId: Hex;
  readonly document: unknown;
  readonly salt: Hex;
  readonly attested?: unknown;
  readonly receipt: string;
}

/** One event of the ledger; `leafIndex` is the cursor. */
export interface LedgerEvent {
  readonly leafIndex: number;
  readonly block: number;
  readonly timeSec: number;
  readonly contract?: string;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Whom to trust when a receipt is checked. */
export interface Trust {
  readonly origin: string;
  readonly logKey: string;
  readonly operator: string;
  readonly witnesses: readonly { readonly key: string; readonly operator: string }[];
  readonly threshold: number;
  readonly chainId: number;
  readonly contracts: Readonly<Record<'Organisations' | 'Records' | 'Attestations' | 'Ballots', Hex>>;
}

export interface WaitOptions extends CallOptions {
  /** Seconds to wait for it, up to 30; without it RECEIPT_PENDING when it is not there yet. */
  readonly waitSec?: number;
}

export interface EventOptions extends CallOptions {
  /** Leaf index of the last event already known; -1 = from the first. */
  readonly after?: number;
  /** Goes on with events as they come, also over broken connections, until aborted or left. */
  readonly follow?: boolean;
}

export interface Client extends Services {
  entry(entryId: string, options?: CallOptions): Promise<Entry>;
  /** As text, c2sp.org/tlog-proof: checked by anybody, alone. */
  receipt(entryId: string, options?: WaitOptions): Promise<string>;
  /** Original and receipt in one file, for the organisation that wrote it. */
  document(entryId: string, options?: WaitOptions): Promise<DocumentFile>;
  trust(options?: CallOptions): Promise<Trust>;
  events(options?: EventOptions): AsyncGenerator<LedgerEvent, void, undefined>;
  /** Whatever else the API's description (/openapi.json) has. Reads are sent again when the gateway is busy, acts are not. */
  request<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<T>;
  /** The same gateway, asked in another name; without a key in nobody's. */
  as(apiKey: string | undefined): Client;
}

const PAGE = 1000;
/** Before a stream that ended is opened again. */
const AGAIN_AFTER_MS = 1000;

export function createClient(options: ClientOptions): Client {
  const send = createSend(options);

  async function get(path: string, { signal, waitSec }: WaitOptions = {}): Promise<Response> {
    const headers: Record<string, string> = waitSec === undefined ? {} : { prefer: `wait=${waitSec}` };
    return send({ method: 'GET', path, headers, isRepeatable: true, signal });
  }

  return {
    ...bindServices(createCalls(send)),
    entry: async (entryId, asked) => (await get(`/v1/entries/${entryId}`, asked)).json(),
    receipt: async (entryId, asked) => (await get(`/v1/entries/${entryId}/receipt`, asked)).text(),
    document: async (entryId, asked) => (await get(`/v1/entries/${entryId}/document`, asked)).json(),
    trust: async (asked) => (await get('/v1/trust', asked)).json(),
    events: ({ after = -1, follow = false, signal } = {}) =>
      follow ? following(send, after, signal) : listed(send, after, signal),
    async request(method, path, body, { signal } = {}) {
      const response = await send({ method, path, body, isRepeatable: method === 'GET', signal });
      return response.status === 204 ? undefined : response.json();
    },
    as: (apiKey) => createClient({ ...options, apiKey }),
  };
}

async function* listed(send: Send, after: number, signal: AbortSignal | undefined) {
  for (let at = after; ; ) {
    const path = `/v1/events?after=${at}&limit=${PAGE}`;
    const response = await send({ method: 'GET', path, isRepeatable: true, signal });
    const { events, next } = (await response.json()) as { events: LedgerEvent[]; next: number };
    yield* events;
    if (events.length < PAGE) return;
    at = next;
  }
}

/** A stream that breaks is opened again behind the last event that was handed out. */
async function* following(send: Send, after: number, signal: AbortSignal | undefined) {
  for (let at = after; ; ) {
    const response = await send({
      method: 'GET',
      path: `/v1/events?after=${at}`,
      headers: { accept: 'text/event-stream' },
      isRepeatable: true,
      signal,
    });
    try {
      for await (const event of eventsIn(response)) {
        at = event.leafIndex;
        yield event;
      }
    } catch (error) {
      // A broken connection; what the caller does with an event is not thrown in here.
      if (signal?.aborted === true) throw error;
    }
    await pause(AGAIN_AFTER_MS, signal);
  }
}

async function* eventsIn(response: Response): AsyncGenerator<LedgerEvent> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = (text + value).split('\n\n');
      text = messages.pop()!;
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) yield JSON.parse(data) as LedgerEvent;
      }
    }
  } finally {
    // Also when the caller leaves the loop: else the connection would stay.
    await reader.cancel().catch(() => undefined);
  }
}

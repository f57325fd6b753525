/** One HTTP request to a gateway, sent again while that is safe. Imports nothing: runs in Node and in browsers as it is. */

export interface ClientOptions {
  /** Address of the gateway, such as https://ledger.example */
  readonly url: string;
  /** Absent for what everybody may do. */
  readonly apiKey?: string | undefined;
  /** Of the words in problems and answers. */
  readonly language?: 'ko' | 'en';
  /** Seconds for which one request is sent again while the gateway is busy, starts or cannot be reached; 0 = sent once. */
  readonly patienceSec?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Ask extends CallOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends no credentials, so that nothing tells who asks. */
  readonly isAnonymous?: boolean;
  /** Twice is the same as once: a read, or a write that carries its key. */
  readonly isRepeatable: boolean;
}

export type Send = (ask: Ask) => Promise<Response>;

/** One thing wrong with what was sent. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** The gateway's refusal (RFC 9457). `code` is stable, the words are in the language asked for. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];
  /** Names this request in the operator's log. */
  readonly requestId: string | undefined;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(String(body.detail ?? body.title ?? `HTTP ${status}`));
    this.status = status;
    this.code = String(body.code ?? `HTTP_${status}`);
    this.field = body.field as string | undefined;
    this.details = (body.details ?? {}) as Problem['details'];
    this.errors = (body.errors ?? []) as readonly FieldError[];
    this.requestId = body.requestId as string | undefined;
  }
}

/** A gateway that was killed is back by then, and so is a network of which a half was away. */
const USUAL_PATIENCE_SEC = 120;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** Too many requests, and the ways of a gateway, or of what stands before it, to say "not now". */
const BUSY = [429, 502, 503, 504];

export function createSend({
  url,
  apiKey,
  language = 'en',
  patienceSec = USUAL_PATIENCE_SEC,
}: ClientOptions): Send {
  const base = url.replace(/\/+$/, '');

  function once({ method, path, body, headers, isAnonymous = false, signal }: Ask): Promise<Response> {
    return fetch(base + path, {
      method,
      credentials: 'omit',
      headers: {
        'accept-language': language,
        ...(apiKey !== undefined && !isAnonymous && { authorization: `Bearer ${apiKey}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  }

  return async function send(ask) {
    const untilMs = performance.now() + 1000 * patienceSec;
    for (let tried = 1; ; tried++) {
      const mayRepeat = ask.isRepeatable && performance.now() < untilMs;
      const response = await once(ask).catch((error: unknown) => {
        if (!mayRepeat || ask.signal?.aborted === true) throw error;
        return undefined;
      });
      if (response?.ok === true) return response;
      if (response !== undefined && !(mayRepeat && BUSY.includes(response.status)))
        throw await problemOf(response);
      await response?.body?.cancel();
      await pause(pauseMs(response, tried), ask.signal);
    }
  };
}

/** Something else than the gateway may have answered: then there is only the status. */
async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => undefined);
  return new Problem(response.status, typeof body === 'object' && body !== null ? body : {});
}

/** As long as the gateway asks for, else twice as long each time; never all clients at the same moment. */
function pauseMs(response: Response | undefined, tried: number): number {
  const asked = 1000 * Number(response?.headers.get('retry-after') ?? Number.NaN);
  const usual = FIRST_PAUSE_MS * 2 ** (tried - 1);
  return (Number.isFinite(asked) ? asked : Math.min(usual, LONGEST_PAUSE_MS)) * (1 + Math.random() / 4);
}

/** @throws the signal's reason when it comes first */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

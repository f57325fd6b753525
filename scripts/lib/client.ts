/** A small client of the gateway's HTTP surface for demonstration, bench and tests; what any app would write. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Accepted {
  readonly entryId: string;
  readonly state: string;
}

export interface PostOptions {
  /** Made up when absent; the same key with the same body is the same request. */
  readonly idempotencyKey?: string;
  /** Seconds to wait for the final answer. */
  readonly wait?: number;
}

/** The gateway's refusal, as application/problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string };

  constructor(status: number, body: { code?: string; detail?: string }, path: string) {
    super(`${path}: ${status} ${body.code ?? ''} ${body.detail ?? ''}`);
    this.status = status;
    this.body = body;
  }
}

const MAX_TRIES = 20;

export interface Client {
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  post<T = Accepted>(path: string, body: unknown, options?: PostOptions): Promise<T>;
  as(apiKey: string): Client;
}

/** @param apiKey absent for what everybody may do. */
export function createClient(url: string, apiKey?: string): Client {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  /** Waits as long as a busy gateway asks for, and tries again after a broken connection: writes carry their key. */
  async function request(path: string, init: RequestInit): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const response = await fetch(`${url}${path}`, init).catch((cause: unknown) => {
        if (tries >= MAX_TRIES) throw cause;
        return undefined;
      });
      const isBusy = response === undefined || response.status === 429 || response.status === 503;
      if (response !== undefined && (!isBusy || tries >= MAX_TRIES)) {
        if (response.ok) return response;
        throw new Problem(response.status, await response.json().catch(() => ({})), path);
      }
      await sleep(1000 * Number(response?.headers.get('retry-after') ?? 0.2));
    }
  }

  return {
    get: async (path) => (await request(path, { headers })).json(),
    text: async (path) => (await request(path, { headers })).text(),
    async post<T>(
      path: string,
      body: unknown,
      { idempotencyKey = randomUUID(), wait }: PostOptions = {},
    ): Promise<T> {
      const response = await request(path, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
          ...(wait === undefined ? {} : { prefer: `wait=${wait}` }),
        },
        body: JSON.stringify(body),
      });
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    as: (key) => createClient(url, key),
  };
}

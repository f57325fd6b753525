/** The gateway as the pages see it. A refusal is thrown with the gateway's own words, in the reader's language. */
import type { FieldError } from './client/client.ts';
import { lang, t } from './lang.ts';

export interface Problem {
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly status?: number;
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly FieldError[];
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.problem = problem;
  }

  /** What is wrong with single fields, by their path. */
  get wrong(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map(({ path, message }) => [path, message]));
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sends nothing that could tell who asks: for ballots. */
  readonly isAnonymous?: boolean;
}

export async function askJson<T>(path: string, ask: Ask = {}): Promise<T> {
  const response = await send(path, ask);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function askText(path: string, ask: Ask = {}): Promise<string> {
  return (await send(path, ask)).text();
}

/** undefined instead of a refusal when there is no such thing. */
export async function askOptional<T>(path: string, ask: Ask = {}): Promise<T | undefined> {
  try {
    return await askJson<T>(path, ask);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return undefined;
    throw error;
  }
}

/** Key that makes a repeated request the same request: kept by the form until an answer came. */
export function newKey(): string {
  return crypto.randomUUID();
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

async function send(path: string, ask: Ask): Promise<Response> {
  const response = await fetch(path, {
    method: ask.method ?? 'GET',
    credentials: ask.isAnonymous ? 'omit' : 'same-origin',
    headers: {
      accept: 'application/json, application/problem+json, text/plain',
      'accept-language': lang(),
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...ask.headers,
    },
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    ...(ask.signal ? { signal: ask.signal } : {}),
  }).catch(() => {
    throw new ApiError({ code: 'NETWORK', detail: t('error.network') });
  });
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const plain = {
    code: `HTTP_${response.status}`,
    status: response.status,
    detail: t('error.status', { status: response.status }),
  };
  if (!response.headers.get('content-type')?.includes('json')) return plain;
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return { ...plain, ...body, status: response.status };
}

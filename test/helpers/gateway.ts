/** One whole gateway for all tests of a run: embedded chain, witness, log, HTTP, with the registry's services and a made-up one. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import type { Hex } from '../../server/core/bytes.ts';
import type { HealthStatus } from '../../server/http/health.ts';
import { type Running, startGateway } from '../../server/main.ts';
import { services } from '../../server/services/index.ts';
import { libraryCards } from '../services/library-cards/index.ts';

export const ALL_SERVICES = [...services, libraryCards];

export interface TestGateway extends Running {
  readonly adminKey: string;
  readonly folder: string;
}

/** An answer as a test reads it: members it asks for are there, or the test fails. */
export interface Loose {
  readonly [member: string]: unknown;
  readonly entryId: Hex;
  readonly code: string;
  readonly detail: string;
  readonly details: { readonly reason: string };
}

export interface Reply<T = Loose> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

let started: Promise<TestGateway> | undefined;

/** The shared one; stopped after the last test of the run. */
export function gateway(): Promise<TestGateway> {
  started ??= startOwn();
  return started;
}

after(async () => {
  if (started !== undefined) await stopOwn(await started);
});

/** @param kept data folder of an earlier one, stopped with its folder left */
export async function startOwn(
  variables: Readonly<Record<string, string>> = {},
  kept?: string,
): Promise<TestGateway> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'sillok-gateway-')));
  const config = readConfig({
    SILLOK_DATA: folder,
    SILLOK_PORT: '0',
    SILLOK_LOG_LEVEL: 'silent',
    SILLOK_SIGN_INS_PER_MINUTE: '10000',
    ...variables,
  });
  const running = await startGateway(config, { services: ALL_SERVICES });
  await running.adminKeySeen();
  return { ...running, adminKey: running.adminKey!, folder };
}

export async function stopOwn(running: TestGateway): Promise<void> {
  await running.stop();
  await rm(running.folder, { recursive: true, force: true });
}

export interface Send {
  readonly method?: string;
  readonly key?: string | undefined;
  readonly cookie?: string | undefined;
  readonly body?: unknown;
  readonly idempotency?: string;
  readonly wait?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, English unless told otherwise; a body makes it a POST with a fresh idempotency key. */
export async function send<T = Loose>(url: string, options: Send = {}): Promise<Reply<T>> {
  const { body, key, cookie, wait } = options;
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'accept-language': 'en',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(cookie !== undefined && { cookie, origin: new URL(url).origin }),
      ...(body !== undefined && {
        'content-type': 'application/json',
        'idempotency-key': options.idempotency ?? randomUUID(),
      }),
      ...(wait !== undefined && { prefer: `wait=${wait}` }),
      ...options.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as T,
  };
}

/** As its administrator sees it; kept for a second by the gateway. */
export async function healthOf(url: string, key: string | undefined): Promise<HealthStatus> {
  return (await send<HealthStatus>(`${url}/v1/admin/status`, { key })).body;
}

/** The same again while a standby is late. */
export async function sendPatiently<T = Loose>(url: string, options: Send): Promise<Reply<T>> {
  const idempotency = options.idempotency ?? randomUUID();
  for (;;) {
    const reply = await send<T>(url, { ...options, idempotency });
    if ((reply.body as Loose).code !== 'STANDBY_MISSING') return reply;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A new organisation that may use the made-up service, with an API key for it. */
export async function makeBranch(running: TestGateway): Promise<{ organisation: string; key: string }> {
  const organisation = `branch-${randomBytes(4).toString('hex')}`;
  const admin = { key: running.adminKey };
  await send(`${running.url}/v1/admin/organisations`, {
    ...admin,
    body: { organisation, name: 'Branch library', kind: 'public-body', accreditations: ['library-cards'] },
  });
  const { body } = await send<{ key: string }>(`${running.url}/v1/admin/api-keys`, {
    ...admin,
    body: { organisation, label: 'desk', scopes: ['library-cards/*'] },
  });
  return { organisation, key: body.key };
}

let cards = 0;

export function aCard(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  cards += 1;
  const number = `L${String(cards).padStart(6, '0')}`;
  return { number, branch: 'yongdap', memberName: '최독서', issuedOn: '2026-03-02', ...change };
}

export async function untilReceipted(url: string, entryId: Hex): Promise<Record<string, unknown>> {
  for (;;) {
    const { body } = await send(`${url}/v1/entries/${entryId}`);
    if (body.state === 'receipted' || body.state === 'refused') return body;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

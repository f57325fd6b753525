/** Organisations as an attacker meets them: accredited for what they ask, with an API key for exactly that. */
import { randomBytes } from 'node:crypto';
import type { Hex } from '../../server/core/bytes.ts';
import { send, type TestGateway, untilReceipted } from './gateway.ts';

export interface Actor {
  readonly organisation: string;
  readonly key: string;
}

export async function makeActor(
  running: Pick<TestGateway, 'url' | 'adminKey'>,
  accreditations: readonly string[],
  scopes: readonly string[] = [...new Set(accreditations.map((scope) => `${scope.split('.')[0]}/*`))],
): Promise<Actor> {
  const organisation = `actor-${randomBytes(4).toString('hex')}`;
  await administer(running, 'organisations', {
    organisation,
    name: 'Actor',
    kind: 'company',
    accreditations,
  });
  const { key } = await administer<{ key: string }>(running, 'api-keys', {
    organisation,
    label: 'test',
    scopes,
  });
  return { organisation, key };
}

/** @throws Error unless the administrator's request was taken */
export async function administer<T>(
  running: Pick<TestGateway, 'url' | 'adminKey'>,
  path: string,
  body: unknown = {},
): Promise<T> {
  const reply = await send<T>(`${running.url}/v1/admin/${path}`, { key: running.adminKey, body });
  if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Written, receipted, and its id. */
export async function record(
  running: TestGateway,
  action: string,
  body: unknown,
  key?: string,
): Promise<Hex> {
  const reply = await send(`${running.url}/v1/${action}`, { body, key, wait: 20 });
  // 202: not final within that time.
  if (reply.status !== 201 && reply.status !== 202)
    throw new Error(`${action}: ${reply.status} ${JSON.stringify(reply.body)}`);
  const entry = await untilReceipted(running.url, reply.body.entryId);
  if (entry.state !== 'receipted') throw new Error(`${action}: ${JSON.stringify(entry)}`);
  return reply.body.entryId;
}

/** A VIN of the form that Korean makers give, whose ninth place holds no check digit. */
export function someVin(): string {
  return `KNAKH815BAK${String(randomBytes(4).readUInt32BE() % 1_000_000).padStart(6, '0')}`;
}

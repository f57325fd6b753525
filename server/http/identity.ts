/** Who is asking: an API key, a staff session, or nobody. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { isKeyValid, organisationOf } from '../actions/organisations.ts';
import { readerOf } from '../actions/reading.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Actor } from '../services/define.ts';
import { type ApiKey, type ApiKeys, covers } from './api-keys.ts';
import type { Access } from './route.ts';
import type { Session, Sessions } from './sessions.ts';

export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'key'; readonly key: ApiKey; readonly isCity: boolean }
  | { readonly kind: 'session'; readonly session: Session; readonly isCity: boolean }
  | { readonly kind: 'gateway'; readonly url: string };

/** A gateway that follows the log, and how it proves itself. */
export interface KnownGateway {
  readonly url: string;
  readonly token: string;
}

const NOBODY: Caller = { kind: 'nobody' };

export interface Identity {
  /** @throws AppError UNAUTHENTICATED | SESSION_ENDED | ORGANISATION_INACTIVE | ORIGIN_FOREIGN | SCOPE_MISSING and those of ApiKeys.check */
  callerOf(request: Request, access: Access, scope: string | undefined): Promise<Caller>;
}

export function createIdentity(
  context: Context,
  keys: ApiKeys,
  sessions: Sessions,
  publicUrl: string,
  gateways: readonly KnownGateway[],
): Identity {
  const reader = readerOf('organisations', context);
  const hashed = gateways.map(({ url, token }) => ({ url, hash: hashOf(token) }));

  function ofGateway(token: string): Caller {
    // All of them are compared, so that the time tells nothing.
    const hash = hashOf(token);
    const [known] = hashed.filter((one) => timingSafeEqual(one.hash, hash));
    if (known === undefined) throw new AppError('UNAUTHENTICATED');
    return { kind: 'gateway', url: known.url };
  }

  async function ofKey(text: string, request: Request, access: Access): Promise<Caller> {
    const key = keys.check(text, request.ip ?? '');
    const row = await organisationOf(key.organisation, reader);
    // Administration stays open, or a city that suspended itself could not resume.
    if (row?.status !== 'active' && access !== 'admin')
      throw new AppError('ORGANISATION_INACTIVE', { organisation: key.organisation });
    return { kind: 'key', key, isCity: row?.kind === 'city' };
  }

  async function ofSession(request: Request): Promise<Caller> {
    const session = await sessions.of(request.headers.cookie);
    if (session === undefined) return NOBODY;
    if (!['GET', 'HEAD'].includes(request.method)) requireSameOrigin(request);
    const row = await organisationOf(session.organisation, reader);
    if (row?.status !== 'active' || !isKeyValid(row, session.key, context.nowSec()))
      throw new AppError('SESSION_ENDED');
    return { kind: 'session', session, isCity: row.kind === 'city' };
  }

  /** SameSite=Strict keeps the cookie from foreign sites; this refuses sibling hosts and old browsers as well. */
  function requireSameOrigin(request: Request): void {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isOurs = origin === publicUrl || (origin === undefined && site === 'same-origin');
    if (!isOurs) throw new AppError('ORIGIN_FOREIGN');
  }

  return {
    async callerOf(request, access, scope) {
      if (access === 'public' || access === 'anonymous') return NOBODY;
      const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      if (access === 'gateway') return ofGateway(bearer ?? '');
      const caller =
        bearer !== undefined && access !== 'session'
          ? await ofKey(bearer, request, access)
          : await ofSession(request);
      if (access === 'admin' && caller.kind !== 'key') throw new AppError('UNAUTHENTICATED');
      if (caller.kind !== 'key' && caller.kind !== 'session') throw new AppError('UNAUTHENTICATED');
      const wanted = access === 'admin' ? 'admin' : scope;
      if (caller.kind === 'key' && wanted !== undefined && !covers(caller.key.scopes, wanted))
        throw new AppError('SCOPE_MISSING', { scope: wanted });
      return caller;
    },
  };
}

export function actorOf(caller: Caller): Actor {
  if (caller.kind !== 'key' && caller.kind !== 'session') return { kind: 'anonymous' };
  const { organisation } = caller.kind === 'key' ? caller.key : caller.session;
  return { kind: 'organisation', organisation, isCity: caller.isCity };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Names an API key without opening anything. */
export function prefixOf(caller: Caller): string {
  return caller.kind === 'key' ? caller.key.prefix : '';
}

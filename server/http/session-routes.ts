/** Signing in and out for staff of organisations. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Response } from 'express';
import { z } from 'zod';
import { keyIdOf, organisationOf, organisationsOfKey } from '../actions/organisations.ts';
import { readerOf } from '../actions/reading.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Challenges } from './challenges.ts';
import type { Passkeys } from './passkeys.ts';
import { type Asked, type Route, route } from './route.ts';
import type { Session, Sessions } from './sessions.ts';
import { verifyWallet } from './siwe.ts';

export const walletProof = z.strictObject({ message: z.string().max(4000), signature: z.string().max(200) });
/** The library checks what is inside; here only size and shape are bounded. */
export const webauthnResponse = z.looseObject({ id: z.string().max(1400), response: z.looseObject({}) });

export interface SignIn {
  readonly challenges: Challenges;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly publicUrl: string;
}

export function sessionRoutes(context: Context, signIn: SignIn): readonly Route[] {
  const { challenges, passkeys, sessions, publicUrl } = signIn;
  const { chainId } = context.chain;
  const reader = readerOf('organisations', context);
  const common = { tag: 'sign-in', access: 'public' } as const;

  /** @param change to the organisation wanted, from a session that ends; else the first of the key's. @throws AppError SIGN_IN_REFUSED */
  async function begin(
    { key, kind }: Pick<Session, 'key' | 'kind'>,
    response: Response,
    change?: { readonly wanted: string; readonly from: Session },
  ): Promise<void> {
    const rows = await organisationsOfKey(key, context.nowSec(), reader);
    const row = rows.find(({ organisation }) => change === undefined || organisation === change.wanted);
    if (row === undefined) throw new AppError('SIGN_IN_REFUSED', { reason: 'organisation' });
    const { organisation } = row;
    const cookie = await sessions.begin({ organisation, key, kind });
    // A new session, so that nothing prepared in the name of one organisation is sent in that of another.
    if (change !== undefined) await sessions.end(change.from.id);
    response.setHeader('Set-Cookie', cookie);
    response.json(await describe({ organisation, key, kind }));
  }

  async function describe({ organisation, key, kind }: Pick<Session, 'organisation' | 'key' | 'kind'>) {
    const row = await organisationOf(organisation, reader);
    const rows = await organisationsOfKey(key, context.nowSec(), reader);
    const scopes = Object.keys(row?.accreditations ?? {});
    const credentialId = kind === 'passkey' ? await passkeys.credentialOf(key) : undefined;
    return {
      organisation,
      name: row?.name ?? organisation,
      isCity: row?.kind === 'city',
      organisations: rows.map(({ organisation: id, name }) => ({ organisation: id, name })),
      key,
      kind,
      services: context.services
        .filter(({ id, schemas }) => scopes.includes(id) || schemas.some((schema) => scopes.includes(schema)))
        .map(({ id }) => id),
      accreditations: scopes,
      ...(kind === 'wallet' && { address: row?.keys[key]?.signer }),
      ...(credentialId !== undefined && { credentialId, rpId: passkeys.rpId }),
    };
  }

  return [
    route({
      ...common,
      method: 'get',
      path: '/v1/session/nonce',
      summary: { ko: '지갑 로그인에 쓸 일회용 값', en: 'One-time value for signing in with a wallet' },
      handle(_asked, response) {
        response.setHeader('Cache-Control', 'no-store');
        response.json({ nonce: challenges.issue('wallet'), chainId });
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/v1/session/wallet',
      summary: { ko: '지갑으로 로그인(EIP-4361)', en: 'Sign in with a wallet (EIP-4361)' },
      body: walletProof,
      problems: ['SIGN_IN_REFUSED'],
      async handle({ body }, response) {
        const expected = { publicUrl, chainId, nowMs: context.nowMs() };
        const address = await verifyWallet(body as z.infer<typeof walletProof>, expected, challenges);
        await begin({ key: keyIdOf(address), kind: 'wallet' }, response);
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/v1/session/passkey/options',
      summary: { ko: '패스키 로그인 준비', en: 'Options for signing in with a passkey' },
      body: z.strictObject({}),
      handle: async (_asked, response) => void response.json(await passkeys.signInOptions()),
    }),
    route({
      ...common,
      method: 'post',
      path: '/v1/session/passkey',
      summary: { ko: '패스키로 로그인', en: 'Sign in with a passkey' },
      body: webauthnResponse,
      problems: ['SIGN_IN_REFUSED'],
      async handle({ body }, response) {
        const { key } = await passkeys.signIn(body as AuthenticationResponseJSON);
        await begin({ key, kind: 'passkey' }, response);
      },
    }),
    route({
      tag: 'session',
      access: 'session',
      method: 'get',
      path: '/v1/session',
      summary: { ko: '로그인한 직원', en: 'Who is signed in' },
      problems: ['UNAUTHENTICATED', 'SESSION_ENDED'],
      handle: async (asked, response) => void response.json(await describe(sessionOf(asked))),
    }),
    route({
      tag: 'session',
      access: 'session',
      method: 'post',
      path: '/v1/session/organisation',
      summary: {
        ko: '같은 열쇠로 다른 기관에서 일하기',
        en: 'Work for another organisation with the same key',
      },
      body: z.strictObject({ organisation: z.string().max(31) }),
      example: { organisation: 'hanbit-motors' },
      problems: ['UNAUTHENTICATED', 'SESSION_ENDED', 'SIGN_IN_REFUSED'],
      async handle(asked, response) {
        const from = sessionOf(asked);
        const { organisation: wanted } = asked.body as { organisation: string };
        await begin(from, response, { wanted, from });
      },
    }),
    route({
      tag: 'session',
      access: 'session',
      method: 'delete',
      path: '/v1/session',
      status: 204,
      summary: { ko: '로그아웃', en: 'Sign out' },
      async handle(asked, response) {
        response.setHeader('Set-Cookie', await sessions.end(sessionOf(asked).id));
        response.status(204).end();
      },
    }),
  ];
}

function sessionOf({ caller }: Asked): Session {
  if (caller.kind !== 'session') throw new AppError('UNAUTHENTICATED');
  return caller.session;
}

/**
 * A member of staff joins an organisation: the administrator's code, used once, puts the new key on the chain.
 * Row `invitation:<SHA-256 of the code>` = {organisation, expiresAtMs, usedAtMs?}.
 */
import { createHash } from 'node:crypto';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { createLocks } from '../actions/locks.ts';
import { keyIdOf, organisationOf, requireActive } from '../actions/organisations.ts';
import { readerOf } from '../actions/reading.ts';
import { noteAct } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Op } from '../store/level.ts';
import { prefixOf } from './identity.ts';
import { type Route, route } from './route.ts';
import { type SignIn, walletProof, webauthnResponse } from './session-routes.ts';
import { verifyWallet } from './siwe.ts';

const LIFE_MS = 7 * 86_400_000;

interface Invitation {
  readonly organisation: string;
  readonly expiresAtMs: number;
  readonly usedAtMs?: number;
}

const code = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const name = z.string().trim().max(60).optional();

export function invitationRoutes(context: Context, signIn: SignIn): readonly Route[] {
  const { challenges, passkeys, publicUrl } = signIn;
  const { store } = context;
  const reader = readerOf('organisations', context);
  const locks = createLocks();

  async function open(text: string): Promise<Invitation> {
    const found = await store.get<Invitation>(rowKey(text));
    if (found === undefined || found.usedAtMs !== undefined || found.expiresAtMs <= context.nowMs())
      throw new AppError('INVITATION_UNKNOWN');
    return found;
  }

  async function join(
    text: string,
    proof: { passkey?: unknown; wallet?: z.infer<typeof walletProof> | undefined },
  ) {
    const invitation = await open(text);
    requireActive(invitation.organisation, await organisationOf(invitation.organisation, reader));
    const { signer, row } = await keyOf(text, proof);
    const key = keyIdOf(signer);
    const used = { ...invitation, usedAtMs: context.nowMs() };
    const ops: Op[] = [{ type: 'put', key: rowKey(text), value: used }, ...row(key)];
    await context.administer(context.chain.acts.addKey(invitation.organisation, signer, 0, 0));
    await store.commit(ops);
    return { organisation: invitation.organisation, key };
  }

  async function keyOf(
    text: string,
    proof: { passkey?: unknown; wallet?: z.infer<typeof walletProof> | undefined },
  ) {
    if (proof.wallet !== undefined) {
      const expected = { publicUrl, chainId: context.chain.chainId, nowMs: context.nowMs() };
      const signer = await verifyWallet(proof.wallet, expected, challenges);
      return { signer, row: (_key: Hex): Op[] => [] };
    }
    const made = await passkeys.register(proof.passkey as RegistrationResponseJSON, text);
    return { signer: made.signer, row: (key: Hex): Op[] => [made.row(key)] };
  }

  return [
    route({
      method: 'post',
      path: '/v1/admin/organisations/{id}/invitations',
      tag: 'administration',
      access: 'admin',
      status: 201,
      summary: { ko: '직원 초대', en: 'Invite a member of staff' },
      problems: ['ORGANISATION_INACTIVE'],
      async handle({ params: { id }, caller }, response) {
        requireActive(id!, await organisationOf(id!, reader));
        const text = Buffer.from(context.random(16)).toString('base64url');
        const expiresAtMs = context.nowMs() + LIFE_MS;
        const value: Invitation = { organisation: id!, expiresAtMs };
        await store.commit([{ type: 'put', key: rowKey(text), value }]);
        await noteAct(context, { by: prefixOf(caller), did: 'staff-invited', to: id! });
        const url = `${publicUrl}/join#${text}`;
        response.status(201).json({ code: text, url, expiresAtSec: Math.floor(expiresAtMs / 1000) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/join/options',
      tag: 'sign-in',
      access: 'public',
      summary: {
        ko: '초대받은 직원의 패스키 준비',
        en: 'Options for an invited member of staff to make a passkey',
      },
      body: z.strictObject({ code, name }),
      problems: ['INVITATION_UNKNOWN'],
      async handle({ body }, response) {
        const asked = body as { code: string; name?: string };
        const { organisation } = await open(asked.code);
        const shown = asked.name === undefined || asked.name === '' ? organisation : asked.name;
        response.json(await passkeys.registrationOptions(shown, asked.code));
      },
    }),
    route({
      method: 'post',
      path: '/v1/join',
      tag: 'sign-in',
      access: 'public',
      status: 201,
      summary: { ko: '초대를 받아들이고 서명 열쇠 등록', en: 'Accept an invitation with a new signing key' },
      body: z
        .strictObject({ code, passkey: webauthnResponse.optional(), wallet: walletProof.optional() })
        .refine(({ passkey, wallet }) => (passkey === undefined) !== (wallet === undefined)),
      problems: ['INVITATION_UNKNOWN', 'ORGANISATION_INACTIVE', 'SIGN_IN_REFUSED', 'ADMINISTRATION_REFUSED'],
      async handle({ body }, response) {
        const asked = body as { code: string; passkey?: unknown; wallet?: z.infer<typeof walletProof> };
        // One at a time, so that a code adds one key and a passkey joins once, however often they are sent.
        response.status(201).json(await locks.hold('join', () => join(asked.code, asked)));
      },
    }),
  ];
}

function rowKey(text: string): string {
  return `invitation:${createHash('sha256').update(text).digest('hex')}`;
}

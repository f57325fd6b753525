/** Administration of organisations, their keys and accreditations: acts on the chain, answered when they are seen there. */
import { z } from 'zod';
import { keyIdOf, listOrganisations, organisationOf } from '../actions/organisations.ts';
import { readerOf } from '../actions/reading.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { ORGANISATION_KINDS, type OrganisationKind, type OrganisationRow } from '../core/organisation.ts';
import { type Described, type Route, route } from './route.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/);
const sec = z
  .int()
  .min(0)
  .max(2 ** 40);
const hexBytes = (pattern: string) =>
  z
    .string()
    .regex(new RegExp(`^0x${pattern}$`, 'i'))
    .transform((text) => text.toLowerCase() as Hex);

const registration = z.strictObject({
  organisation: name,
  name: z.string().trim().min(1).max(120),
  kind: z.enum(ORGANISATION_KINDS),
  accreditations: z.array(name).max(32).default([]),
  /** Whether the gateway's vault makes a key for it, so that its apps can write with an API key. */
  vaultKey: z.boolean().default(true),
});
const period = { validFromSec: sec.default(0), validToSec: sec.default(0) };
const keyRequest = z
  .strictObject({
    vault: z.literal(true).optional(),
    address: hexBytes('[0-9a-f]{40}').optional(),
    signer: hexBytes('([0-9a-f]{2}){20,2048}').optional(),
    ...period,
  })
  .refine(
    ({ vault, address, signer }) => [vault, address, signer].filter((one) => one !== undefined).length === 1,
  );

export function organisationRoutes(context: Context): readonly Route[] {
  const { acts } = context.chain;
  const reader = readerOf('organisations', context);
  const one = z.object({ id: name });

  async function shown(id: string): Promise<OrganisationRow> {
    const row = await organisationOf(id, reader);
    if (row === undefined) throw new AppError('ORGANISATION_UNKNOWN', { organisation: id });
    return row;
  }

  const common = { tag: 'administration', access: 'admin' } as const;
  /** POST …/{id}/{act}, answered with the organisation as it then stands. */
  const act = (
    path: string,
    summary: Described['summary'],
    run: (id: string, body: never, params: Readonly<Record<string, string>>) => Promise<void>,
    body: z.ZodType = z.strictObject({}),
    example: unknown = {},
  ): Route =>
    route({
      ...common,
      method: 'post',
      path: `/v1/admin/organisations/{id}/${path}`,
      summary,
      params: z.looseObject({ id: name }),
      body,
      example,
      problems: ['ORGANISATION_UNKNOWN', 'ADMINISTRATION_REFUSED'],
      async handle({ params, body: asked }, response) {
        await shown(params.id!);
        await run(params.id!, asked as never, params);
        response.json(await shown(params.id!));
      },
    });

  async function register(body: z.infer<typeof registration>): Promise<OrganisationRow> {
    const { organisation, kind, accreditations, vaultKey } = body;
    await context.administer(acts.register(organisation, kind as OrganisationKind, body.name));
    if (vaultKey) await addVaultKey(organisation, 0, 0);
    for (const scope of accreditations) await context.administer(acts.accredit(organisation, scope, 0, 0));
    return shown(organisation);
  }

  async function vaultAddressOf(organisation: string): Promise<Hex> {
    const { address } = await context.vault.signer(`organisation.${organisation}`);
    return address;
  }

  async function addVaultKey(organisation: string, from: number, to: number): Promise<void> {
    await context.administer(acts.addKey(organisation, await vaultAddressOf(organisation), from, to));
  }

  return [
    route({
      ...common,
      method: 'get',
      path: '/v1/admin/organisations',
      summary: { ko: '기관 목록', en: 'Organisations' },
      async handle(_asked, response) {
        response.json({ organisations: await listOrganisations(context.store) });
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/v1/admin/organisations',
      status: 201,
      summary: { ko: '기관 등록', en: 'Register an organisation' },
      body: registration,
      example: {
        organisation: 'hanbit-motors',
        name: '한빛모터스',
        kind: 'company',
        accreditations: ['vehicles'],
      },
      problems: ['ADMINISTRATION_REFUSED'],
      async handle({ body }, response) {
        response.status(201).json(await register(body as z.infer<typeof registration>));
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/v1/admin/organisations/{id}',
      summary: { ko: '기관 한 곳', en: 'One organisation' },
      params: one,
      problems: ['ORGANISATION_UNKNOWN'],
      handle: async ({ params: { id } }, response) => void response.json(await shown(id!)),
    }),
    act('suspend', { ko: '활동 정지', en: 'Suspend' }, (id) => context.administer(acts.suspend(id))),
    act('resume', { ko: '활동 재개', en: 'Resume' }, (id) => context.administer(acts.resume(id))),
    act('retire', { ko: '폐지(되돌릴 수 없음)', en: 'Retire (final)' }, (id) =>
      context.administer(acts.retire(id)),
    ),
    act(
      'rename',
      { ko: '이름 바꾸기', en: 'Rename' },
      (id, body: { name: string }) => context.administer(acts.rename(id, body.name)),
      z.strictObject({ name: z.string().trim().min(1).max(120) }),
      { name: '한빛자동차' },
    ),
    act(
      'keys',
      { ko: '서명 열쇠 추가', en: 'Add a signing key' },
      (id, body: z.infer<typeof keyRequest>) =>
        body.vault
          ? addVaultKey(id, body.validFromSec, body.validToSec)
          : context.administer(
              acts.addKey(id, (body.address ?? body.signer)!, body.validFromSec, body.validToSec),
            ),
      keyRequest,
      { vault: true },
    ),
    route({
      ...common,
      method: 'post',
      path: '/v1/admin/organisations/{id}/vault-key',
      summary: {
        ko: '이 게이트웨이 금고에 있는 기관 서명 열쇠의 주소(없으면 만듦). 다른 게이트웨이에서 등록할 때 씀',
        en: "Address of the organisation's signing key in this gateway's vault, made on first use; to be registered at another gateway",
      },
      params: one,
      body: z.strictObject({}),
      example: {},
      answer: z.object({ organisation: z.string(), address: z.string() }),
      problems: ['ORGANISATION_UNKNOWN'],
      async handle({ params: { id } }, response) {
        await shown(id!);
        response.json({ organisation: id, address: await vaultAddressOf(id!) });
      },
    }),
    act(
      'keys/{key}/end',
      { ko: '서명 열쇠의 유효 기간 끝내기', en: 'End a signing key' },
      (id, body: { validToSec: number }, { key }) =>
        context.administer(acts.endKey(id, keyParameter(key), body.validToSec)),
      z.strictObject({ validToSec: sec.default(0) }),
    ),
    act(
      'keys/{key}/compromised',
      { ko: '서명 열쇠 유출 신고', en: 'Report a signing key as compromised' },
      (id, body: { sinceSec: number }, { key }) =>
        context.administer(acts.reportCompromised(id, keyParameter(key), body.sinceSec)),
      z.strictObject({ sinceSec: sec }),
      { sinceSec: 1_790_000_000 },
    ),
    act(
      'accreditations',
      { ko: '인가', en: 'Accredit' },
      (id, body: { scope: string; validFromSec: number; validToSec: number }) =>
        context.administer(acts.accredit(id, body.scope, body.validFromSec, body.validToSec)),
      z.strictObject({ scope: name, ...period }),
      { scope: 'vehicles' },
    ),
    route({
      ...common,
      method: 'delete',
      path: '/v1/admin/organisations/{id}/accreditations/{scope}',
      summary: { ko: '인가 거두기', en: 'Withdraw an accreditation' },
      params: z.object({ id: name, scope: name }),
      problems: ['ORGANISATION_UNKNOWN', 'ADMINISTRATION_REFUSED'],
      async handle({ params: { id, scope } }, response) {
        await shown(id!);
        await context.administer(acts.withdrawAccreditation(id!, scope!));
        response.json(await shown(id!));
      },
    }),
  ];
}

/** An address is as good as the key's id. */
function keyParameter(text: string | undefined): Hex {
  const key = (text ?? '').toLowerCase() as Hex;
  if (/^0x[0-9a-f]{64}$/.test(key)) return key;
  if (/^0x[0-9a-f]{40}$/.test(key)) return keyIdOf(key);
  throw new AppError('NOT_FOUND');
}

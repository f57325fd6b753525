/** Administration of API keys. */
import { z } from 'zod';
import { organisationOf } from '../actions/organisations.ts';
import { readerOf } from '../actions/reading.ts';
import { noteAct } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import type { ShownApiKey } from '../core/api-key.ts';
import { AppError } from '../core/errors.ts';
import type { Service } from '../services/define.ts';
import type { ApiKey, ApiKeys } from './api-keys.ts';
import { prefixOf } from './identity.ts';
import { type Route, route } from './route.ts';

const request = z.strictObject({
  organisation: z.string().max(31),
  label: z.string().trim().min(1).max(60),
  scopes: z.array(z.string().max(100)).min(1).max(64),
  perMinute: z.int().min(1).max(10_000_000).default(60_000),
  expiresAtSec: z
    .int()
    .min(1)
    .max(2 ** 40)
    .optional(),
});

export function adminKeyRoutes(context: Context, keys: ApiKeys): readonly Route[] {
  const reader = readerOf('organisations', context);
  const common = { tag: 'administration', access: 'admin' } as const;
  return [
    route({
      ...common,
      method: 'get',
      path: '/v1/admin/api-keys',
      summary: { ko: 'API 키 목록', en: 'API keys' },
      handle: (_asked, response) => void response.json({ apiKeys: keys.list().map(shown) }),
    }),
    route({
      ...common,
      method: 'post',
      path: '/v1/admin/api-keys',
      status: 201,
      summary: {
        ko: 'API 키 발급(키는 이 응답에만 나옵니다)',
        en: 'Issue an API key (the key itself is in this answer only)',
      },
      body: request,
      example: { organisation: 'hanbit-motors', label: 'stock system', scopes: ['vehicles/*'] },
      problems: ['ORGANISATION_UNKNOWN', 'SCOPE_INVALID', 'API_KEY_LIMIT'],
      async handle({ body, caller }, response) {
        const { expiresAtSec, ...asked } = body as z.infer<typeof request>;
        const row = await organisationOf(asked.organisation, reader);
        if (row === undefined)
          throw new AppError('ORGANISATION_UNKNOWN', { organisation: asked.organisation });
        // Administration is the city's: no other organisation's key may hold it.
        const allowed = knownScopes(context.services, row.kind === 'city');
        for (const scope of asked.scopes)
          if (!allowed.has(scope)) throw new AppError('SCOPE_INVALID', { scope });
        const expiresAtMs = expiresAtSec === undefined ? undefined : expiresAtSec * 1000;
        const made = await keys.create({ ...asked, expiresAtMs });
        await noteAct(context, { by: prefixOf(caller), did: 'api-key-issued', to: made.row.prefix });
        response.status(201).json({ key: made.key, ...shown(made.row) });
      },
    }),
    route({
      ...common,
      method: 'delete',
      path: '/v1/admin/api-keys/{prefix}',
      summary: { ko: 'API 키 폐기(즉시)', en: 'Revoke an API key (at once)' },
      problems: ['API_KEY_UNKNOWN'],
      async handle({ params: { prefix }, caller }, response) {
        const row = await keys.revoke(prefix!);
        await noteAct(context, { by: prefixOf(caller), did: 'api-key-revoked', to: row.prefix });
        response.json(shown(row));
      },
    }),
  ];
}

function shown({ hash: _secret, ...row }: ApiKey): ShownApiKey {
  return row;
}

function knownScopes(services: readonly Service[], isCity: boolean): ReadonlySet<string> {
  const own = services.flatMap(({ id, actions, queries }) => [
    `${id}/*`,
    ...Object.keys(actions).map((name) => `${id}/${name}`),
    ...Object.keys(queries).map((name) => `${id}/${name}`),
  ]);
  return new Set(isCity ? [...own, '*', 'admin'] : [...own, '*']);
}

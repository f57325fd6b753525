/** What the administrator looks at: how the gateway stands, and what administrators did. */
import { z } from 'zod';
import { listActs } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import { explained, type Health } from './health.ts';
import { type Route, route } from './route.ts';

export function adminStateRoutes(context: Context, health: Health): readonly Route[] {
  const common = { method: 'get', tag: 'administration', access: 'admin' } as const;
  return [
    route({
      ...common,
      path: '/v1/admin/trail',
      summary: { ko: '관리자가 한 일', en: 'What administrators did' },
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      async handle({ query }, response) {
        response.json({ acts: await listActs(context.store, Number(query.limit)) });
      },
    }),
    route({
      ...common,
      path: '/v1/admin/status',
      summary: { ko: '운영 상태', en: 'State of the gateway' },
      async handle(_asked, response) {
        const { alerts, ...state } = await health.status();
        response.json({ ...state, alerts: alerts.map(explained) });
      },
    }),
  ];
}

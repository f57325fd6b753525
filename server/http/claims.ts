/** Where other gateways claim members of Merkle batches, and what the administrator may do with a claim. */
import { z } from 'zod';
import { actOp } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { prefixOf } from './identity.ts';
import { type Route, route } from './route.ts';

/** More than the members of one request can be. */
const MAX_CLAIMED = 10_000;

const entryId = z.string().regex(/^0x[0-9a-f]{64}$/);
const random = z.string().regex(/^[0-9a-f]{32}$/);
const request = z.strictObject({
  holder: random,
  origin: random,
  book: z.string().max(32),
  /** Of the claims of this holder's origin, as the answers of this book counted them. */
  seen: z.int().min(0),
  entryIds: z.array(entryId).max(MAX_CLAIMED),
  /** In the place of a claim: some of what the gateway holds already, or the last of it. */
  told: z.enum(['some', 'all']).optional(),
});
const params = z.object({ id: entryId });
const shown = z.object({ entryId: z.string(), gateway: z.string(), atMs: z.number() });

export function claimRoutes(context: Context, publicUrl: string): readonly Route[] {
  const { outbox } = context;
  const admin = { tag: 'administration', access: 'admin', params, problems: ['CLAIM_UNKNOWN'] } as const;

  async function view(id: Hex): Promise<z.infer<typeof shown>> {
    const claim = await outbox.claimOf(id);
    if (claim === undefined) throw new AppError('CLAIM_UNKNOWN', { entryId: id });
    return { entryId: id, gateway: claim.gateway, atMs: claim.atMs };
  }

  return [
    route({
      method: 'post',
      path: '/v1/claims',
      tag: 'gateways',
      access: 'gateway',
      summary: {
        ko: '다른 게이트웨이가 묶음에 넣을 기록의 번호를 맡기',
        en: 'Another gateway claims the ids of entries that it puts into batches: all of them or none',
      },
      body: request,
      example: {
        holder: '0'.repeat(32),
        origin: '0'.repeat(32),
        book: '0'.repeat(32),
        seen: 0,
        entryIds: [`0x${'c7'.repeat(32)}`],
      },
      problems: ['CLAIMS_FORGOTTEN', 'CLAIMS_INCOMPLETE'],
      answer: z.object({
        taken: z.array(z.object({ entryId: z.string(), gateway: z.string() })),
        count: z.int(),
      }),
      async handle({ body, caller }, response) {
        if (caller.kind !== 'gateway') throw new AppError('UNAUTHENTICATED');
        const { told, entryIds, ...names } = body as z.infer<typeof request>;
        const by = { ...names, gateway: caller.url };
        const { taken, count } = await (told === undefined
          ? outbox.claim(entryIds as Hex[], by)
          : outbox.tell(entryIds as Hex[], by, told === 'all'));
        response.json({ taken: taken.map((one) => ({ gateway: publicUrl, ...one })), count });
      },
    }),
    route({
      ...admin,
      method: 'get',
      path: '/v1/admin/claims/{id}',
      summary: { ko: '번호를 맡은 게이트웨이', en: 'The gateway that claimed an entry' },
      answer: shown,
      handle: async ({ params: { id } }, response) => void response.json(await view(id as Hex)),
    }),
    route({
      ...admin,
      method: 'post',
      path: '/v1/admin/claims/{id}/release',
      summary: {
        ko: '맡긴 번호 되찾기. 그 게이트웨이가 이미 접수했다면 두 번 기록됩니다',
        en: 'Free a claimed entry. If that gateway has accepted it, it may be recorded twice',
      },
      body: z.strictObject({ reason: z.string().trim().min(1).max(300) }),
      example: { reason: 'the machine burnt before it accepted' },
      answer: shown,
      async handle({ params: { id }, body, caller }, response) {
        const claim = await view(id as Hex);
        const { reason: why } = body as { readonly reason: string };
        const act = actOp(context, { by: prefixOf(caller), did: 'claim-released', to: id!, why });
        await outbox.releaseClaim(id as Hex, { ops: [act] });
        response.json(claim);
      },
    }),
  ];
}

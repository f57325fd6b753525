/** What the administrator may do with an entry that is not final, and with the original of any. */
import { z } from 'zod';
import { entryView } from '../actions/entries.ts';
import { type Act, actOp, noteAct } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import type { Text } from '../services/define.ts';
import { prefixOf } from './identity.ts';
import { type Asked, type Route, route } from './route.ts';

const params = z.object({ id: z.string().regex(/^0x[0-9a-f]{64}$/) });
const reason = z.string().trim().min(1).max(300);
const answer = z.object({
  entryId: z.string(),
  state: z.string(),
  held: z.literal(true).optional(),
  cancelling: z.literal(true).optional(),
});

interface Verb {
  readonly name: 'hold' | 'release' | 'cancel' | 'retry';
  readonly did: Act['did'];
  readonly summary: Text;
  readonly problems: readonly string[];
}

const VERBS: readonly Verb[] = [
  {
    name: 'hold',
    did: 'entry-held',
    summary: { ko: '아직 서명되지 않은 기록을 붙들어 두기', en: 'Keep a waiting entry from being signed' },
    problems: ['ENTRY_UNDER_WAY'],
  },
  {
    name: 'release',
    did: 'entry-released',
    summary: { ko: '붙든 기록 풀기', en: 'Let a held entry go' },
    problems: ['ENTRY_NOT_HELD'],
  },
  {
    name: 'cancel',
    did: 'entry-cancelled',
    summary: {
      ko: '블록에 들지 않은 기록 취소. 이미 보낸 것은 그 번호가 다른 거래로 쓰인 것이 확인된 뒤에 거부됩니다. whole=true: 같은 서명에 든 기록 모두',
      en: 'Cancel an entry that is not mined. One that was sent is refused once its nonce is seen used by another transaction. whole=true: all that its signature covers',
    },
    problems: ['ENTRY_MINED', 'ENTRY_UNDER_WAY', 'ENTRY_BOUND'],
  },
  {
    name: 'retry',
    did: 'entry-retried',
    summary: {
      ko: '기다리는 기록을 바로 처리하고, 서명된 것은 모든 노드에 다시 보내기',
      en: 'Take up at once what waits, and give what is signed to every node',
    },
    problems: ['ENTRY_HELD'],
  },
];

export function adminEntryRoutes(context: Context): readonly Route[] {
  return [
    route({
      tag: 'administration',
      access: 'admin',
      method: 'post',
      path: '/v1/admin/entries/{id}/erase',
      summary: { ko: '기록의 원본 지우기', en: "Erase an entry's original" },
      params,
      body: z.strictObject({}),
      example: {},
      async handle({ params: { id }, caller }, response) {
        await context.vault.eraseOriginal(id as Hex);
        await noteAct(context, { by: prefixOf(caller), did: 'original-erased', to: id! });
        response.json({ entryId: id, erasedAtMs: await context.vault.erasedAtMs(id as Hex) });
      },
    }),
    ...VERBS.map((verb) =>
      route({
        tag: 'administration',
        access: 'admin',
        method: 'post',
        path: `/v1/admin/entries/{id}/${verb.name}`,
        summary: verb.summary,
        params,
        body:
          verb.name === 'cancel'
            ? z.strictObject({ reason, whole: z.boolean().optional() })
            : z.strictObject({ reason }),
        example: { reason: 'asked for by the dealer' },
        answer,
        problems: ['ENTRY_UNKNOWN', 'ENTRY_SETTLED', ...verb.problems],
        handle: async (asked, response) => {
          await act(verb, asked);
          const { entryId, state, held, cancelling } = await entryView(context, asked.params.id as Hex);
          response.json({ entryId, state, ...(held && { held }), ...(cancelling && { cancelling }) });
        },
      }),
    ),
  ];

  /** With the note of who did it and why, in one commit. */
  async function act({ name, did }: Verb, { params: { id }, body, caller }: Asked): Promise<void> {
    const { reason: why, whole } = body as { readonly reason: string; readonly whole?: boolean };
    const ops = [actOp(context, { by: prefixOf(caller), did, to: id!, why })];
    if (name === 'cancel') await context.outbox.cancel(id as Hex, { ops, isWhole: whole ?? false });
    else await context.outbox[name](id as Hex, { ops });
  }
}

/** What this gateway offers and whom to trust: services with their schemas, the trust file, the operator. */
import { z } from 'zod';
import { ORGANISATIONS, totalsOf } from '../actions/figures.ts';
import type { Ingest } from '../actions/ingest.ts';
import { listOrganisations } from '../actions/organisations.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Service, Text } from '../services/define.ts';
import type { Trust } from '../verify/trust.ts';
import { type Route, route } from './route.ts';

interface TrustFiles {
  readonly trustNow: () => Trust;
  /** An earlier version of it. */
  readonly trustOf: (version: number) => Promise<Trust | undefined>;
}

export function descriptorRoutes(
  context: Context,
  ingest: Ingest,
  { trustNow, trustOf }: TrustFiles,
  operatorName: Text,
): readonly Route[] {
  const services = context.services.map(describe);
  const startedAtSec = Math.floor(context.nowMs() / 1000);

  /** Figures of the ledger as a whole, for the start page. */
  async function overview() {
    const totals = await totalsOf(context.services, context.store);
    const { size, leafTimeSec } = ingest.cursor();
    return {
      entries: size,
      services: context.services.map(({ id, title }) => ({ id, title, entries: totals[id]!.entries })),
      organisations: totals[ORGANISATIONS]!.registered ?? 0,
      witnesses: {
        configured: trustNow().witnesses.length,
        required: trustNow().threshold,
        cosigned: context.log.latest()?.cosigned.length ?? 0,
      },
      ...(leafTimeSec > 0 && { lastEntryAtSec: leafTimeSec }),
      startedAtSec,
    };
  }

  return [
    route({
      method: 'get',
      path: '/v1/services',
      tag: 'ledger',
      access: 'public',
      summary: { ko: '서비스와 그 입력 양식', en: 'Services with the schemas of their forms' },
      isShared: true,
      handle: (_asked, response) => void response.json({ services }),
    }),
    route({
      method: 'get',
      path: '/v1/organisations',
      tag: 'ledger',
      access: 'public',
      summary: { ko: '기관과 그 인가', en: 'Organisations and their accreditations' },
      isShared: true,
      async handle(_asked, response) {
        const rows = await listOrganisations(context.store);
        response.json({ organisations: rows.map(({ keys: _keys, ...row }) => row) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/trust',
      tag: 'ledger',
      access: 'public',
      summary: {
        ko: '영수증을 검증할 때 믿을 열쇠와 계약 주소',
        en: 'Keys and contract addresses to trust when a receipt is checked',
      },
      isShared: true,
      handle: (_asked, response) => void response.json(trustNow()),
    }),
    route({
      method: 'get',
      path: '/v1/trust/{version}',
      tag: 'ledger',
      access: 'public',
      summary: {
        ko: '신뢰 파일의 이전 판. 판마다 바로 앞판의 열쇠로 서명되어 있다',
        en: 'An earlier version of it; each is signed by the key of the one before',
      },
      params: z.object({ version: z.string().regex(/^[1-9][0-9]{0,5}$/) }),
      problems: ['NOT_FOUND'],
      isShared: true,
      async handle({ params: { version } }, response) {
        const found = await trustOf(Number(version));
        if (found === undefined) throw new AppError('NOT_FOUND');
        response.json(found);
      },
    }),
    route({
      method: 'get',
      path: '/v1/overview',
      tag: 'ledger',
      access: 'public',
      summary: { ko: '장부의 현재 수치', en: 'Figures of the ledger now' },
      isShared: true,
      handle: async (_asked, response) => void response.json(await overview()),
    }),
    route({
      method: 'get',
      path: '/v1/operator',
      tag: 'ledger',
      access: 'public',
      summary: { ko: '이 장부의 운영자', en: 'Who runs this ledger' },
      handle: (_asked, response) => void response.json({ name: operatorName }),
    }),
  ];
}

/** JSON Schema of what is sent, with the labels that the fields carry. */
export function inputSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

function describe(service: Service) {
  const { id, title, summary, schemas, words } = service;
  return {
    id,
    title,
    summary,
    schemas,
    words,
    actions: Object.entries(service.actions).map(([name, action]) => ({
      name,
      summary: action.summary,
      access: action.access,
      input: inputSchema(action.input),
      example: action.example,
    })),
    queries: Object.entries(service.queries).map(([name, query]) => ({
      name,
      path: query.path,
      method: query.method ?? 'get',
      summary: query.summary,
      access: query.access,
      input: inputSchema(query.input),
      example: query.example,
    })),
  };
}

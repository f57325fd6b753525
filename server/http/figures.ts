/** The public figures: one reading of the counts, given as JSON, as CSV tables, and as totals for the metrics. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  DAYS,
  figuresOf,
  HOURS,
  type LedgerFigures,
  ORGANISATIONS,
  OTHER,
  totalsOf,
} from '../actions/figures.ts';
import type { Ingest } from '../actions/ingest.ts';
import { LIMITS } from '../actions/operate/alerts.ts';
import type { Context } from '../context.ts';
import type { Service, Text } from '../services/define.ts';
import { figuresAnswer } from './figure-answer.ts';
import { describeTables, type Table, tablesOf } from './figure-tables.ts';
import type { Health, HealthStatus } from './health.ts';
import { type Route, route } from './route.ts';

export interface ServerState {
  readonly kind: 'node' | 'witness';
  /** Of a node its number in the gateway's configuration; its address is nobody's business. */
  readonly name: string;
  readonly isHealthy: boolean;
  /** Newest block of a node, leaves that a witness cosigned. */
  readonly reached: number;
  readonly ageSec: number | null;
}

/** As it was at one moment. */
export interface FigureSet extends LedgerFigures {
  readonly asOfSec: number;
  readonly leaves: number;
  readonly lastEntryAtSec: number | null;
  readonly witnessesRequired: number;
  readonly isEmbedded: boolean;
  readonly servers: readonly ServerState[];
}

export interface FigureSource {
  now(): Promise<FigureSet>;
  /** Entries by service. */
  entries(): Promise<Readonly<Record<string, number>>>;
}

/** However many look, the rows are read once in this time. */
const KEPT_MS = 1000;

export function createFigures(context: Context, ingest: Ingest, health: Health): FigureSource {
  let kept: { readonly atMs: number; readonly set: Promise<FigureSet> } | undefined;

  async function read(): Promise<FigureSet> {
    const asOfSec = context.nowSec();
    const figures = await figuresOf(context.services, context.store, asOfSec);
    const status = await health.status();
    const { size, leafTimeSec } = ingest.cursor();
    return {
      ...figures,
      asOfSec,
      leaves: size,
      lastEntryAtSec: leafTimeSec > 0 ? leafTimeSec : null,
      witnessesRequired: status.log.threshold,
      isEmbedded: status.chain.kind === 'embedded',
      servers: serversOf(status),
    };
  }

  return {
    now() {
      const { nowMs } = context;
      if (kept === undefined || Math.abs(nowMs() - kept.atMs) >= KEPT_MS)
        kept = { atMs: nowMs(), set: read() };
      return kept.set;
    },
    async entries() {
      const totals = await totalsOf(context.services, context.store);
      return Object.fromEntries(Object.entries(totals).map(([id, { entries = 0 }]) => [id, entries]));
    },
  };
}

function serversOf({ nowMs, chain, log, alerts }: HealthStatus): readonly ServerState[] {
  const ageSec = (ms: number) => Math.max(0, Math.round(ms / 1000));
  // Blocks of an embedded chain come only with entries: what counts there is that it answers.
  const isAlone = chain.kind === 'embedded';
  return [
    ...chain.endpoints.map(
      ({ standing, head, headAgeMs }, i): ServerState => ({
        kind: 'node',
        name: String(i + 1),
        isHealthy: isAlone ? chain.heardAgoMs <= LIMITS.silentMs : standing === 'good',
        reached: Math.max(0, head),
        ageSec: ageSec(isAlone ? chain.heardAgoMs : headAgeMs),
      }),
    ),
    ...log.witnesses.map(
      ({ name, size, cosignedAtMs }): ServerState => ({
        kind: 'witness',
        name,
        isHealthy: !alerts.some(({ code, about }) => code === 'WITNESS_ABSENT' && about === name),
        reached: size,
        ageSec: cosignedAtMs === undefined ? null : ageSec(nowMs - cosignedAtMs),
      }),
    ),
  ];
}

const zip = promisify(gzip);
const common = { method: 'get', tag: 'figures', access: 'public', isShared: true } as const;
const FOLDER = '/v1/figures';

export function figureRoutes(services: readonly Service[], source: FigureSource): readonly Route[] {
  const tables = tablesOf(services);
  const answerOf = keptAnswer((now) => ({
    ...now,
    services: describeServices(services, now),
    lists: now.lists.map(({ service, list, rows }) => {
      const { title, columns } = services.find(({ id }) => id === service)!.figures!.lists![list]!;
      return { service, list, title, columns, rows };
    }),
    tables: tables.map(({ name, title }) => ({ href: `${FOLDER}${suffixOf(name)}`, title })),
  }));
  return [
    route({
      ...common,
      path: FOLDER,
      summary: {
        ko: `공개 수치: 서비스별·종류별 기록 수, 최근 ${HOURS}시간과 ${DAYS}일, 진행 중인 일, 시 서버 상태`,
        en: `Public figures: entries by service and kind, the last ${HOURS} hours and ${DAYS} days, what is under way, the city servers`,
      },
      answer: figuresAnswer,
      async handle({ request }, response) {
        const { text, zipped } = answerOf(await source.now());
        response.setHeader('Cache-Control', CACHED);
        response.vary('Accept-Encoding');
        response.type('application/json');
        if (request.acceptsEncodings(['gzip']) === false) return void response.send(text);
        response.setHeader('Content-Encoding', 'gzip');
        response.send(await zipped);
      },
    }),
    ...tables.map((table) => tableRoute(table, source)),
    route({
      ...common,
      path: `${FOLDER}/csv-metadata.json`,
      summary: { ko: 'CSV 표의 열 설명(W3C CSVW)', en: 'What the columns of the CSV tables mean (W3C CSVW)' },
      handle: (_asked, response) => void response.json(describeTables(tables, suffixOf)),
    }),
  ];
}

/** Written and compressed once per reading, however many ask. Nothing secret and nothing of the caller's is in it, so its length tells nothing. */
function keptAnswer(build: (now: FigureSet) => object) {
  let last: { readonly now: FigureSet; readonly text: string; readonly zipped: Promise<Buffer> } | undefined;
  return (now: FigureSet) => {
    if (last?.now !== now) {
      const text = JSON.stringify(build(now));
      last = { now, text, zipped: zip(text) };
    }
    return last;
  };
}

/** A proxy may answer for as long as one reading is kept. */
const CACHED = 'public, max-age=1';

const suffixOf = (name: string): string => (name === '' ? '.csv' : `/${name}.csv`);

function tableRoute(table: Table, source: FigureSource): Route {
  return route({
    ...common,
    path: `${FOLDER}${suffixOf(table.name)}`,
    summary: {
      ko: `${table.title.ko} (CSV: ${table.columns.map(({ name }) => name).join(', ')})`,
      en: `${table.title.en} (CSV: ${table.columns.map(({ name }) => name).join(', ')})`,
    },
    media: ['text/csv'],
    async handle(_asked, response) {
      response.setHeader('Cache-Control', CACHED);
      response.setHeader('Link', `<${FOLDER}/csv-metadata.json>; rel="describedby"`);
      response.setHeader(
        'Content-Disposition',
        `attachment; filename="sillok-${table.name || 'figures'}.csv"`,
      );
      response.type('text/csv; charset=utf-8; header=present').send(table.text(await source.now()));
    },
  });
}

const OWN: Readonly<Record<string, { readonly title: Text; readonly registered?: Text }>> = {
  [ORGANISATIONS]: {
    title: { ko: '기관·열쇠·자격', en: 'Organisations, keys, accreditations' },
    registered: { ko: '등록된 기관', en: 'Organisations registered' },
  },
  [OTHER]: { title: { ko: '그 밖의 서비스', en: 'Other services' } },
};

function describeServices(services: readonly Service[], { services: totals }: FigureSet) {
  return Object.entries(totals).map(([id, { entries = 0, ...counts }]) => {
    const service = services.find((one) => one.id === id);
    const { kinds = {}, things = {} } = service?.figures ?? {};
    const registered = OWN[id]?.registered;
    return {
      id,
      title: service?.title ?? OWN[id]!.title,
      entries,
      kinds: Object.entries(kinds).map(([kind, { label, step = 1 }]) => ({
        id: kind,
        label,
        count: counts[kind] ?? 0,
        step,
      })),
      things: [...Object.entries(things), ...(registered ? [['registered', registered] as const] : [])].map(
        ([thing, label]) => ({ id: thing, label, count: counts[thing] ?? 0 }),
      ),
    };
  });
}

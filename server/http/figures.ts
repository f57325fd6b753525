/** The public figures as JSON and as CSV tables. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DAYS, HOURS, ORGANISATIONS, OTHER } from '../actions/figures.ts';
import { figuresAnswer } from '../core/figures.ts';
import type { Service, Text } from '../services/define.ts';
import type { FigureSet, FigureSource } from './figure-set.ts';
import { describeTables, type Table, tablesOf } from './figure-tables.ts';
import { type Route, route } from './route.ts';

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

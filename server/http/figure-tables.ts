/** The figures as tables: RFC 4180, UTF-8 with its mark (spreadsheets take it for another encoding without), columns in words. */
import { type Counts, ORGANISATIONS, OTHER } from '../actions/figures.ts';
import { seoulDay } from '../core/seoul.ts';
import type { Service, Text } from '../services/define.ts';
import type { FigureSet } from './figure-set.ts';

type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly meaning: Text;
  readonly datatype: 'string' | 'integer' | 'boolean' | 'date' | 'dateTimeStamp';
}

export interface Table {
  /** '' for all numbers in one. */
  readonly name: string;
  readonly title: Text;
  readonly columns: readonly Column[];
  text(figures: FigureSet): string;
}

const column = (name: string, ko: string, en: string, datatype: Column['datatype'] = 'string'): Column => ({
  name,
  meaning: { ko, en },
  datatype,
});
const number = (name: string, ko: string, en: string) => column(name, ko, en, 'integer');

const SERVICE = column('service', '서비스', 'Service');
const FIGURE = column('figure', '종류(entries는 모두)', 'Kind; entries is all of them');
const HOUR = column('start', '시작 시각(서울)', 'Beginning, Seoul time', 'dateTimeStamp');
const DAY = column('start', '날짜(서울)', 'Day in Seoul', 'date');
const ENTRIES = number('entries', '기록 수', 'Entries');

export function tablesOf(services: readonly Service[]): readonly Table[] {
  const ids = [...services.map(({ id }) => id), ORGANISATIONS, OTHER];
  const perService = ids.map((id) => {
    const title = services.find((service) => service.id === id)?.title ?? { ko: id, en: id };
    return number(id, `기록 수: ${title.ko}`, `Entries: ${title.en}`);
  });
  const wide = ({ entries, services: by }: FigureSet['hours'][number]): Cell[] => [
    entries,
    ...ids.map((id) => by[id]?.entries ?? 0),
  ];
  return [
    table(
      '',
      { ko: '모든 수치', en: 'All figures' },
      [
        column('period', 'total(전체), hour(시간), day(날)', 'total, hour or day'),
        column('start', '시작(전체는 비움)', 'Beginning; empty for the total'),
        SERVICE,
        FIGURE,
        number('value', '수', 'How many'),
      ],
      ({ services: totals, hours, days }) => [
        ...counted('total', null, totals),
        ...hours.flatMap(({ start, services: by }) => counted('hour', seoulTime(Number(start)), by)),
        ...days.flatMap(({ start, services: by }) => counted('day', start, by)),
      ],
    ),
    table(
      'totals',
      { ko: '서비스와 종류별 합계', en: 'Totals by service and kind' },
      [
        SERVICE,
        FIGURE,
        column('label_ko', '종류 이름', 'Name of the kind in Korean'),
        column('label_en', '종류 영어 이름', 'Name of the kind in English'),
        number('value', '수', 'How many'),
      ],
      (figures) =>
        counted('total', null, figures.services).map(([, , id, figure, value]) => {
          const label = labelOf(services, String(id), String(figure));
          return [id!, figure!, label.ko, label.en, value!];
        }),
    ),
    table(
      'hours',
      { ko: '시간별 기록 수', en: 'Entries per hour' },
      [HOUR, ENTRIES, ...perService],
      ({ hours }) => hours.map((hour) => [seoulTime(Number(hour.start)), ...wide(hour)]),
    ),
    table(
      'days',
      { ko: '날짜별 기록 수', en: 'Entries per day' },
      [DAY, ENTRIES, ...perService],
      ({ days }) => days.map((day) => [day.start, ...wide(day)]),
    ),
    table(
      'servers',
      { ko: '시 서버 상태', en: 'State of the city servers' },
      [
        column('kind', 'node(체인 노드) 또는 witness(공동서명 서버)', 'node of the chain, or witness'),
        column('name', '이름', 'Name'),
        column('healthy', '정상', 'Whether it is as it should be', 'boolean'),
        number('reached', '노드의 마지막 블록, 공동서명한 기록 수', 'Newest block; leaves cosigned'),
        number('age_seconds', '마지막 소식 이후(초)', 'Seconds since it was last heard'),
      ],
      ({ servers }) =>
        servers.map(({ kind, name, isHealthy, reached, ageSec }) => [kind, name, isHealthy, reached, ageSec]),
    ),
    ...services.flatMap(({ id, figures }) =>
      Object.entries(figures?.lists ?? {}).map(([list, { title, columns }]) => {
        const names = Object.keys(columns);
        return table(
          `${id}-${list}`,
          title,
          names.map((name) => column(name, columns[name]!.ko, columns[name]!.en)),
          ({ lists }) => {
            const rows = lists.find((one) => one.service === id && one.list === list)?.rows ?? [];
            return rows.map((row) => names.map((name) => row[name] ?? null));
          },
        );
      }),
    ),
  ];
}

function table(
  name: string,
  title: Text,
  columns: readonly Column[],
  rows: (figures: FigureSet) => readonly (readonly Cell[])[],
): Table {
  const head = columns.map((one) => one.name);
  return { name, title, columns, text: (figures) => toCsv([head, ...rows(figures)]) };
}

function counted(period: string, start: Cell, services: Readonly<Record<string, Counts>>): Cell[][] {
  return Object.entries(services).flatMap(([id, counts]) =>
    Object.entries(counts).map(([figure, value]) => [period, start, id, figure, value]),
  );
}

function labelOf(services: readonly Service[], id: string, figure: string): Text {
  const figures = services.find((service) => service.id === id)?.figures;
  if (figure === 'entries') return { ko: '모든 기록', en: 'All entries' };
  if (figure === 'registered') return { ko: '등록된 기관', en: 'Organisations registered' };
  return figures?.kinds[figure]?.label ?? figures?.things?.[figure] ?? { ko: figure, en: figure };
}

/** With its offset, so that no reader has to know the zone. */
function seoulTime(sec: number): string {
  const clock = new Date((sec + 9 * 3600) * 1000).toISOString().slice(11, 19);
  return `${seoulDay(sec)}T${clock}+09:00`;
}

function toCsv(rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((cells) => cells.map(cellText).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function cellText(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** W3C "Metadata Vocabulary for Tabular Data": what the columns of each table are. */
export function describeTables(tables: readonly Table[], suffixOf: (name: string) => string) {
  return {
    '@context': 'http://www.w3.org/ns/csvw',
    tables: tables.map(({ name, title, columns }) => ({
      url: `../figures${suffixOf(name)}`,
      'dc:title': { ko: title.ko, en: title.en },
      tableSchema: {
        columns: columns.map(({ name: titles, meaning, datatype }) => ({
          titles,
          datatype,
          'dc:description': { ko: meaning.ko, en: meaning.en },
        })),
      },
    })),
  };
}

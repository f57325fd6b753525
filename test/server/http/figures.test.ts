import { expect } from 'chai';
import {
  ALL_SERVICES,
  aCard,
  gateway,
  makeBranch,
  send,
  type TestGateway,
  untilReceipted,
} from '../../helpers/gateway.ts';

interface Counted {
  readonly id: string;
  readonly count: number;
}
interface Period {
  readonly start: number | string;
  readonly entries: number;
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
interface Figures {
  readonly entries: number;
  readonly services: readonly (Counted & { entries: number; kinds: Counted[]; things: Counted[] })[];
  readonly hours: readonly Period[];
  readonly days: readonly Period[];
  readonly servers: readonly { kind: string; name: string; isHealthy: boolean; reached: number }[];
  readonly tables: readonly { href: string }[];
}

const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

describe('the figures over HTTP', () => {
  let running: TestGateway;
  let branch: { organisation: string; key: string };
  const issue = async () => {
    const { body } = await send(`${running.url}/v1/library-cards/issue`, { key: branch.key, body: aCard() });
    await untilReceipted(running.url, body.entryId);
  };
  const ask = async () => (await send<Figures>(`${running.url}/v1/figures`)).body;
  /** What was read last is kept for a second. */
  const askUntil = async (isThere: (figures: Figures) => boolean): Promise<Figures> => {
    for (;;) {
      const figures = await ask();
      if (isThere(figures)) return figures;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const cardsIn = ({ services }: Figures) => services.find(({ id }) => id === 'library-cards')!;

  before(async () => {
    running = await gateway();
    branch = await makeBranch(running);
    await issue();
  });

  it('give every service its own, the made-up one too, and add up to all entries', async () => {
    const before = await ask();
    await issue();
    const figures = await askUntil((now) => cardsIn(now).entries > cardsIn(before).entries);
    expect(cardsIn(figures).entries).equal(cardsIn(before).entries + 1);
    expect(cardsIn(figures).kinds[0]).deep.include({
      id: 'issued',
      label: { ko: '발급', en: 'Cards issued' },
    });
    const ids = figures.services.map(({ id }) => id);
    expect(ids).members([...ALL_SERVICES.map(({ id }) => id), 'organisations', 'other']);
    expect(figures.services.reduce((sum, { entries }) => sum + entries, 0)).equal(figures.entries);
    expect(figures.hours).lengthOf(48);
    expect(figures.days.at(-1)!.services['library-cards']!.issued).at.least(1);
  });

  it('show the node and the witness as well, and no address of either', async () => {
    const { body: raw } = await send<Figures>(`${running.url}/v1/figures`);
    expect(raw.servers.map(({ kind, isHealthy }) => [kind, isHealthy])).deep.equal([
      ['node', true],
      ['witness', true],
    ]);
    expect(raw.servers[1]!.reached).at.least(1);
    expect(JSON.stringify(raw)).not.match(/https?:|127\.0\.0\.1|0x[0-9a-f]{40}"/);
  });

  it('are the same numbers in the tables, which say what their columns are', async () => {
    const figures = await ask();
    const { body: described } = await send<{ tables: { url: string; tableSchema: { columns: object[] } }[] }>(
      `${running.url}/v1/figures/csv-metadata.json`,
    );
    const csv = async (href: string) => {
      const response = await fetch(running.url + href);
      expect(response.status, href).equal(200);
      expect(response.headers.get('content-type'), href).contains('text/csv');
      expect(response.headers.get('access-control-allow-origin'), href).equal('*');
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([...bytes.subarray(0, 3)], `${href}: mark of UTF-8`).deep.equal([0xef, 0xbb, 0xbf]);
      return rowsOf(bytes.subarray(3).toString('utf8'));
    };
    expect(figures.tables.map(({ href }) => href)).includes.members([
      '/v1/figures.csv',
      '/v1/figures/totals.csv',
      '/v1/figures/hours.csv',
      '/v1/figures/days.csv',
      '/v1/figures/servers.csv',
      '/v1/figures/voting-running.csv',
    ]);
    for (const { href } of figures.tables) {
      const [head, ...rows] = await csv(href);
      const columns = described.tables.find(({ url }) => `/v1/${url.slice(3)}` === href)!.tableSchema.columns;
      expect(
        columns.map((column) => (column as { titles: string }).titles),
        href,
      ).deep.equal(head);
      for (const row of rows) expect(row.length, href).equal(head!.length);
    }
    const totals = await csv('/v1/figures/totals.csv');
    const cards = totals.find(([service, figure]) => service === 'library-cards' && figure === 'issued');
    expect(Number(cards!.at(-1))).at.least(cardsIn(figures).kinds[0]!.count);
    const days = await csv('/v1/figures/days.csv');
    expect(days.at(-1)![0]).equal(figures.days.at(-1)!.start);
    expect(Number(days.at(-1)![1])).at.least(figures.days.at(-1)!.entries);
    const hours = await csv('/v1/figures/hours.csv');
    expect(hours.at(-1)![0]).match(/^\d{4}-\d\d-\d\dT\d\d:00:00\+09:00$/);
    expect(Date.parse(hours.at(-1)![0]!) / 1000).at.least(Number(figures.hours.at(-1)!.start));
  });

  it('may be kept for a second, come compressed, and answer 304 while nothing changed', async () => {
    const first = await fetch(`${running.url}/v1/figures/csv-metadata.json`);
    const again = await fetch(`${running.url}/v1/figures/csv-metadata.json`, {
      headers: { 'if-none-match': first.headers.get('etag')!, 'cache-control': 'max-age=0' },
    });
    expect(again.status).equal(304);
    const { headers } = await send(`${running.url}/v1/figures`);
    expect(headers.get('cache-control')).equal('public, max-age=1');
    expect(headers.get('content-encoding')).equal('gzip');
    const plain = await fetch(`${running.url}/v1/figures`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).equal(null);
    expect(await plain.json()).has.property('entries');
  });

  it('stand in the description of the API, each table with its columns', async () => {
    const { body } = await send<{ paths: Record<string, { get: { summary: string; responses: object } }> }>(
      `${running.url}/openapi.json`,
    );
    expect(body.paths['/v1/figures/days.csv']!.get.summary).contains('library-cards');
  });
});

/** What the board and the alert rules look at is there, and everything that is there is written down. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { ALERT_CODES, ALERTS } from '../../server/actions/operate/alerts.ts';
import { aCard, gateway, makeBranch, send, type TestGateway, untilReceipted } from '../helpers/gateway.ts';

const read = (name: string) => readFile(new URL(`../../scripts/monitoring/${name}`, import.meta.url), 'utf8');
const NAME = /\b(?:sillok|process|nodejs)_[a-z0-9_]+\b/g;

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

describe('monitoring', () => {
  let running: TestGateway;
  let text: string;
  let names: Set<string>;
  const scrape = async () => {
    text = (await send<string>(`${running.url}/metrics`)).body;
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    names = new Set(
      types.flatMap(([, name, type]) =>
        type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name!],
      ),
    );
  };
  const readingOf = (series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1),
    );

  before(async () => {
    running = await gateway();
    const { key } = await makeBranch(running);
    for (let i = 0; i < 3; i++) {
      const { body } = await send(`${running.url}/v1/library-cards/issue`, { key, body: aCard() });
      await untilReceipted(running.url, body.entryId);
    }
    await scrape();
  });

  it('finds every metric that the Grafana board asks for, in panels that do not cover each other', async () => {
    const board = JSON.parse(await read('sillok.grafana.json')) as { panels: readonly Panel[] };
    expect(board.panels.length).above(30);
    const expressions = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    for (const expression of expressions)
      for (const [name] of expression.matchAll(NAME)) expect(names, expression).contains(name);
    expect(new Set(board.panels.map(({ id }) => id)).size).equal(board.panels.length);
    for (const [i, { gridPos: a, title }] of board.panels.entries())
      for (const { gridPos: b, title: other } of board.panels.slice(i + 1)) {
        const isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(isApart, `${title} covers ${other}`).equal(true);
      }
  });

  it('finds every metric of the alert rules, and raises each alert by its severity', async () => {
    const rules = await read('sillok.rules.yml');
    const used = [...rules.matchAll(NAME)].map(([name]) => name);
    expect(used).includes('sillok_alert');
    for (const name of used) expect(names).contains(name);
    for (const code of ALERT_CODES)
      expect(readingOf(`sillok_alert{code="${code}",severity="${ALERTS[code].severity}"}`), code).equal(0);
    for (const severity of new Set(ALERT_CODES.map((code) => ALERTS[code].severity)))
      expect(rules).contains(`severity="${severity}"`);
  });

  it('is written down: the table of the README names every metric of the ledger, and no other', async () => {
    const listed = [...(await read('README.md')).matchAll(/^\| `(sillok_[a-z0-9_]+)` \|/gm)].map(
      ([, name]) => name,
    );
    const own = [...text.matchAll(/^# TYPE (sillok_\S+) /gm)].map(([, name]) => name);
    expect(listed).members(own);
    const codes = [...(await read('README.md')).matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(codes).members(ALERT_CODES);
  });

  it('counts what was written: entries, acknowledgements, final ones, receipts', () => {
    for (const series of [
      'sillok_entries_total{service="library-cards"}',
      'sillok_acknowledgement_seconds_count{service="library-cards"}',
      'sillok_final_seconds_count{outcome="final"}',
      'sillok_receipt_seconds_count',
    ])
      expect(readingOf(series), series).at.least(3);
  });

  it('says nothing of people and shows no address of a machine', () => {
    expect(text).not.match(/최독서|https?:|127\.0\.0\.1|localhost:|0x[0-9a-f]{40}/);
  });
});

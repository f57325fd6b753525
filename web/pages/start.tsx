import type { Text } from '../../server/services/define.ts';
import { askJson, askText } from '../lib/api.ts';
import { dateTime, number } from '../lib/format.ts';
import { say, t, wordOr } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { Table } from '../parts/table.tsx';

interface Overview {
  readonly entries: number;
  readonly services: readonly { readonly id: string; readonly title?: Text; readonly entries: number }[];
  readonly organisations: number;
  readonly witnesses: { readonly configured: number; readonly cosigned: number };
  readonly lastEntryAtSec?: number;
}

interface LatestEvent {
  readonly leafIndex: number;
  readonly name: string;
  readonly timeSec: number;
}

const DOORS = [
  ['/polls', 'start.polls', 'start.polls.text'],
  ['/vehicles', 'start.vehicles', 'start.vehicles.text'],
  ['/verify', 'start.verify', 'start.verify.text'],
] as const;

export function StartPage() {
  return (
    <div class="page wide">
      <section class="hero">
        <h1 tabIndex={-1}>{t('start.title')}</h1>
        <p class="lead">{t('start.lead')}</p>
      </section>
      <nav class="cards" aria-label={t('start.title')}>
        {DOORS.map(([to, title, text]) => (
          <a class="card" href={to} key={to}>
            <span class="card-title">{t(title)}</span>
            <span>{t(text)}</span>
          </a>
        ))}
      </nav>
      <Figures />
      <Latest />
    </div>
  );
}

function Figures() {
  const { data } = useLoad(() => askJson<Overview>('/v1/overview'), [], 5000);
  if (!data) return null;
  const { configured, cosigned } = data.witnesses;
  return (
    <section class="part">
      <h2>{t('start.figures')}</h2>
      <dl class="figures">
        <Figure name={t('start.entries')} value={number(data.entries)} />
        {data.services.map(({ id, title, entries }) => (
          <Figure key={id} name={say(title) || id} value={number(entries)} />
        ))}
        <Figure name={t('start.organisations')} value={number(data.organisations)} />
        <Figure
          name={t('start.witnesses')}
          value={t('start.witnesses.value', { k: cosigned, total: configured })}
        />
      </dl>
      <p class="subtle small">
        {data.lastEntryAtSec !== undefined && t('start.last', { when: dateTime(data.lastEntryAtSec) })}{' '}
        {t('start.same')}{' '}
        <a class="textlink" href="/v1/figures">
          {t('start.data')}
        </a>
      </p>
      <div>
        <a class="krds-btn medium secondary" href="/dashboard">
          {t('start.dashboard')}
        </a>
      </div>
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The log's newest leaves; its size is the second line of the checkpoint. */
async function askLatest(): Promise<readonly LatestEvent[]> {
  const size = Number((await askText('/log/checkpoint')).split('\n')[1]);
  const after = Math.max(-1, size - 7);
  const { events } = await askJson<{ events: readonly LatestEvent[] }>(`/v1/events?after=${after}&limit=6`);
  return events.toReversed();
}

function Latest() {
  const { data } = useLoad(askLatest, [], 5000);
  if (!data || data.length === 0) return null;
  return (
    <section class="part">
      <h2>{t('start.latest')}</h2>
      <Table
        caption={t('start.latest')}
        hideCaption
        rows={data}
        columns={[
          { title: t('start.latest.place'), numeric: true, cell: (event) => number(event.leafIndex) },
          { title: t('start.latest.event'), cell: ({ name }) => wordOr(`event.${name}`, name) },
          { title: t('start.latest.when'), cell: (event) => dateTime(event.timeSec) },
        ]}
      />
    </section>
  );
}

/** What is under way now, as services tell it: open polls with their turnout, and whatever a later service lists. */
import { useEffect, useState } from 'preact/hooks';
import type { FigureList } from '../../lib/figures.ts';
import { dateTime, number, percent, shorten } from '../../lib/format.ts';
import { say, t, wordOr } from '../../lib/lang.ts';
import { askPoll } from '../../lib/polls.ts';
import { Organisation } from '../../parts/organisation.tsx';
import { Table } from '../../parts/table.tsx';
import { titleOf } from '../polls/poll-parts.tsx';

type Row = FigureList['rows'][number];

export function Lists({ lists }: { lists: readonly FigureList[] }) {
  return (
    <>
      {lists.map(({ service, list, title, columns, rows }) => (
        <section class="part" key={`${service}-${list}`} aria-labelledby={`${service}-${list}`}>
          <h2 id={`${service}-${list}`}>{t('dash.list', { title: say(title), n: number(rows.length) })}</h2>
          <Table
            caption={say(title)}
            hideCaption
            rows={rows}
            columns={Object.entries(columns).map(([name, label]) => ({
              title: say(label),
              numeric: isCount(rows, name),
              cell: (row: Row) => <Cell name={name} row={row} />,
            }))}
          />
        </section>
      ))}
    </>
  );
}

const isCount = (rows: readonly Row[], name: string) =>
  !name.endsWith('Sec') && rows.every((row) => typeof row[name] === 'number');

function Cell({ name, row }: { name: string; row: Row }) {
  const value = row[name] ?? '';
  if (name === 'pollId') return <PollLink pollId={String(value)} />;
  if (name === 'organisation') return <Organisation id={String(value)} />;
  if (name === 'turnout' && typeof row.voters === 'number')
    return (
      <>
        {number(Number(value))} ({percent(Number(value), row.voters)})
      </>
    );
  if (typeof value === 'string') return <>{wordOr(`list.${name}.${value}`, shorten(value))}</>;
  return <>{name.endsWith('Sec') ? dateTime(value) : number(value)}</>;
}

/** By its title, where this gateway holds the text. */
function PollLink({ pollId }: { pollId: string }) {
  const [title, setTitle] = useState(shorten(pollId));
  useEffect(() => {
    askPoll(pollId).then(
      (poll) => poll && setTitle(titleOf(poll)),
      () => undefined,
    );
  }, [pollId]);
  return (
    <a class="textlink" href={`/polls/${pollId}`}>
      {title}
    </a>
  );
}

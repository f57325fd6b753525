/** Live or final result: bars with their table, and the recount that anybody can run here. */
import type { Hex } from '../../../server/core/bytes.ts';
import { number, percent } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { Bars } from '../../parts/bars.tsx';
import { More } from '../../parts/more.tsx';
import { Table } from '../../parts/table.tsx';
import { optionText, turnoutText } from './poll-parts.tsx';
import { Recount } from './recount.tsx';

export function Result({ poll, mine }: { poll: Poll; mine?: Hex }) {
  const rows = poll.tally.map((value, option) => ({ label: optionText(poll, option), value }));
  const ordered = rows.toSorted((a, b) => b.value - a.value);
  return (
    <section class="part">
      <h2>{t(poll.state === 'closed' ? 'result.title' : 'result.live')}</h2>
      <p>
        {t('result.total', { n: number(poll.turnout) })} · {turnoutText(poll)}
      </p>
      <Bars bars={ordered} of={poll.turnout} />
      <Table
        caption={t('result.table')}
        rows={rows}
        columns={[
          { title: t('result.option'), cell: (row) => row.label },
          { title: t('result.votes'), numeric: true, cell: (row) => number(row.value) },
          { title: t('result.share'), numeric: true, cell: (row) => percent(row.value, poll.turnout) },
        ]}
      />
      {poll.minChoices === 0 && <p class="subtle small">{t('result.blank')}</p>}
      <More title={t('recount.title')}>
        <Recount poll={poll} {...(mine ? { mine } : {})} />
      </More>
    </section>
  );
}

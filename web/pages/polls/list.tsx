import { useState } from 'preact/hooks';
import { number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPolls, type Poll } from '../../lib/polls.ts';
import { pollsOfDevice } from '../../lib/voter.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { periodText, StateBadge, titleOf } from './poll-parts.tsx';

const TABS = ['open', 'coming', 'closed', 'mine'] as const;
type Tab = (typeof TABS)[number];

export function PollListPage() {
  const [tab, setTab] = useState<Tab>('open');
  const { data, error, again } = useLoad(askPolls, [], 10_000);
  const mine = pollsOfDevice();
  const shown = data?.filter((poll) => isIn(poll, tab, mine));
  return (
    <div class="page">
      <h1 tabIndex={-1}>{t('polls.title')}</h1>
      {error !== undefined && !data && <Failure error={error} retry={again} />}
      <Tabs
        tabs={TABS.map((id) => ({ id, title: t(`polls.${id}`) }))}
        now={tab}
        onTab={(id) => setTab(id as Tab)}
      >
        {!shown && error === undefined && <Busy what={t('busy.data')} />}
        {shown?.length === 0 && <p class="subtle">{t('polls.none')}</p>}
        <div class="cards">
          {shown?.map((poll) => (
            <PollCard key={poll.pollId} poll={poll} />
          ))}
        </div>
      </Tabs>
    </div>
  );
}

function PollCard({ poll }: { poll: Poll }) {
  return (
    <a class="card" href={`/polls/${poll.pollId}`}>
      <span class="row">
        <StateBadge state={poll.state} />
        <span class="subtle small">
          {t('polls.by')} <Organisation id={poll.organisation} />
        </span>
      </span>
      <span class="card-title">{titleOf(poll)}</span>
      <span class="subtle small">{periodText(poll)}</span>
      {poll.roll && (
        <span class="small">
          {t('poll.turnout')}: {number(poll.turnout)} / {number(poll.roll.size)}
        </span>
      )}
    </a>
  );
}

function isIn(poll: Poll, tab: Tab, mine: readonly string[]): boolean {
  switch (tab) {
    case 'open':
      return poll.state === 'open';
    case 'coming':
      return poll.state === 'draft' || poll.state === 'enrolling' || poll.state === 'scheduled';
    case 'closed':
      return poll.state === 'closed';
    case 'mine':
      return mine.includes(poll.pollId);
  }
}

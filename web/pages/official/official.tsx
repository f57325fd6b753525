import { askJson } from '../../lib/api.ts';
import type { VotingOwnPollsAnswer } from '../../lib/client/services.generated.ts';
import { number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Table } from '../../parts/table.tsx';
import { periodText, StateBadge, titleOf, turnoutText } from '../polls/poll-parts.tsx';

export function OfficialPage() {
  return <SignedIn title={t('work.official')}>{() => <OwnPolls />}</SignedIn>;
}

function OwnPolls() {
  const own = useLoad(() => askJson<VotingOwnPollsAnswer>('/v1/voting/own-polls?limit=100'), [], 5000);
  return (
    <>
      <div>
        <a class="krds-btn large" href="/official/new">
          {t('official.new')}
        </a>
      </div>
      <h2>{t('official.polls')}</h2>
      <Awaited loaded={own}>
        {({ polls }) => (
          <Table
            caption={t('official.polls')}
            hideCaption
            rows={polls.toSorted((a, b) => b.opensAtSec - a.opensAtSec)}
            columns={[
              {
                title: t('create.title.ko'),
                cell: (poll) => (
                  <a class="textlink" href={`/official/${poll.pollId}`}>
                    {titleOf(poll)}
                  </a>
                ),
              },
              { title: t('admin.state'), cell: (poll) => <StateBadge state={poll.state} /> },
              { title: t('poll.period'), cell: periodText },
              { title: t('official.codes'), numeric: true, cell: (poll) => number(poll.codes) },
              {
                title: t('poll.enrolled'),
                numeric: true,
                cell: (poll) => number(poll.enrolment?.enrolled ?? 0),
              },
              { title: t('poll.turnout'), cell: (poll) => (poll.roll ? turnoutText(poll) : '') },
            ]}
          />
        )}
      </Awaited>
    </>
  );
}

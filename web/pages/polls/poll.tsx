import { useState } from 'preact/hooks';
import type { PageProps } from '../../app.tsx';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPoll, type Poll } from '../../lib/polls.ts';
import { type Voter, voterOf } from '../../lib/voter.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { Notice } from '../../parts/notice.tsx';
import { About } from './about.tsx';
import { Ballot } from './ballot.tsx';
import { Enrol } from './enrol.tsx';
import { Voted } from './voted.tsx';

/** A citizen's way through one poll. Where it stands follows from the poll and from what this device keeps. */
export function PollPage({ at }: PageProps) {
  const pollId = at.pollId!;
  const loaded = useLoad(async () => ({ poll: await askPoll(pollId) }), [pollId], 4000);
  return (
    <Awaited loaded={loaded} busy={t('poll.busy')}>
      {({ poll }) =>
        poll ? (
          <Journey poll={poll} onChange={loaded.again} />
        ) : (
          <div class="page narrow">
            <h1 tabIndex={-1}>{t('polls.title')}</h1>
            <Notice kind="warning">{t('poll.none')}</Notice>
          </div>
        )
      }
    </Awaited>
  );
}

function Journey({ poll, onChange }: { poll: Poll; onChange: () => void }) {
  const [voter, setVoter] = useState<Voter | undefined>(() => voterOf(poll.pollId));
  const [isStarted, setStarted] = useState(voter?.waiting !== undefined);
  const refresh = () => {
    setVoter(voterOf(poll.pollId));
    onChange();
  };
  const enrolled = () => {
    setStarted(false);
    refresh();
  };
  if (voter?.entryId) return <Voted poll={poll} entryId={voter.entryId} onRecorded={onChange} />;
  if (isStarted && !voter) return <Enrol poll={poll} onDone={enrolled} onBack={() => setStarted(false)} />;
  if (isStarted && voter && (poll.state === 'open' || voter.waiting))
    return <Ballot poll={poll} voter={voter} onDone={refresh} onBack={() => setStarted(false)} />;
  return <About poll={poll} voter={voter} onStart={() => setStarted(true)} />;
}

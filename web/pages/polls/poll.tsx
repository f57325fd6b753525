import { useState } from 'preact/hooks';
import type { PageProps } from '../../app.tsx';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPoll, type Poll } from '../../lib/polls.ts';
import { type Voter, voterOf } from '../../lib/voter.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { About } from './about.tsx';
import { Ballot } from './ballot.tsx';
import { Enrol } from './enrol.tsx';
import { Voted } from './voted.tsx';

/** A citizen's way through one poll. Where it stands follows from the poll and from what this device keeps. */
export function PollPage({ at }: PageProps) {
  const pollId = at.pollId!;
  const { data, error, again } = useLoad(async () => ({ poll: await askPoll(pollId) }), [pollId], 4000);
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('poll.busy')} />;
  if (!data.poll)
    return (
      <div class="page narrow">
        <h1 tabIndex={-1}>{t('polls.title')}</h1>
        <Notice kind="warning">{t('poll.none')}</Notice>
      </div>
    );
  return <Journey poll={data.poll} onChange={again} />;
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

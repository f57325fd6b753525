import type { PageProps } from '../../app.tsx';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPoll, type Poll } from '../../lib/polls.ts';
import type { Session } from '../../lib/session.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Qr } from '../../parts/qr.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { PollFacts, PollNotices, StateBadge, titleOf } from '../polls/poll-parts.tsx';
import { Result } from '../polls/result.tsx';
import { Freeze } from './freeze.tsx';
import { RollCodes } from './roll-codes.tsx';

export function ManagePollPage({ at }: PageProps) {
  return (
    <SignedIn title={t('work.official')}>
      {(session) => <Manage pollId={at.pollId!} session={session} />}
    </SignedIn>
  );
}

function Manage({ pollId, session }: { pollId: string; session: Session }) {
  const { data, error, again } = useLoad(async () => ({ poll: await askPoll(pollId) }), [pollId], 3000);
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('poll.busy')} />;
  if (!data.poll) return <Notice kind="warning">{t('poll.none')}</Notice>;
  const { poll } = data;
  const isBefore = poll.state === 'draft' || poll.state === 'enrolling';
  return (
    <>
      <div class="part">
        <StateBadge state={poll.state} />
        <h2>{titleOf(poll)}</h2>
      </div>
      <PollNotices poll={poll} />
      <PollFacts poll={poll} />
      <CitizenLink poll={poll} />
      {isBefore && (
        <>
          <RollCodes poll={poll} onChange={again} />
          <Freeze poll={poll} session={session} onChange={again} />
        </>
      )}
      {poll.roll && (
        <section class="part">
          <h2>{t('manage.watch')}</h2>
          <Result poll={poll} />
        </section>
      )}
    </>
  );
}

function CitizenLink({ poll }: { poll: Poll }) {
  const link = `${location.origin}/polls/${poll.pollId}`;
  return (
    <section class="part boxed">
      <h2>{t('manage.link')}</h2>
      <Qr text={link} label={t('manage.link')} />
      <p>
        <a class="textlink" href={`/polls/${poll.pollId}`}>
          {t('manage.open')}
        </a>
      </p>
    </section>
  );
}

import type { PageProps } from '../../app.tsx';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPoll, type Poll } from '../../lib/polls.ts';
import type { Session } from '../../lib/session.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { Notice } from '../../parts/notice.tsx';
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
  const loaded = useLoad(async () => ({ poll: await askPoll(pollId) }), [pollId], 3000);
  return (
    <Awaited loaded={loaded} busy={t('poll.busy')}>
      {({ poll }) =>
        poll ? (
          <Managed poll={poll} session={session} onChange={loaded.again} />
        ) : (
          <Notice kind="warning">{t('poll.none')}</Notice>
        )
      }
    </Awaited>
  );
}

function Managed({ poll, session, onChange }: { poll: Poll; session: Session; onChange: () => void }) {
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
          <RollCodes poll={poll} onChange={onChange} />
          <Freeze poll={poll} session={session} onChange={onChange} />
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

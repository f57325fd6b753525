/** First screen of a poll: what it is about, and the one thing that can be done now. */
import { dateTime } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { saveFile } from '../../lib/save.ts';
import { keyFile, type Voter } from '../../lib/voter.ts';
import { Notice } from '../../parts/notice.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import { optionText, PollFacts, PollNotices, StateBadge, sayContent, titleOf } from './poll-parts.tsx';
import { Result } from './result.tsx';

interface Props {
  readonly poll: Poll;
  readonly voter: Voter | undefined;
  readonly onStart: () => void;
}

export function About({ poll, voter, onStart }: Props) {
  const hasResult = poll.state === 'closed' || poll.turnout > 0;
  return (
    <div class="page narrow">
      <div class="part">
        <p class="row">
          <StateBadge state={poll.state} />
          <span class="subtle">
            {t('polls.by')} <Organisation id={poll.organisation} />
          </span>
        </p>
        <h1 tabIndex={-1}>{titleOf(poll)}</h1>
        {poll.content?.text && <p class="lead">{sayContent(poll.content.text)}</p>}
      </div>
      <PollNotices poll={poll} />
      <Next poll={poll} voter={voter} onStart={onStart} />
      <section class="part">
        <h2>{t('poll.options')}</h2>
        <ul class="list">
          {Array.from({ length: poll.options }, (_, option) => (
            <li key={optionText(poll, option)}>{optionText(poll, option)}</li>
          ))}
        </ul>
      </section>
      <PollFacts poll={poll} />
      {hasResult && <Result poll={poll} />}
    </div>
  );
}

function Next({ poll, voter, onStart }: Props) {
  if (poll.state === 'closed') return null;
  if (voter && poll.state === 'open')
    return (
      <button type="button" class="krds-btn xlarge wide-button" onClick={onStart}>
        {t('choose.start')}
      </button>
    );
  if (voter) return <Waiting poll={poll} voter={voter} />;
  if (poll.enrolment?.isOpen)
    return (
      <button type="button" class="krds-btn xlarge wide-button" onClick={onStart}>
        {t('enrol.start')}
      </button>
    );
  if (poll.state === 'draft' || poll.state === 'enrolling') return null;
  return (
    <Notice kind="info" title={t('enrol.closed')}>
      <p>{t('enrol.closed.text')}</p>
      <button type="button" class="krds-btn medium secondary" onClick={onStart}>
        {t('enrol.file')}
      </button>
    </Notice>
  );
}

function Waiting({ poll, voter }: { poll: Poll; voter: Voter }) {
  const isFrozen = poll.roll !== null;
  return (
    <Notice kind="success" title={t('enrol.done')}>
      <p>{t('enrol.done.text')}</p>
      <p role="status">
        {isFrozen ? t('enrol.wait', { when: dateTime(poll.opensAtSec) }) : t('enrol.wait.roll')}
      </p>
      <p class="small">{t('enrol.keep')}</p>
      <SaveKey pollId={poll.pollId} voter={voter} />
    </Notice>
  );
}

export function SaveKey({ pollId, voter }: { pollId: string; voter: Voter }) {
  const save = () =>
    saveFile(`voting-key-${pollId.slice(2, 10)}.json`, keyFile(pollId, voter), 'application/json');
  return (
    <button type="button" class="krds-btn medium secondary" onClick={save}>
      {t('enrol.save')}
    </button>
  );
}

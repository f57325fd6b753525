/** After the ballot was acknowledged: recorded only when final, then receipt and result. */
import { useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import type { Entry } from '../../lib/entries.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { EntryProgress } from '../../parts/entry-progress.tsx';
import { Steps } from '../../parts/steps.tsx';
import { stepTitles } from './journey-steps.ts';
import { PollNotices, StateBadge, titleOf } from './poll-parts.tsx';
import { Result } from './result.tsx';

export function Voted({ poll, entryId, onRecorded }: { poll: Poll; entryId: Hex; onRecorded: () => void }) {
  const [entry, setEntry] = useState<Entry>();
  const ended = (end: Entry) => {
    setEntry(end);
    onRecorded();
  };
  const isRecorded = entry?.state === 'receipted';
  return (
    <div class="page narrow">
      <Steps titles={stepTitles()} now={5} />
      <div class="part">
        <StateBadge state={poll.state} />
        <h1 tabIndex={-1}>{titleOf(poll)}</h1>
      </div>
      <EntryProgress entryId={entryId} done={t('cast.done')} onEnd={ended} />
      {isRecorded && <p>{t('cast.done.text')}</p>}
      <PollNotices poll={poll} />
      <Result poll={poll} mine={entryId} />
    </div>
  );
}

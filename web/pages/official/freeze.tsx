/** Freezing the roll opens the poll. Enrolment is closed first, so that what is signed stays what is frozen. */
import { useRef, useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { askJson, newKey } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { type OwnRoll, rollOf } from '../../lib/roll.ts';
import type { Session } from '../../lib/session.ts';
import { Busy } from '../../parts/busy.tsx';
import { EntryProgress } from '../../parts/entry-progress.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignSheet } from '../../parts/sign-sheet.tsx';

/** One or two voters are not anonymous. */
const FEWEST = 3;

export function Freeze({ poll, session, onChange }: { poll: Poll; session: Session; onChange: () => void }) {
  const [roll, setRoll] = useState<OwnRoll>();
  const [hashed, setHashed] = useState<number>();
  const [entryId, setEntryId] = useState<Hex>();
  const [error, setError] = useState<unknown>();
  const key = useRef(newKey());
  const enrolled = poll.enrolment?.enrolled ?? 0;
  const close = async () => {
    setError(undefined);
    try {
      await askJson('/v1/voting/close-enrolment', {
        method: 'POST',
        body: { pollId: poll.pollId },
        headers: { 'idempotency-key': newKey() },
      });
      setHashed(0);
      setRoll(await rollOf(poll.pollId, setHashed));
    } catch (failure) {
      setError(failure);
    }
    setHashed(undefined);
  };
  return (
    <section class="part boxed">
      <h2>{t('manage.freeze')}</h2>
      <p>{t('manage.freeze.text', { n: enrolled })}</p>
      {enrolled < FEWEST && <Notice kind="info">{t('manage.freeze.few')}</Notice>}
      {error !== undefined && <Failure error={error} />}
      {entryId ? (
        <EntryProgress entryId={entryId} done={t('manage.opened')} onEnd={onChange} />
      ) : (
        <div>
          <button
            type="button"
            class="krds-btn large"
            disabled={enrolled < FEWEST || poll.state === 'draft' || hashed !== undefined}
            onClick={close}
          >
            {t('manage.freeze.do')}
          </button>
        </div>
      )}
      {hashed !== undefined && <Busy what={t('manage.freeze.busy', { n: hashed })} />}
      {roll && (
        <SignSheet
          act={{
            service: 'voting',
            action: 'open-poll',
            body: { pollId: poll.pollId },
            key: key.current,
            roll,
          }}
          what={t('manage.freeze.what', { n: roll.size })}
          session={session}
          onDone={(answer) => {
            setRoll(undefined);
            setEntryId((answer as { entryId: Hex }).entryId);
          }}
          onClose={(failure) => {
            setRoll(undefined);
            setError(failure);
            if (failure !== undefined) key.current = newKey();
          }}
        />
      )}
    </section>
  );
}

/** "May I vote?": a code, a key made on the device, and the choice to save it now or later. */
import { useRef, useState } from 'preact/hooks';
import { newKey } from '../../lib/api.ts';
import { useFocus } from '../../lib/focus.ts';
import { t } from '../../lib/lang.ts';
import { enrol, type Poll } from '../../lib/polls.ts';
import { keepVoter, readKeyFile, type Voter } from '../../lib/voter.ts';
import { commitmentOfKey, newVotingKey } from '../../lib/voting-key.ts';
import { Busy } from '../../parts/busy.tsx';
import { FileField, TextField } from '../../parts/field.tsx';
import { More } from '../../parts/more.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Steps } from '../../parts/steps.tsx';
import { SaveKey } from './about.tsx';
import { stepTitles } from './journey-steps.ts';

interface Props {
  readonly poll: Poll;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

export function Enrol({ poll, onDone, onBack }: Props) {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [made, setMade] = useState<Voter>();
  // Kept while the same code is tried again, so that an answer lost on the way does not use the code up.
  const attempt = useRef<{ code: string; key: string; voter: Voter } | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocus(() => heading.current, [made]);
  const isOpen = poll.enrolment?.isOpen === true;

  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (attempt.current?.code !== code)
        attempt.current = { code, key: newKey(), voter: { votingKey: await newVotingKey() } };
      const { key, voter } = attempt.current;
      await enrol(poll.pollId, code, await commitmentOfKey(voter.votingKey), key);
      keepVoter(poll.pollId, voter);
      setMade(voter);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const open = async (file: File) => {
    const voter = readKeyFile(await file.text(), poll.pollId);
    if (!voter) return setError(new Error(t('enrol.file.bad')));
    keepVoter(poll.pollId, voter);
    onDone();
  };

  if (made)
    return (
      <div class="page narrow">
        <Steps titles={stepTitles()} now={1} />
        <h1 tabIndex={-1} ref={heading}>
          {t('enrol.done')}
        </h1>
        <Notice kind="success">{t('enrol.done.text')}</Notice>
        <p>{t('enrol.keep')}</p>
        <div class="row">
          <SaveKey pollId={poll.pollId} voter={made} />
          <button type="button" class="krds-btn large" onClick={onDone}>
            {t('enrol.later')}
          </button>
        </div>
      </div>
    );
  return (
    <div class="page narrow">
      <Steps titles={stepTitles()} now={1} />
      <h1 tabIndex={-1} ref={heading}>
        {t(isOpen ? 'enrol.title' : 'enrol.closed')}
      </h1>
      <p class="lead">{t(isOpen ? 'enrol.text' : 'enrol.closed.text')}</p>
      {error !== undefined && <Failure error={error} />}
      {isOpen && (
        <form
          class="part"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextField label={t('enrol.code')} value={code} onValue={setCode} required maxLength={60} />
          {busy ? (
            <Busy what={t('enrol.busy')} />
          ) : (
            <button type="submit" class="krds-btn xlarge wide-button" disabled={code.trim() === ''}>
              {t('enrol.do')}
            </button>
          )}
        </form>
      )}
      <More title={t('enrol.file')} open={!isOpen}>
        <FileField label={t('enrol.file')} accept=".json,application/json" onFile={open} />
      </More>
      <div>
        <button type="button" class="krds-btn medium tertiary" onClick={onBack}>
          {t('action.back')}
        </button>
      </div>
    </div>
  );
}

/** Choose, hear what is secret, confirm, and let the ballot be made and recorded. Going back loses nothing. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { warmUp } from '../../lib/cast.ts';
import { useFocus } from '../../lib/focus.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import type { Voter } from '../../lib/voter.ts';
import { Notice } from '../../parts/notice.tsx';
import { Steps } from '../../parts/steps.tsx';
import { Choose } from './choose.tsx';
import { stepTitles } from './journey-steps.ts';
import { optionText } from './poll-parts.tsx';
import { RecordBallot } from './record-ballot.tsx';

interface Props {
  readonly poll: Poll;
  readonly voter: Voter;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

const AT = { choose: 2, secret: 3, confirm: 4, record: 5 } as const;
type Step = keyof typeof AT;

export function Ballot({ poll, voter, onDone, onBack }: Props) {
  const [step, setStep] = useState<Step>(voter.waiting ? 'record' : 'choose');
  const [choices, setChoices] = useState<readonly number[]>(voter.waiting?.choices ?? []);
  const page = useRef<HTMLDivElement>(null);
  useEffect(warmUp, []);
  useFocus(() => page.current?.querySelector<HTMLElement>('h1'), [step]);
  useEffect(() => scrollTo(0, 0), [step]);
  return (
    <div class="page narrow" ref={page}>
      <Steps titles={stepTitles()} now={AT[step]} />
      {step === 'choose' && (
        <Choose
          poll={poll}
          choices={choices}
          onChoices={setChoices}
          onNext={() => setStep('secret')}
          onBack={onBack}
        />
      )}
      {step === 'secret' && (
        <>
          <h1 tabIndex={-1}>{t('secret.title')}</h1>
          <ul class="list">
            <li>{t('secret.who')}</li>
            <li>{t('secret.what')}</li>
            <li>{t('secret.receipt')}</li>
            <li>{t('secret.final')}</li>
          </ul>
          <Buttons
            next={t('secret.next')}
            onNext={() => setStep('confirm')}
            back={t('action.back')}
            onBack={() => setStep('choose')}
          />
        </>
      )}
      {step === 'confirm' && (
        <>
          <h1 tabIndex={-1}>{t('confirm.title')}</h1>
          <Notice kind="warning">{t('confirm.not-yet')}</Notice>
          <ul class="choices">
            {choices.map((option) => (
              <li class="card" key={option}>
                <span class="card-title">✓ {optionText(poll, option)}</span>
              </li>
            ))}
            {choices.length === 0 && <li class="card">{t('confirm.blank')}</li>}
          </ul>
          <Buttons
            next={t('confirm.cast')}
            onNext={() => setStep('record')}
            back={t('confirm.change')}
            onBack={() => setStep('choose')}
          />
        </>
      )}
      {step === 'record' && (
        <RecordBallot
          poll={poll}
          voter={voter}
          choices={choices}
          onDone={onDone}
          onBack={() => setStep('confirm')}
        />
      )}
    </div>
  );
}

function Buttons(props: { next: string; onNext: () => void; back: string; onBack: () => void }) {
  return (
    <div class="row">
      <button type="button" class="krds-btn xlarge wide-button" onClick={props.onNext}>
        {props.next}
      </button>
      <button type="button" class="krds-btn xlarge tertiary wide-button" onClick={props.onBack}>
        {props.back}
      </button>
    </div>
  );
}

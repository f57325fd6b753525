/** The wait after "Cast ballot": each part of it in words, and no word of success before the ballot is final. */
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../../lib/api.ts';
import { CastFailed, type CastStep, PROVER_BYTES, proveChoice, sendBallot } from '../../lib/cast.ts';
import { t, wordOr } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import type { Voter } from '../../lib/voter.ts';
import { Busy, Progress } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';

interface Props {
  readonly poll: Poll;
  readonly voter: Voter;
  readonly choices: readonly number[];
  readonly onDone: () => void;
  readonly onBack: () => void;
}

export function RecordBallot({ poll, voter, choices, onDone, onBack }: Props) {
  const [step, setStep] = useState<CastStep>({ at: voter.waiting ? 'send' : 'roll' });
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const hear = (next: CastStep) => !stop.signal.aborted && setStep(next);
    const run = async () => {
      const ballot = voter.waiting ?? (await proveChoice(poll, voter, choices, hear));
      stop.signal.throwIfAborted();
      await sendBallot(poll.pollId, voter, ballot, hear, stop.signal);
      onDone();
    };
    run().catch((failure) => !stop.signal.aborted && setError(failure));
    return () => stop.abort();
  }, [turn]);
  return (
    <>
      <h1 tabIndex={-1}>{t('cast.title')}</h1>
      {error !== undefined ? (
        <>
          <Failure error={new Error(textOf(error))} />
          <div class="row">
            <button
              type="button"
              class="krds-btn large"
              onClick={() => {
                setError(undefined);
                setTurn(turn + 1);
              }}
            >
              {t('cast.again')}
            </button>
            <button type="button" class="krds-btn large tertiary" onClick={isVoted(error) ? onDone : onBack}>
              {t('action.back')}
            </button>
          </div>
        </>
      ) : (
        <>
          <Doing step={step} />
          {step.at !== 'queued' && <p class="subtle">{t('cast.stay')}</p>}
        </>
      )}
    </>
  );
}

function Doing({ step }: { step: CastStep }) {
  if (step.at === 'load') return <Progress what={t('cast.load')} done={step.loadedBytes} of={PROVER_BYTES} />;
  if (step.at === 'queued') return <Notice kind="warning">{t('cast.queued')}</Notice>;
  return <Busy what={t(`cast.${step.at}`)} />;
}

/** Another device was faster: going on leads to the ballot on record. */
function isVoted(error: unknown): boolean {
  return error instanceof CastFailed && error.code === 'ALREADY_CAST';
}

function textOf(error: unknown): string {
  if (!(error instanceof CastFailed)) return messageOf(error);
  const key = `cast.failed.${error.code}`;
  return wordOr(key, t('cast.failed.other', { reason: error.code }));
}

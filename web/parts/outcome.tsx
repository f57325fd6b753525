/** Everything a verifier sees: the verdict, what was recorded, the document if it is at hand, and what is not proved. */
import { t } from '../lib/lang.ts';
import type { Outcome } from '../lib/verify-text.ts';
import { DocumentView } from './document-view.tsx';
import { EventFacts } from './event-facts.tsx';
import { KeysInDoubt } from './keys.tsx';
import { More } from './more.tsx';
import { VerdictBox } from './verdict.tsx';

/** Nothing is wrong or missing in the file itself: only whether it was revoked since. */
function isStatusMissing({ outcome, checks }: Outcome['verdict']): boolean {
  const skipped = checks.filter(({ status }) => status === 'skipped');
  return outcome === 'unknown' && skipped.every(({ details }) => details?.reason === 'offline');
}

/** @param props.onSettled asks for the verdict again, now that the keys are known */
export function OutcomeView({ outcome, onSettled }: { outcome: Outcome; onSettled: () => void }) {
  const { verdict, file } = outcome;
  return (
    <>
      <KeysInDoubt onSettled={onSettled} />
      <VerdictBox verdict={verdict} {...(isStatusMissing(verdict) ? { title: t('verdict.status') } : {})} />
      {file && verdict.outcome !== 'invalid' && (
        <section class="part">
          <h2>{t('receipt.facts')}</h2>
          <DocumentView document={file.document} />
        </section>
      )}
      {verdict.event && verdict.outcome !== 'invalid' && <EventFacts event={verdict.event} />}
      <More title={t('proof.not')}>
        <p>{t('proof.not.content')}</p>
        {outcome.isOffline && <p>{t('proof.not.today')}</p>}
      </More>
    </>
  );
}

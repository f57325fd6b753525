/** For whom the reader works now, when one key signs for several organisations. */
import { useState } from 'preact/hooks';
import { t } from '../lib/lang.ts';
import { type Session, workFor } from '../lib/session.ts';
import { Busy } from './busy.tsx';
import { Failure } from './notice.tsx';

export function WhichOrganisation({ session }: { session: Session }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const choose = async (organisation: string) => {
    setBusy(true);
    setError(undefined);
    await workFor(organisation).catch(setError);
    setBusy(false);
  };
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('session.which')}</h1>
      <p class="lead">{t('session.which.lead')}</p>
      {error !== undefined && <Failure error={error} />}
      {busy ? (
        <Busy what={t('busy.data')} />
      ) : (
        <div class="part">
          {session.organisations.map(({ organisation, name }) => (
            <button
              key={organisation}
              type="button"
              class="krds-btn xlarge secondary"
              onClick={() => choose(organisation)}
            >
              {t('session.work.for', { name })}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

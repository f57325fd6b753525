import { useState } from 'preact/hooks';
import { t } from '../lib/lang.ts';
import { usePlace } from '../lib/router.ts';
import { joinWithPasskey, joinWithWallet } from '../lib/session.ts';
import { hasWallet } from '../lib/wallet.ts';
import { Busy } from '../parts/busy.tsx';
import { TextField } from '../parts/field.tsx';
import { Failure, Notice } from '../parts/notice.tsx';

export function JoinPage() {
  const { fragment } = usePlace();
  const [code, setCode] = useState(fragment);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>();
  const join = async (how: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await how();
      setDone(true);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  if (done)
    return (
      <div class="page narrow">
        <h1 tabIndex={-1}>{t('join.done')}</h1>
        <Notice kind="success">{t('join.done.text')}</Notice>
        <a class="krds-btn large" href="/work">
          {t('join.go')}
        </a>
      </div>
    );
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('join.title')}</h1>
      <p class="lead">{t('join.lead')}</p>
      {error !== undefined && <Failure error={error} />}
      <TextField label={t('join.code')} value={code} onValue={setCode} required />
      <TextField label={t('join.name')} value={name} onValue={setName} required={false} maxLength={60} />
      {busy ? (
        <Busy what={t('join.busy')} />
      ) : (
        <div class="part">
          <button
            type="button"
            class="krds-btn xlarge"
            disabled={code === ''}
            onClick={() => join(() => joinWithPasskey(code, name))}
          >
            {t('join.passkey')}
          </button>
          {hasWallet() && (
            <button
              type="button"
              class="krds-btn xlarge secondary"
              disabled={code === ''}
              onClick={() => join(() => joinWithWallet(code))}
            >
              {t('join.wallet')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

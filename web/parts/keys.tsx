/** The keys this device checks with: their fingerprint, and what to do when the site hands out others. */
import { useEffect, useState } from 'preact/hooks';
import { fingerprintOf } from '../../server/verify/trust.ts';
import { t } from '../lib/lang.ts';
import { confirmTrust, type Doubt, trustAtHand, useTrust } from '../lib/trust.ts';
import { TextField } from './field.tsx';
import { Notice } from './notice.tsx';

/** For comparing by eye, so in full. */
export function KeysAtHand() {
  const known = useTrust();
  useEffect(() => {
    trustAtHand().catch(() => undefined);
  }, []);
  if (known === undefined) return null;
  return (
    <p>
      {t('keys.fingerprint')}: <code>{fingerprintOf(known.trust)}</code>
    </p>
  );
}

/** Nothing while the keys follow from those of before. */
export function KeysInDoubt({ onSettled }: { onSettled?: () => void }) {
  const doubt = useTrust()?.doubt;
  return doubt === undefined ? null : <Settle doubt={doubt} onSettled={onSettled} />;
}

/** The fingerprint is asked for and not shown: whoever changed the keys would have both on one screen agree. */
function Settle({ doubt, onSettled }: { doubt: Doubt; onSettled: (() => void) | undefined }) {
  const [text, setText] = useState('');
  const [isOther, setOther] = useState(false);
  const settle = (event: Event) => {
    event.preventDefault();
    if (!confirmTrust(text)) return setOther(true);
    document.querySelector<HTMLElement>('main h1')?.focus();
    onSettled?.();
  };
  return (
    <Notice kind="danger" title={t('keys.changed')}>
      <p>{t(`keys.changed.${doubt}`)}</p>
      <p>{t('keys.changed.do')}</p>
      <form class="part" onSubmit={settle}>
        <TextField
          label={t('keys.published')}
          hint={t('keys.published.hint')}
          lines={3}
          value={text}
          wrong={isOther ? t('keys.published.other') : undefined}
          onValue={(value) => {
            setText(value);
            setOther(false);
          }}
        />
        <div>
          <button type="submit" class="krds-btn large secondary" disabled={text.trim() === ''}>
            {t('keys.settle')}
          </button>
        </div>
      </form>
    </Notice>
  );
}

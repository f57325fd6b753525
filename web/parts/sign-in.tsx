/** The door of every staff page: with a passkey or a wallet, never with a password. */
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../lib/lang.ts';
import {
  chooseAnew,
  loadSession,
  type Session,
  signInWithPasskey,
  signInWithWallet,
  signOut,
  useChoosing,
  useSession,
} from '../lib/session.ts';
import { hasWallet } from '../lib/wallet.ts';
import { Busy } from './busy.tsx';
import { Failure } from './notice.tsx';
import { WhichOrganisation } from './which-organisation.tsx';

export function SignedIn({
  title,
  children,
}: {
  title: string;
  children: (session: Session) => ComponentChildren;
}) {
  const session = useSession();
  const isChoosing = useChoosing();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (session === undefined) loadSession().catch(setError);
  }, [session]);
  if (error !== undefined && session === undefined)
    return <Failure error={error} retry={() => location.reload()} />;
  if (session === undefined) return <Busy what={t('busy.data')} />;
  if (session === null) return <SignIn title={title} />;
  if (isChoosing) return <WhichOrganisation session={session} />;
  return (
    <div class="page">
      <div class="row between">
        <h1 tabIndex={-1}>{title}</h1>
        <p class="row no-print">
          <span>{t('session.who', { name: session.name })}</span>
          {session.organisations.length > 1 && (
            <button type="button" class="krds-btn small tertiary" onClick={chooseAnew}>
              {t('session.other')}
            </button>
          )}
          <button type="button" class="krds-btn small tertiary" onClick={() => signOut().catch(setError)}>
            {t('session.out')}
          </button>
        </p>
      </div>
      <Fragment key={session.organisation}>{children(session)}</Fragment>
    </div>
  );
}

function SignIn({ title }: { title: string }) {
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<unknown>();
  const enter = async (what: string, how: () => Promise<void>) => {
    setBusy(what);
    setError(undefined);
    await how().catch(setError);
    setBusy(undefined);
  };
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('session.title', { title })}</h1>
      <p class="lead">{t('session.lead')}</p>
      {error !== undefined && <Failure error={error} />}
      {busy ? (
        <Busy what={busy} />
      ) : (
        <div class="part">
          <button
            type="button"
            class="krds-btn xlarge"
            onClick={() => enter(t('session.passkey.busy'), signInWithPasskey)}
          >
            {t('session.passkey')}
          </button>
          <button
            type="button"
            class="krds-btn xlarge secondary"
            disabled={!hasWallet()}
            onClick={() => enter(t('session.wallet.busy'), signInWithWallet)}
          >
            {t('session.wallet')}
          </button>
          {!hasWallet() && <p class="hint">{t('session.wallet.missing')}</p>}
        </div>
      )}
      <p class="subtle">{t('session.invite')}</p>
    </div>
  );
}

/** Before a signature: in plain words what is signed, the document itself, and one button that says so. */
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../lib/api.ts';
import { t } from '../lib/lang.ts';
import type { Session } from '../lib/session.ts';
import { type Act, type Prepared, prepare, signPrepared, submit } from '../lib/signing.ts';
import { Busy } from './busy.tsx';
import { DocumentView } from './document-view.tsx';
import { Hash } from './hash.tsx';
import { More } from './more.tsx';
import { Failure, Notice } from './notice.tsx';
import { Sheet } from './sheet.tsx';

export interface SignSheetProps {
  readonly act: Act;
  /** One sentence: what happens by this signature. */
  readonly what: string;
  readonly session: Session;
  readonly onDone: (answer: unknown) => void;
  readonly onClose: (error?: unknown) => void;
}

export function SignSheet({ act, what, session, onDone, onClose }: SignSheetProps) {
  const [prepared, setPrepared] = useState<Prepared>();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    prepare(act).then(setPrepared, onClose);
  }, []);
  const bodies = Array.isArray(act.body) ? act.body : [act.body];
  const shown = (prepared?.entries ?? []).flatMap((entry, i) =>
    'error' in entry ? [] : [[entry.entryId, entry.document ?? bodies[i]] as const],
  );
  const sign = async () => {
    if (!prepared) return;
    setError(undefined);
    try {
      setBusy(t(session.kind === 'passkey' ? 'sign.passkey.busy' : 'sign.wallet.busy'));
      const signatures = await signPrepared(prepared, act, session);
      setBusy(t('busy.send'));
      onDone(await submit(act, prepared, signatures, session));
    } catch (failure) {
      setError(failure);
      setBusy(undefined);
    }
  };
  return (
    <Sheet title={t('sign.title')} onClose={() => onClose()}>
      <p>{what}</p>
      {prepared === undefined ? (
        <Busy what={t('sign.prepare')} />
      ) : (
        <>
          <Notice kind="info" title={t('sign.as', { name: session.name })}>
            <p>{t('sign.meaning', { n: shown.length })}</p>
          </Notice>
          {shown.slice(0, 5).map(([entryId, document]) => (
            <DocumentView key={entryId} document={document} act={act} />
          ))}
          {shown.length > 5 && <p>{t('sign.others', { n: shown.length - 5 })}</p>}
          <More title={t('sign.technical')}>
            {prepared.toSign.map(({ digest, typedData }) => (
              <p key={digest}>
                {typedData.primaryType}: <Hash what={t('sign.digest')} code={digest} />
              </p>
            ))}
          </More>
          {error !== undefined && <Failure error={new Error(messageOf(error))} />}
          {busy ? (
            <Busy what={busy} />
          ) : (
            <div class="row end">
              <button type="button" class="krds-btn large tertiary" onClick={() => onClose()}>
                {t('action.cancel')}
              </button>
              <button type="button" class="krds-btn large" onClick={sign}>
                {t('sign.do')}
              </button>
            </div>
          )}
        </>
      )}
    </Sheet>
  );
}

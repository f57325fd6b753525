import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../lib/api.ts';
import { t } from '../lib/lang.ts';
import { keepLoaded } from '../lib/offline.ts';
import { readPicture, watchCamera } from '../lib/scan.ts';
import { trustAtHand } from '../lib/trust.ts';
import { type Outcome, verifyText } from '../lib/verify-text.ts';
import { Busy } from '../parts/busy.tsx';
import { FileField, TextField } from '../parts/field.tsx';
import { KeysInDoubt } from '../parts/keys.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { OutcomeView } from '../parts/outcome.tsx';

export function VerifyPage() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [checked, setChecked] = useState<{ text: string; outcome: Outcome }>();
  const [pasted, setPasted] = useState('');
  useEffect(() => {
    trustAtHand().catch(() => undefined);
  }, []);
  const check = async (text: string | undefined, missing = t('verify.unreadable')) => {
    setError(undefined);
    setBusy(true);
    try {
      const outcome = text === undefined ? undefined : await verifyText(text);
      if (text !== undefined && outcome) setChecked({ text, outcome });
      else setError(new Error(missing));
      void keepLoaded();
    } catch (failure) {
      setError(new Error(messageOf(failure)));
    }
    setBusy(false);
  };
  const open = async (file: File) => {
    if (!file.type.startsWith('image/')) return check(await file.text());
    return check(await readPicture(file).catch(() => undefined), t('verify.noqr'));
  };
  if (checked)
    return (
      <div class="page narrow">
        <h1 tabIndex={-1}>{t('verify.title')}</h1>
        <OutcomeView outcome={checked.outcome} onSettled={() => void check(checked.text)} />
        <button type="button" class="krds-btn large" onClick={() => setChecked(undefined)}>
          {t('verify.again')}
        </button>
      </div>
    );
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('verify.title')}</h1>
      <p class="lead">{t('verify.lead')}</p>
      <KeysInDoubt />
      {!navigator.onLine && <Notice kind="info">{t('verify.offline')}</Notice>}
      {error !== undefined && <Failure error={error} />}
      {busy && <Busy what={t('verify.busy')} />}
      <Camera onText={check} />
      <FileField
        label={t('verify.file')}
        hint={t('verify.file.hint')}
        accept="image/*,.json,.tlog-proof,.txt"
        onFile={open}
      />
      <form
        class="part"
        onSubmit={(event) => {
          event.preventDefault();
          void check(pasted);
        }}
      >
        <TextField label={t('verify.paste')} lines={5} value={pasted} onValue={setPasted} />
        <div>
          <button type="submit" class="krds-btn large secondary" disabled={pasted.trim() === ''}>
            {t('verify.do')}
          </button>
        </div>
      </form>
    </div>
  );
}

function Camera({ onText }: { onText: (text: string | undefined) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [stop, setStop] = useState<AbortController>();
  const [missing, setMissing] = useState(!navigator.mediaDevices);
  const [refused, setRefused] = useState(false);
  useEffect(() => () => stop?.abort(), [stop]);
  const start = async () => {
    const control = new AbortController();
    setStop(control);
    setRefused(false);
    try {
      const text = await watchCamera(video.current!, control.signal);
      if (text !== undefined && !control.signal.aborted) onText(text);
    } catch (failure) {
      // A refusal can be taken back; a missing or broken camera stays so.
      if ((failure as DOMException).name === 'NotAllowedError') setRefused(true);
      else if (!control.signal.aborted) setMissing(true);
    }
    setStop(undefined);
  };
  return (
    <div class="part">
      <video ref={video} class="camera" hidden={!stop} playsInline muted />
      {stop && <p role="status">{t('verify.camera.wait')}</p>}
      {refused && (
        <div role="alert">
          <Notice kind="warning">{t('verify.camera.refused')}</Notice>
        </div>
      )}
      {missing ? (
        <Notice kind="info">{t('verify.camera.none')}</Notice>
      ) : stop ? (
        <button type="button" class="krds-btn large tertiary" onClick={() => stop.abort()}>
          {t('verify.camera.stop')}
        </button>
      ) : (
        <button type="button" class="krds-btn xlarge wide-button" onClick={start}>
          {t('verify.camera')}
        </button>
      )}
    </div>
  );
}

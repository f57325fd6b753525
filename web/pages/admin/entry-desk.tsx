/** One entry that is not recorded yet: where it stands, and what may still be done about it. */
import { useState } from 'preact/hooks';
import { administer } from '../../lib/admin.ts';
import { askJson } from '../../lib/api.ts';
import { t, wordOr } from '../../lib/lang.ts';
import { Busy } from '../../parts/busy.tsx';
import { TextField } from '../../parts/field.tsx';
import { More } from '../../parts/more.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';

const ACTS = ['retry', 'hold', 'release', 'cancel'] as const;
type Act = (typeof ACTS)[number];

interface Standing {
  readonly state: string;
  readonly held?: true;
  readonly cancelling?: true;
}

export function EntryDesk() {
  const [entryId, setEntryId] = useState('');
  const [reason, setReason] = useState('');
  const [standing, setStanding] = useState<Standing>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const id = entryId.trim();

  const run = async (ask: () => Promise<Standing>) => {
    setBusy(true);
    setError(undefined);
    try {
      setStanding(await ask());
    } catch (failure) {
      setStanding(undefined);
      setError(failure);
    }
    setBusy(false);
  };
  const look = () => run(() => askJson<Standing>(`/v1/entries/${encodeURIComponent(id)}`));
  const act = (name: Act) =>
    run(() =>
      administer<Standing>(`entries/${encodeURIComponent(id)}/${name}`, 'POST', { reason: reason.trim() }),
    );

  return (
    <More title={t('desk.title')}>
      <form
        class="part"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <p class="subtle">{t('desk.text')}</p>
        <TextField label={t('desk.entry')} value={entryId} onValue={setEntryId} required />
        <div>
          <button type="submit" class="krds-btn medium secondary" disabled={busy || id === ''}>
            {t('desk.look')}
          </button>
        </div>
        <TextField
          label={t('desk.reason')}
          hint={t('desk.reason.hint')}
          value={reason}
          onValue={setReason}
          maxLength={300}
        />
        <div class="row">
          {ACTS.map((name) => (
            <button
              key={name}
              type="button"
              class="krds-btn medium tertiary"
              disabled={busy || id === '' || reason.trim() === ''}
              onClick={() => void act(name)}
            >
              {t(`desk.${name}`)}
            </button>
          ))}
        </div>
        {busy && <Busy what={t('busy.send')} />}
        {error !== undefined && <Failure error={error} />}
        {standing && (
          <Notice
            kind="info"
            title={t('desk.state', { state: wordOr(`desk.state.${standing.state}`, standing.state) })}
          >
            {standing.held && <p>{t('desk.held')}</p>}
            {standing.cancelling && <p>{t('desk.cancelling')}</p>}
          </Notice>
        )}
      </form>
    </More>
  );
}

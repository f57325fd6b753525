import { useState } from 'preact/hooks';
import { administer, forgetKey, keepKey, keptKey } from '../../lib/admin.ts';
import { t } from '../../lib/lang.ts';
import { Busy } from '../../parts/busy.tsx';
import { TextField } from '../../parts/field.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { ApiKeys } from './api-keys.tsx';
import { Organisations } from './organisations.tsx';
import { StatusView } from './status-view.tsx';

const TABS = ['organisations', 'apikeys', 'status'] as const;

export function AdminPage() {
  const [isOpen, setOpen] = useState(keptKey() !== null);
  const [tab, setTab] = useState<string>('organisations');
  if (!isOpen) return <Enter onOpen={() => setOpen(true)} />;
  return (
    <div class="page">
      <div class="row between">
        <h1 tabIndex={-1}>{t('work.admin')}</h1>
        <button
          type="button"
          class="krds-btn small tertiary"
          onClick={() => {
            forgetKey();
            setOpen(false);
          }}
        >
          {t('admin.leave')}
        </button>
      </div>
      <Tabs tabs={TABS.map((id) => ({ id, title: t(`admin.${id}`) }))} now={tab} onTab={setTab}>
        {tab === 'organisations' && <Organisations />}
        {tab === 'apikeys' && <ApiKeys />}
        {tab === 'status' && <StatusView />}
      </Tabs>
    </div>
  );
}

function Enter({ onOpen }: { onOpen: () => void }) {
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const enter = async () => {
    keepKey(key.trim());
    setBusy(true);
    setError(undefined);
    try {
      await administer('status');
      onOpen();
    } catch (failure) {
      forgetKey();
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <form
      class="page narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <h1 tabIndex={-1}>{t('work.admin')}</h1>
      {error !== undefined && <Failure error={error} />}
      <TextField
        label={t('admin.key')}
        hint={t('admin.key.hint')}
        type="password"
        value={key}
        onValue={setKey}
        required
      />
      {busy ? (
        <Busy what={t('busy.data')} />
      ) : (
        <div>
          <button type="submit" class="krds-btn xlarge" disabled={key.trim() === ''}>
            {t('admin.enter')}
          </button>
        </div>
      )}
    </form>
  );
}

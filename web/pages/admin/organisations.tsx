import { useState } from 'preact/hooks';
import { ORGANISATION_KINDS, type OrganisationRow } from '../../../server/core/organisation.ts';
import { administer } from '../../lib/admin.ts';
import { t, wordOr } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Busy } from '../../parts/busy.tsx';
import { ChipField, SelectField, TextField } from '../../parts/field.tsx';
import { More } from '../../parts/more.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Table } from '../../parts/table.tsx';
import { OrganisationView } from './organisation-view.tsx';
import { scopeOptions } from './scopes.ts';

export function Organisations() {
  const [opened, setOpened] = useState<string>();
  const { data, error, again } = useLoad(
    () => administer<{ organisations: readonly OrganisationRow[] }>('organisations'),
    [],
  );
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const found = data.organisations.find(({ organisation }) => organisation === opened);
  if (found) return <OrganisationView of={found} onBack={() => setOpened(undefined)} onChange={again} />;
  return (
    <div class="part">
      <Table
        caption={t('admin.organisations')}
        hideCaption
        rows={data.organisations}
        columns={[
          { title: t('admin.name'), cell: (one) => one.name },
          { title: t('admin.id'), cell: (one) => <code>{one.organisation}</code> },
          { title: t('admin.kind'), cell: (one) => wordOr(`kind.${one.kind}`, one.kind) },
          { title: t('admin.state'), cell: (one) => wordOr(`admin.state.${one.status}`, one.status) },
          {
            title: t('admin.scopes'),
            cell: (one) =>
              Object.keys(one.accreditations)
                .map((scope) => wordOr(`scope.${scope}`, scope))
                .join(', '),
          },
          {
            title: t('admin.action'),
            cell: (one) => (
              <button
                type="button"
                class="krds-btn small secondary"
                onClick={() => setOpened(one.organisation)}
              >
                {t('admin.open')} <span class="sr-only">{one.name}</span>
              </button>
            ),
          },
        ]}
      />
      <More title={t('admin.register.title')} open={data.organisations.length < 2}>
        <Register onDone={again} />
      </More>
    </div>
  );
}

function Register({ onDone }: { onDone: () => void }) {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [kind, setKind] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const { data: known } = useLoad(scopeOptions, []);
  const register = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await administer('organisations', 'POST', { organisation: id, name, kind, accreditations: scopes });
      setId('');
      setName('');
      setScopes([]);
      onDone();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        void register();
      }}
    >
      <div class="fields">
        <TextField label={t('admin.name')} value={name} onValue={setName} required />
        <TextField label={t('admin.id')} value={id} onValue={setId} required />
        <SelectField
          label={t('admin.kind')}
          value={kind}
          onValue={setKind}
          options={ORGANISATION_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          required
        />
      </div>
      <ChipField
        label={t('admin.scopes')}
        kind="checkbox"
        values={scopes}
        options={known ?? []}
        onToggle={(scope, on) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
      />
      {error !== undefined && <Failure error={error} />}
      {busy ? (
        <Busy what={t('admin.busy')} />
      ) : (
        <div>
          <button type="submit" class="krds-btn large" disabled={id === '' || name === '' || kind === ''}>
            {t('admin.register')}
          </button>
        </div>
      )}
    </form>
  );
}

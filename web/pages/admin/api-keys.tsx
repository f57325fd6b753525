import { useState } from 'preact/hooks';
import type { ShownApiKey } from '../../../server/core/api-key.ts';
import type { OrganisationRow } from '../../../server/core/organisation.ts';
import { administer } from '../../lib/admin.ts';
import { say, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { listServices } from '../../lib/services.ts';
import { Busy } from '../../parts/busy.tsx';
import { ChipField, SelectField, TextField } from '../../parts/field.tsx';
import { More } from '../../parts/more.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Table } from '../../parts/table.tsx';

async function load() {
  const [{ apiKeys }, { organisations }, services] = await Promise.all([
    administer<{ apiKeys: readonly ShownApiKey[] }>('api-keys'),
    administer<{ organisations: readonly OrganisationRow[] }>('organisations'),
    listServices(),
  ]);
  return { apiKeys, organisations, services };
}

export function ApiKeys() {
  const { data, error, again } = useLoad(load, []);
  const [issued, setIssued] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const revoke = (prefix: string) => administer(`api-keys/${prefix}`, 'DELETE').then(again, setFailure);
  return (
    <div class="part">
      {failure !== undefined && <Failure error={failure} />}
      {issued && (
        <Notice kind="success" title={t('admin.apikey.once')}>
          <p>
            <code>{issued}</code>
          </p>
        </Notice>
      )}
      <Table
        caption={t('admin.apikeys')}
        hideCaption
        rows={data.apiKeys}
        columns={[
          { title: t('admin.apikey.prefix'), cell: (key) => <code>{key.prefix}</code> },
          { title: t('admin.organisation'), cell: (key) => key.organisation },
          { title: t('admin.apikey.label'), cell: (key) => key.label },
          { title: t('admin.apikey.scopes'), cell: (key) => key.scopes.join(', ') },
          {
            title: t('admin.action'),
            cell: (key) =>
              key.revokedAtMs === undefined ? (
                <button type="button" class="krds-btn small tertiary" onClick={() => revoke(key.prefix)}>
                  {t('admin.apikey.revoke')} <span class="sr-only">{key.label}</span>
                </button>
              ) : (
                t('admin.apikey.revoked')
              ),
          },
        ]}
      />
      <More title={t('admin.apikey.new')}>
        <Issue
          organisations={data.organisations.map((one) => ({ value: one.organisation, label: one.name }))}
          scopes={data.services.map(({ id, title }) => ({ value: `${id}/*`, label: say(title) }))}
          onIssued={(key) => {
            setIssued(key);
            again();
          }}
        />
      </More>
    </div>
  );
}

interface Choices {
  readonly organisations: readonly { value: string; label: string }[];
  readonly scopes: readonly { value: string; label: string }[];
  readonly onIssued: (key: string) => void;
}

function Issue({ organisations, scopes, onIssued }: Choices) {
  const [organisation, setOrganisation] = useState('');
  const [label, setLabel] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>();
  const issue = async () => {
    setError(undefined);
    try {
      const { key } = await administer<{ key: string }>('api-keys', 'POST', {
        organisation,
        label,
        scopes: chosen,
      });
      onIssued(key);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        void issue();
      }}
    >
      <div class="fields">
        <SelectField
          label={t('admin.organisation')}
          value={organisation}
          options={organisations}
          onValue={setOrganisation}
          required
        />
        <TextField label={t('admin.apikey.label')} value={label} onValue={setLabel} required />
      </div>
      <ChipField
        label={t('admin.apikey.scopes')}
        kind="checkbox"
        values={chosen}
        options={scopes}
        onToggle={(scope, on) => setChosen(on ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
      />
      {error !== undefined && <Failure error={error} />}
      <div>
        <button
          type="submit"
          class="krds-btn large"
          disabled={organisation === '' || label === '' || chosen.length === 0}
        >
          {t('admin.apikey.issue')}
        </button>
      </div>
    </form>
  );
}

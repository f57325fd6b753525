/** One organisation: its state, its keys, what it may do, and invitations for its staff. */
import { useState } from 'preact/hooks';
import type { OrganisationRow } from '../../../server/core/organisation.ts';
import { administer } from '../../lib/admin.ts';
import { dateTime } from '../../lib/format.ts';
import { t, wordOr } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Busy } from '../../parts/busy.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Hash } from '../../parts/hash.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Facts, Table } from '../../parts/table.tsx';
import { scopeOptions } from './scopes.ts';

interface Props {
  readonly of: OrganisationRow;
  readonly onBack: () => void;
  readonly onChange: () => void;
}

export function OrganisationView({ of, onBack, onChange }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [invitation, setInvitation] = useState<{ url: string; expiresAtSec: number }>();
  const [scope, setScope] = useState('');
  const { data: known } = useLoad(scopeOptions, []);
  const base = `organisations/${of.organisation}`;
  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    await act().then(onChange, setError);
    setBusy(false);
  };
  const post = (path: string, body?: unknown) => run(() => administer(`${base}/${path}`, 'POST', body));
  const keys = Object.entries(of.keys).map(([key, row]) => ({ key, ...row }));
  return (
    <div class="part">
      <div class="row between">
        <h2>{of.name}</h2>
        <button type="button" class="krds-btn small tertiary" onClick={onBack}>
          {t('admin.back')}
        </button>
      </div>
      <Facts
        facts={[
          [t('admin.id'), <code>{of.organisation}</code>],
          [t('admin.kind'), wordOr(`kind.${of.kind}`, of.kind)],
          [t('admin.state'), wordOr(`admin.state.${of.status}`, of.status)],
        ]}
      />
      {error !== undefined && <Failure error={error} />}
      {busy && <Busy what={t('admin.busy')} />}
      <div class="row">
        <button
          type="button"
          class="krds-btn medium"
          disabled={busy || of.status !== 'active'}
          onClick={() => run(async () => setInvitation(await administer(`${base}/invitations`, 'POST')))}
        >
          {t('admin.invite')}
        </button>
        <button
          type="button"
          class="krds-btn medium tertiary"
          disabled={busy || of.status === 'retired'}
          onClick={() => post(of.status === 'active' ? 'suspend' : 'resume')}
        >
          {t(of.status === 'active' ? 'admin.suspend' : 'admin.resume')}
        </button>
      </div>
      {invitation && (
        <Notice kind="success" title={t('admin.invited')}>
          <p>
            <a class="textlink" href={invitation.url}>
              {invitation.url}
            </a>
          </p>
          <p class="small">{t('admin.invite.until', { when: dateTime(invitation.expiresAtSec) })}</p>
        </Notice>
      )}
      <h3>{t('admin.scopes')}</h3>
      <Table
        caption={t('admin.scopes')}
        hideCaption
        rows={Object.keys(of.accreditations)}
        columns={[
          { title: t('admin.scopes'), cell: (name) => wordOr(`scope.${name}`, name) },
          { title: t('admin.id'), cell: (name) => <code>{name}</code> },
          {
            title: t('admin.action'),
            cell: (name) => (
              <button
                type="button"
                class="krds-btn small tertiary"
                disabled={busy}
                onClick={() => run(() => administer(`${base}/accreditations/${name}`, 'DELETE'))}
              >
                {t('admin.withdraw')} <span class="sr-only">{name}</span>
              </button>
            ),
          },
        ]}
      />
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void post('accreditations', { scope });
        }}
      >
        <SelectField label={t('admin.accredit')} value={scope} onValue={setScope} options={known ?? []} />
        <div class="row">
          <button type="submit" class="krds-btn medium secondary" disabled={busy || scope === ''}>
            {t('admin.accredit')}
          </button>
        </div>
      </form>
      <h3>{t('admin.keys')}</h3>
      <Table
        caption={t('admin.keys')}
        hideCaption
        rows={keys}
        columns={[
          { title: t('admin.key.id'), cell: (one) => <Hash what={t('admin.key.id')} code={one.key} /> },
          { title: t('admin.key.period'), cell: (one) => periodText(one) },
          {
            title: t('admin.action'),
            cell: (one) =>
              one.compromisedAtSec === 0 && (
                <span class="row">
                  <button
                    type="button"
                    class="krds-btn small tertiary"
                    disabled={busy}
                    onClick={() => post(`keys/${one.key}/end`)}
                  >
                    {t('admin.key.end')}
                  </button>
                  <button
                    type="button"
                    class="krds-btn small tertiary"
                    disabled={busy}
                    onClick={() =>
                      post(`keys/${one.key}/compromised`, { sinceSec: Math.floor(Date.now() / 1000) })
                    }
                  >
                    {t('admin.key.bad')}
                  </button>
                </span>
              ),
          },
        ]}
      />
    </div>
  );
}

function periodText(key: { validFromSec: number; validToSec: number; compromisedAtSec: number }): string {
  const from = dateTime(key.validFromSec);
  const period =
    key.validToSec === 0
      ? t('admin.key.endless', { from })
      : t('admin.key.range', { from, to: dateTime(key.validToSec) });
  return key.compromisedAtSec === 0 ? period : `${period} · ${t('admin.key.compromised')}`;
}

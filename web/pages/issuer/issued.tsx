/** What was issued, with its status now, the holder's link, and the acts that change the status. */
import { useState } from 'preact/hooks';
import { askJson, newKey } from '../../lib/api.ts';
import type { CredentialsIssuedAnswer } from '../../lib/client/services.generated.ts';
import { t, wordOr } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import type { ServiceInfo } from '../../lib/services.ts';
import type { Session } from '../../lib/session.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Table } from '../../parts/table.tsx';
import { type Change, ChangeStatus } from './change-status.tsx';

export type Issued = CredentialsIssuedAnswer['credentials'][number];

const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  valid: ['suspend', 'revoke'],
  expired: ['revoke'],
  'not-yet-valid': ['suspend', 'revoke'],
  suspended: ['resume', 'revoke'],
};

export function IssuedList({ session, service }: { session: Session; service: ServiceInfo }) {
  const [pages, setPages] = useState<readonly string[]>(['']);
  const [changing, setChanging] = useState<{ one: Issued; change: Change; key: string }>();
  const { data, error, again } = useLoad(
    () =>
      Promise.all(
        pages.map((after) =>
          askJson<CredentialsIssuedAnswer>(
            `/v1/credentials/issued${after && `?after=${encodeURIComponent(after)}`}`,
          ),
        ),
      ),
    [pages.length],
    5000,
  );
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const next = data.at(-1)?.next;
  return (
    <div class="part">
      <Table
        caption={t('issuer.list')}
        hideCaption
        rows={data.flatMap((page) => page.credentials)}
        columns={[
          { title: t('issuer.holder'), cell: (one) => one.holderName ?? '' },
          { title: t('issuer.number'), cell: (one) => one.number ?? '' },
          { title: t('issuer.issued'), cell: (one) => one.issuedOn ?? '' },
          { title: t('issuer.status'), cell: (one) => <Status of={one.status.state} /> },
          {
            title: t('issuer.link'),
            cell: (one) =>
              one.holderLink && (
                <a class="textlink" href={one.holderLink}>
                  {t('issuer.link.open')}
                </a>
              ),
          },
          {
            title: t('issuer.change'),
            cell: (one) => (
              <span class="row">
                {(CHANGES[one.status.state] ?? []).map((change) => (
                  <button
                    key={change}
                    type="button"
                    class="krds-btn small tertiary"
                    onClick={() => setChanging({ one, change, key: newKey() })}
                  >
                    {t(`issuer.${change}`)} <span class="sr-only">{one.number}</span>
                  </button>
                ))}
              </span>
            ),
          },
        ]}
      />
      {next !== undefined && (
        <div>
          <button type="button" class="krds-btn medium secondary" onClick={() => setPages([...pages, next])}>
            {t('action.more')}
          </button>
        </div>
      )}
      {changing && (
        <ChangeStatus
          {...changing}
          key={changing.key}
          idempotencyKey={changing.key}
          session={session}
          service={service}
          onClose={() => {
            setChanging(undefined);
            again();
          }}
        />
      )}
    </div>
  );
}

const LOOKS: Readonly<Record<string, string>> = {
  valid: 'bg-light-success',
  revoked: 'bg-light-danger',
  suspended: 'bg-light-warning',
};

function Status({ of }: { of: string }) {
  const key = `holder.status.${of}`;
  return <span class={`krds-badge small ${LOOKS[of] ?? 'bg-light-gray'}`}>{wordOr(key, of)}</span>;
}

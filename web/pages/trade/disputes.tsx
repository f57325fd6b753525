/** Open disputes: for the city to settle, for authors to answer, for those who disputed to follow. */
import { words } from '../../../server/services/vehicles/words.ts';
import { askJson } from '../../lib/api.ts';
import type { VehiclesDisputesAnswer } from '../../lib/client/services.generated.ts';
import { dateTime } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { recordLink } from '../../lib/records.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Table } from '../../parts/table.tsx';

export function DisputesPage() {
  return <SignedIn title={t('work.disputes')}>{() => <Disputes />}</SignedIn>;
}

function Disputes() {
  const open = useLoad(() => askJson<VehiclesDisputesAnswer>('/v1/vehicles/disputes?limit=200'), [], 5000);
  return (
    <Awaited loaded={open}>
      {({ disputes }) =>
        disputes.length === 0 ? (
          <Notice kind="info" title={t('disputes.none')} />
        ) : (
          <Table
            caption={t('work.disputes')}
            hideCaption
            rows={disputes}
            columns={[
              {
                title: t('disputes.about'),
                cell: ({ record, of }) => (
                  <a class="textlink" href={recordLink(record)}>
                    {sayCode(`type.${of.type}`, [words])} {of.occurredOn}
                  </a>
                ),
              },
              {
                title: t('disputes.reason'),
                cell: ({ reason }) => (reason === undefined ? '' : sayCode(`reason.${reason}`, [words])),
              },
              { title: t('disputes.by'), cell: ({ organisation }) => <Organisation id={organisation} /> },
              { title: t('disputes.author'), cell: ({ of }) => <Organisation id={of.organisation} /> },
              { title: t('disputes.since'), cell: ({ openedAtSec }) => dateTime(openedAtSec) },
            ]}
          />
        )
      }
    </Awaited>
  );
}

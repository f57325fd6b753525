/** Open disputes: for the city to settle, for authors to answer, for those who disputed to follow. */
import { words } from '../../../server/services/vehicles/words.ts';
import { askJson } from '../../lib/api.ts';
import type { VehiclesDisputesAnswer } from '../../lib/client/services.generated.ts';
import { dateTime } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { recordLink } from '../../lib/records.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Table } from '../../parts/table.tsx';

export function DisputesPage() {
  return <SignedIn title={t('work.disputes')}>{() => <Disputes />}</SignedIn>;
}

function Disputes() {
  const { data, error, again } = useLoad(
    () => askJson<VehiclesDisputesAnswer>('/v1/vehicles/disputes?limit=200'),
    [],
    5000,
  );
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  if (data.disputes.length === 0) return <Notice kind="info" title={t('disputes.none')} />;
  return (
    <Table
      caption={t('work.disputes')}
      hideCaption
      rows={data.disputes}
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
  );
}

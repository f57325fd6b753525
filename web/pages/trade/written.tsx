/** Records that the own organisation wrote, newest first. */
import { words } from '../../../server/services/vehicles/words.ts';
import { askJson } from '../../lib/api.ts';
import type { VehiclesWrittenAnswer } from '../../lib/client/services.generated.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { recordLink } from '../../lib/records.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Table } from '../../parts/table.tsx';

export function WrittenRecords() {
  const { data, error, again } = useLoad(
    () => askJson<VehiclesWrittenAnswer>('/v1/vehicles/written?limit=200'),
    [],
    5000,
  );
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  return (
    <Table
      caption={t('dealer.written')}
      hideCaption
      rows={data.records}
      columns={[
        { title: t('car.day'), cell: (record) => record.occurredOn },
        {
          title: t('car.kind'),
          cell: (record) => (
            <a class="textlink" href={recordLink(record.entryId)}>
              {sayCode(`type.${record.type}`, [words])}
            </a>
          ),
        },
        { title: t('dealer.plate'), cell: (record) => record.plate ?? '' },
        { title: t('dealer.car'), cell: (record) => record.vin ?? '' },
        {
          title: t('dealer.state'),
          cell: (record) =>
            [
              sayCode(`status.${record.status}`, [words]),
              record.openDisputes === undefined ? '' : t('record.disputed', { n: record.openDisputes }),
            ]
              .filter(Boolean)
              .join(', '),
        },
      ]}
    />
  );
}

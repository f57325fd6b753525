/** Records that the own organisation wrote, newest first. */
import { words } from '../../../server/services/vehicles/words.ts';
import { askJson } from '../../lib/api.ts';
import type { VehiclesWrittenAnswer } from '../../lib/client/services.generated.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { recordLink } from '../../lib/records.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { Table } from '../../parts/table.tsx';

export function WrittenRecords() {
  const written = useLoad(() => askJson<VehiclesWrittenAnswer>('/v1/vehicles/written?limit=200'), [], 5000);
  return (
    <Awaited loaded={written}>
      {({ records }) => (
        <Table
          caption={t('dealer.written')}
          hideCaption
          rows={records}
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
      )}
    </Awaited>
  );
}

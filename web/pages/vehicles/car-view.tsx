/** One car: the verdict first, then what happened, the readings, the damage, and what all this does not prove. */
import { words } from '../../../server/services/vehicles/words.ts';
import { dateTime, number } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { LineChart } from '../../parts/line-chart.tsx';
import { More } from '../../parts/more.tsx';
import { Table } from '../../parts/table.tsx';
import { Damage } from './damage.tsx';
import { RecordItem } from './record-item.tsx';
import { type Finding, Summary } from './summary.tsx';
import type { Car, ShownRecord } from './types.ts';

export function CarView({ car }: { car: Car }) {
  const newest = standingInspection(car);
  const readings = car.records
    .filter((record) => record.document?.odometerKm !== undefined)
    .toSorted((a, b) => a.occurredOn.localeCompare(b.occurredOn) || a.recordedAtSec - b.recordedAtSec);
  return (
    <>
      <section class="part">
        <h2>{[car.modelName, car.vin].filter(Boolean).join(' · ') || t('car.name')}</h2>
        <Summary findings={findingsOf(car, newest)} />
        <p class="subtle small">{t('car.asof', { when: dateTime(car.asOfSec) })}</p>
      </section>
      <section class="part">
        <h2>{t('car.timeline')}</h2>
        {car.isTruncated && <p class="subtle">{t('car.truncated')}</p>}
        <ol class="timeline">
          {car.records.map((record) => (
            <RecordItem key={record.entryId} record={record} />
          ))}
        </ol>
      </section>
      {readings.length > 0 && (
        <section class="part">
          <h2>{t('car.odometer')}</h2>
          <LineChart
            title={t('car.odometer.chart')}
            unit="km"
            readings={readings.map((record) => ({
              atSec: Date.parse(`${record.occurredOn}T00:00:00+09:00`) / 1000,
              value: record.document?.odometerKm ?? 0,
            }))}
          />
          <Table
            caption={t('car.odometer.table')}
            rows={readings}
            columns={[
              { title: t('car.day'), cell: (record) => record.occurredOn },
              { title: t('car.kind'), cell: (record) => sayCode(`type.${record.type}`, [words]) },
              {
                title: t('car.odometer.km'),
                numeric: true,
                cell: (record) => number(record.document?.odometerKm ?? 0),
              },
            ]}
          />
        </section>
      )}
      {newest?.document && <Damage marks={newest.document.body ?? []} />}
      <More title={t('car.not')} open>
        <ul class="list">
          <li>{t('car.not.true')}</li>
          <li>{t('car.not.all')}</li>
          <li>{t('car.not.odometer')}</li>
        </ul>
      </More>
    </>
  );
}

function standingInspection(car: Car): ShownRecord | undefined {
  return car.records.find((record) => record.entryId === car.inspection?.entryId);
}

function findingsOf(car: Car, newest: ShownRecord | undefined): Finding[] {
  const { verdict, reasons } = car.odometer;
  const odometer: Finding = {
    kind: verdict === 'logical' ? 'good' : verdict === 'illogical' ? 'bad' : 'open',
    text: t(`car.odometer.${verdict}`),
    details: reasons.map(({ code, details }) => sayCode(code, [words], details)),
  };
  const state = car.inspection?.state;
  const inspection: Finding = {
    kind: state === 'in-force' ? 'good' : state === undefined ? 'open' : 'bad',
    text: t(`car.inspection.${state ?? 'missing'}`, { until: car.inspection?.validUntil ?? '' }),
    details: [],
  };
  const accident = newest?.document?.accident;
  return [
    odometer,
    inspection,
    ...(accident
      ? [
          {
            kind: accident === 'none' ? 'good' : 'bad',
            text: t(`car.accident.${accident}`),
            details: [],
          } as const,
        ]
      : []),
    ...car.alerts.map(
      ({ code, details }): Finding => ({ kind: 'bad', text: sayCode(code, [words], details), details: [] }),
    ),
    ...(car.warranty
      ? [
          {
            kind: 'open',
            text: t('car.warranty', { day: car.warranty.untilDay, km: number(car.warranty.untilKm) }),
            details: [],
          } as const,
        ]
      : []),
  ];
}

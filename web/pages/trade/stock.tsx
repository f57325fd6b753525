/** The dealer's cars, each with its state and the next thing to do. */
import { words } from '../../../server/services/vehicles/words.ts';
import { askJson } from '../../lib/api.ts';
import type { VehiclesStockAnswer } from '../../lib/client/services.generated.ts';
import { number } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { receiptLink } from '../../parts/entry-progress.tsx';
import { Table } from '../../parts/table.tsx';

export type StockCar = VehiclesStockAnswer['cars'][number];

export function Stock({ onSell }: { onSell: (car: StockCar) => void }) {
  const stock = useLoad(() => askJson<VehiclesStockAnswer>('/v1/vehicles/stock'), [], 5000);
  return (
    <Awaited loaded={stock}>
      {({ cars }) => (
        <Table
          caption={t('dealer.stock')}
          hideCaption
          rows={cars}
          columns={[
            {
              title: t('dealer.car'),
              cell: (car) => (
                <>
                  <a class="textlink" href={`/cars/${car.subject}`}>
                    {car.modelName ?? t('car.name')}
                  </a>
                  <br />
                  <span class="subtle small">{car.vin}</span>
                </>
              ),
            },
            { title: t('dealer.plate'), cell: (car) => car.plate ?? '' },
            {
              title: t('car.odometer.km'),
              numeric: true,
              cell: (car) => (car.odometerKm === undefined ? '' : number(car.odometerKm)),
            },
            {
              title: t('dealer.state'),
              cell: (car) => (
                <span
                  class={`krds-badge small ${car.state === 'sold' ? 'bg-light-gray' : 'bg-light-primary'}`}
                >
                  {t(`dealer.state.${car.state}`)}
                  {!car.isRecorded && ` (${t('dealer.pending')})`}
                </span>
              ),
            },
            {
              title: t('dealer.inspection'),
              cell: ({ inspection }) =>
                inspection
                  ? `${sayCode(`state.${inspection.state}`, [words])} (${inspection.validUntil})`
                  : t('dealer.inspection.none'),
            },
            {
              title: t('dealer.documents'),
              cell: (car) => (
                <a class="textlink" href={receiptLink(car.sale ?? car.purchase)}>
                  {t('entry.receipt')}
                </a>
              ),
            },
            {
              title: t('dealer.next'),
              cell: (car) =>
                car.state === 'in-stock' && (
                  <button type="button" class="krds-btn small secondary" onClick={() => onSell(car)}>
                    {t('dealer.sell')}
                  </button>
                ),
            },
          ]}
        />
      )}
    </Awaited>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { askOptional } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import { usePlace } from '../../lib/router.ts';
import { Busy } from '../../parts/busy.tsx';
import { TextField } from '../../parts/field.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { CarView } from './car-view.tsx';
import { InspectionView } from './inspection-view.tsx';
import type { Car, InspectionAnswer } from './types.ts';

type Found = { readonly car: Car } | { readonly inspections: InspectionAnswer } | 'no-car' | 'no-record';

/** The number goes in a body: it must not stand in any address, log or history. */
async function lookUp(typed: string): Promise<Found> {
  const number = typed.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  const body = /^[A-Z0-9]{11,}$/.test(number) ? { vin: number } : { plate: number };
  const car = await askOptional<Car>('/v1/vehicles/look-up', { method: 'POST', body });
  return car ? { car } : 'no-car';
}

async function readRecord(id: string): Promise<Found> {
  const found = await askOptional<InspectionAnswer>(`/v1/vehicles/inspections/${encodeURIComponent(id)}`);
  return found ? { inspections: found } : 'no-record';
}

export function VehiclePage() {
  const { fragment } = usePlace();
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<Found>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (ask: () => Promise<Found>) => {
    setBusy(true);
    setError(undefined);
    setFound(undefined);
    await ask().then(setFound, setError);
    setBusy(false);
  };
  useEffect(() => {
    if (fragment !== '') void run(() => readRecord(fragment));
  }, [fragment]);
  return (
    <div class="page">
      <h1 tabIndex={-1}>{t('car.title')}</h1>
      <p class="lead">{t('car.lead')}</p>
      <form
        class="part boxed no-print"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') void run(() => lookUp(typed));
        }}
      >
        <TextField label={t('car.number')} hint={t('car.number.hint')} value={typed} onValue={setTyped} />
        <div>
          <button type="submit" class="krds-btn large wide-button" disabled={typed.trim() === ''}>
            {t('car.do')}
          </button>
        </div>
      </form>
      {busy && <Busy what={t('car.busy')} />}
      {error !== undefined && <Failure error={error} />}
      <div class="page" aria-live="polite">
        {found === 'no-car' && (
          <Notice kind="warning" title={t('car.none')}>
            <p>{t('car.none.text')}</p>
          </Notice>
        )}
        {found === 'no-record' && <Notice kind="warning" title={t('car.none.record')} />}
        {typeof found === 'object' && 'car' in found && <CarView car={found.car} />}
        {typeof found === 'object' && 'inspections' in found && <InspectionView answer={found.inspections} />}
      </div>
    </div>
  );
}

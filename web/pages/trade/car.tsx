/** A car of the own stock or yard: its history as everybody sees it, with the ways to what can be done. */
import type { PageProps } from '../../app.tsx';
import { askOptional } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import type { OwnCar } from '../../lib/records.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { CarView } from '../vehicles/car-view.tsx';

export function OwnCarPage({ at }: PageProps) {
  return <SignedIn title={t('own.car.title')}>{() => <CarOf subject={at.subject!} />}</SignedIn>;
}

function CarOf({ subject }: { subject: string }) {
  const { data, error, again } = useLoad(
    async () => ({ car: await askOptional<OwnCar>(`/v1/vehicles/cars/${subject}`) }),
    [subject],
  );
  if (error !== undefined) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  return data.car ? <CarView car={data.car} /> : <Notice kind="warning" title={t('own.car.none')} />;
}

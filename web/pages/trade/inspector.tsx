import { t } from '../../lib/lang.ts';
import { Action } from '../../parts/action.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';

/** The order of the statutory form. */
const PARTS = [
  [
    'car',
    [
      'number',
      'vin',
      'plate',
      'modelName',
      'trim',
      'modelYear',
      'firstRegisteredOn',
      'testValidFrom',
      'testValidUntil',
      'transmission',
      'fuel',
      'engineType',
      'warrantyBy',
      'listingNumber',
      'inspectedOn',
      'odometerKm',
    ],
  ],
  ['overall', ['overall']],
  ['body', ['accident', 'simpleRepair', 'body']],
  ['condition', ['condition']],
  ['end', ['photographs', 'priceSurvey', 'remarks', 'inspector', 'notifier']],
] as const;

export function InspectorPage() {
  return (
    <SignedIn title={t('inspector.form')}>
      {(session) => (
        <>
          <p class="lead">{t('inspector.lead')}</p>
          <Action
            service="vehicles"
            action="register-inspection"
            session={session}
            layout={PARTS.map(([part, fields]) => [t(`inspector.part.${part}`), fields] as const)}
          />
        </>
      )}
    </SignedIn>
  );
}

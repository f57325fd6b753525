import { useState } from 'preact/hooks';
import { t } from '../../lib/lang.ts';
import type { Session } from '../../lib/session.ts';
import { Action } from '../../parts/action.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { WrittenRecords } from './written.tsx';

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

const TABS = ['form', 'written'] as const;

export function InspectorPage() {
  return <SignedIn title={t('inspector.form')}>{(session) => <Inspector session={session} />}</SignedIn>;
}

function Inspector({ session }: { session: Session }) {
  const [tab, setTab] = useState<(typeof TABS)[number]>('form');
  return (
    <Tabs
      tabs={TABS.map((id) => ({ id, title: t(`inspector.tab.${id}`) }))}
      now={tab}
      onTab={(id) => setTab(id as typeof tab)}
    >
      {tab === 'written' ? (
        <WrittenRecords />
      ) : (
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
    </Tabs>
  );
}

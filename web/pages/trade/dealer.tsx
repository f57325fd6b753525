import { useState } from 'preact/hooks';
import { t } from '../../lib/lang.ts';
import type { Session } from '../../lib/session.ts';
import { Action } from '../../parts/action.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Stock, type StockCar } from './stock.tsx';
import { WrittenRecords } from './written.tsx';

export function DealerPage() {
  return <SignedIn title={t('work.dealer')}>{(session) => <Dealer session={session} />}</SignedIn>;
}

const TABS = ['stock', 'purchase', 'sale', 'written'] as const;

function Dealer({ session }: { session: Session }) {
  const [tab, setTab] = useState<(typeof TABS)[number]>('stock');
  const [selling, setSelling] = useState<StockCar>();
  const sell = (car: StockCar) => {
    setSelling(car);
    setTab('sale');
  };
  return (
    <Tabs
      tabs={TABS.map((id) => ({ id, title: t(`dealer.${id}`) }))}
      now={tab}
      onTab={(id) => {
        setTab(id as typeof tab);
        setSelling(undefined);
      }}
    >
      {tab === 'stock' && <Stock onSell={sell} />}
      {tab === 'written' && <WrittenRecords />}
      {tab === 'purchase' && <Action service="vehicles" action="register-purchase" session={session} />}
      {tab === 'sale' && (
        <Action
          key={selling?.vin ?? ''}
          service="vehicles"
          action="register-sale"
          session={session}
          {...(selling?.vin ? { initial: { vin: selling.vin, plate: selling.plate } } : {})}
        />
      )}
    </Tabs>
  );
}

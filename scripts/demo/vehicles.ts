/** A purchase, an inspection and a sale for each published VIN, and the public look-up a buyer would make. */
import { readFileSync } from 'node:fs';
import { addDays, seoulDay } from '../../server/core/seoul.ts';
import { EXAMPLES } from '../../server/services/vehicles/examples.ts';
import type { Client } from '../../web/lib/client/client.ts';
import { showProgress } from '../lib/progress.ts';
import type { Outcome } from './outcome.ts';

const VINS: readonly { readonly vin: string }[] = JSON.parse(
  readFileSync(new URL('./data/vehicles.json', import.meta.url), 'utf8'),
).vins;

/** Each step builds on the one before. */
const FINAL = { waitSec: 30 };

/** Bought three days ago, inspected the next day, sold today; plates and readings are made up. */
export async function fileVehicles(dealer: Client, inspector: Client, buyer: Client): Promise<Outcome> {
  const entryIds: string[] = [];
  let found = 0;
  const today = seoulDay(Math.floor(Date.now() / 1000));
  const progress = showProgress('vehicles: records', 3 * VINS.length);
  for (const [i, { vin }] of VINS.entries()) {
    const car = { vin, plate: `${12 + i}가${3456 + i}` };
    const purchase = { ...EXAMPLES.purchase, ...car, purchasedOn: addDays(today, -3) };
    const inspection = { ...EXAMPLES.inspection, ...car, number: inspectionNumber(i) };
    const sale = { ...EXAMPLES.sale, ...car, soldOn: today, acknowledgedOn: today };
    const steps = [
      () => dealer.vehicles.registerPurchase(purchase, FINAL),
      () => inspector.vehicles.registerInspection({ ...inspection, inspectedOn: addDays(today, -2) }, FINAL),
      () => dealer.vehicles.registerSale(sale, FINAL),
    ];
    for (const step of steps) {
      entryIds.push((await step()).entryId);
      progress.add();
    }
    const { records } = await buyer.vehicles.lookUp({ vin });
    if (records.length === steps.length) found += 1;
  }
  progress.done();
  const isRight = found === VINS.length;
  return {
    name: 'vehicles',
    entryIds,
    isRight,
    says: `${VINS.length} cars, ${found} with their whole history`,
  };
}

/** Unique for each run on one ledger. */
function inspectionNumber(i: number): string {
  const serial = String((Date.now() + i) % 1_000_000).padStart(6, '0');
  return `04-26-${serial}`;
}

/** The chain's own limit: records signed beforehand, so that nothing but the chain is measured. */
import { interfaces } from '../../server/core/abi.ts';
import { type City, makeCity } from './city.ts';
import { presign, record } from './entries.ts';
import type { Bench, Budget, Counts, Measure, Row } from './measure.ts';
import { NAIVE } from './naive.ts';
import { sendAll } from './send.ts';

const LANES = 4;
export const BUNDLES = [
  { perBundle: 1, perRequest: 50, what: 'presigned, 1 record per transaction' },
  { perBundle: 100, perRequest: 4, what: 'presigned, 100 records per transaction' },
  { perBundle: 300, perRequest: 2, what: 'presigned, 300 records per transaction' },
] as const;
const GAS_BUDGETS: Readonly<Record<number, readonly Budget[]>> = { 100: [{ on: 'value', atMost: 45_000 }] };

/** What the gateway is held against. */
export const LIMITS: readonly string[] = BUNDLES.filter(({ perBundle }) => perBundle > 1).map(
  ({ perBundle }) => `limit.presigned-${perBundle}`,
);

const RECORDED = interfaces.Records.getEvent('EntryRecorded')!.topicHash;

export const limit: Measure = {
  id: 'limit',
  what: "the chain's own limit: presigned records, singly and in batches",
  async run(bench) {
    const rows: Row[] = [];
    for (const bundle of BUNDLES)
      rows.push(...(await limitRows(bench, await makeCity(bench), bundle, bench.counts)));
    // Gas stands together, below the rates.
    return rows.toSorted((a, b) => Number(a.unit === 'gas') - Number(b.unit === 'gas'));
  },
};

/** The organisation's own key, and accounts that nobody else uses. */
export async function limitRows(
  bench: Bench,
  city: City,
  { perBundle, perRequest, what }: (typeof BUNDLES)[number],
  { singles, batched }: Pick<Counts, 'singles' | 'batched'>,
): Promise<readonly Row[]> {
  const count = perBundle === 1 ? singles : Math.ceil(batched / perBundle) * perBundle;
  bench.say(`signing ${count} records, ${perBundle} per transaction`);
  const records = Array.from({ length: count }, (_, i) => record(`${perBundle} ${i}`));
  const lanes = await presign(city, records, perBundle, LANES);
  const { seconds, gas, events } = await sendAll(city.network, lanes, perRequest);
  const recorded = events.filter(({ topics }) => topics[0] === RECORDED).length;
  return [
    {
      id: `limit.presigned-${perBundle}`,
      what,
      count: recorded,
      value: recorded / seconds,
      unit: '/s',
      naive: NAIVE,
      limits: LIMITS,
    },
    {
      id: `gas.record-${perBundle}`,
      what: `gas of a record, ${perBundle} per transaction`,
      count: recorded,
      value: gas / recorded,
      unit: 'gas',
      ...(GAS_BUDGETS[perBundle] && { budgets: GAS_BUDGETS[perBundle] }),
    },
  ];
}

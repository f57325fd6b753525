/** Four validators, four witnesses and a gateway, each a process of its own: everything of one run on one chain. */
import { setTimeout as pause } from 'node:timers/promises';
import { CAST, castLane } from './casts.ts';
import { attestationsRow } from './credentials.ts';
import { BATCHES_AT_ONCE, halfLoad, numbered, post, SHARE } from './http.ts';
import { BUNDLES, limitRows } from './limit.ts';
import { closedLoop, type Load } from './load.ts';
import type { Bench, Budget, Measure, Row } from './measure.ts';
import { naiveRow } from './naive.ts';
import { type NetworkPlace, openNetworkPlace, processorRows, rowsOfUse } from './network-place.ts';
import { restartRow } from './network-restart.ts';
import { openPoll } from './poll.ts';
import { sendAll } from './send.ts';
import { logSize, through } from './through.ts';

const TIMES_NAIVE: Budget = { on: 'timesNaive', atLeast: 1000 };
const AT_ONCE = 64;
const PER_REQUEST = 1000;
const CASTS_AT_ONCE = 32;
const CASTS_PER_TRANSACTION = 20;

export const network: Measure = {
  id: 'network',
  what: 'four validators, four witnesses and a gateway on this machine',
  async run(bench) {
    const place = await openNetworkPlace(bench);
    const { naive } = bench.networkCounts;
    const sizeBefore = await logSize(place.load);
    bench.say(`naive client, ${naive} records one after the other`);
    const before = [await naiveRow(bench, place.city, naive)];
    for (const bundle of BUNDLES)
      before.push(...(await limitRows(bench, place.city, bundle, bench.networkCounts)));
    await caughtUp(place.load, sizeBefore + recordsIn(before));
    const rows = [...before, ...(await records(bench, place)), ...(await ballots(bench, place))];
    // The budgets of gas are those of Ethereum's schedule.
    return [
      ...rows.filter(({ unit }) => unit !== 'gas'),
      ...rows.filter(({ unit }) => unit === 'gas').map((row) => ({ ...row, budgets: [] })),
    ];
  },
};

/** What went to the chain directly must stand in the log before what comes through the gateway is counted there. */
async function caughtUp(load: Load, size: number): Promise<void> {
  while ((await logSize(load)) < size) await pause(100);
}

/** Each of them is a leaf. */
function recordsIn(rows: readonly Row[]): number {
  return rows.filter(({ unit }) => unit === '/s').reduce((sum, { count }) => sum + count, 0);
}

async function records(bench: Bench, { load, used, gatewayPart }: NetworkPlace): Promise<Row[]> {
  const { requests, throughBatches, growsTo, credentials } = bench.networkCounts;
  const documents = numbered();
  const many = (id: string, what: string, count: number) =>
    post(bench, load, {
      id,
      what,
      bodies: documents(Math.ceil(count / PER_REQUEST), PER_REQUEST),
      budgets: [...SHARE, TIMES_NAIVE],
      run: (n, task) => closedLoop(n, BATCHES_AT_ONCE, task),
    });
  const rows = [
    await post(bench, load, {
      id: 'http.one',
      what: `ours, 1 record per request, ${AT_ONCE} at once`,
      bodies: documents(requests, 1),
      run: (count, task) => closedLoop(count, AT_ONCE, task),
    }),
  ];
  rows.push(await halfLoad(bench, load, documents, rows, bench.networkCounts.halfLoadSec));
  const usedBefore = used();
  const batch = await many('http.batch', `ours, ${PER_REQUEST} records per request`, throughBatches);
  rows.push(batch, ...rowsOfUse(usedBefore, used(), batch.count));
  let entries = requests + throughBatches;
  for (const size of growsTo) {
    const row = await many(`growth.${size}`, `the same, up to ${size} in the ledger`, size - entries);
    rows.push({ ...row, budgets: [] });
    entries = size;
  }
  bench.say('killing the gateway and starting it again');
  rows.push(await restartRow(gatewayPart, await logSize(load)));
  bench.say(`${credentials} attestations`);
  rows.push(await attestationsRow(load, credentials, [TIMES_NAIVE]));
  return rows;
}

/** A ballot counts once: one half goes to the chain directly, the other through the gateway. */
async function ballots(bench: Bench, { city, load, gateway, used }: NetworkPlace): Promise<Row[]> {
  const { casts } = bench.networkCounts;
  bench.say(`proving ${casts} ballots`);
  const { orders, ballots: proven } = await openPoll(gateway, casts);
  const half = proven.length >> 1;
  const lane = await castLane(city, orders[0]!.place.contract, proven.slice(0, half), CASTS_PER_TRANSACTION);
  const sizeBefore = await logSize(load);
  const usedBefore = used();
  const alone = await sendAll(city.network, [lane], 1);
  await caughtUp(load, sizeBefore + half);
  const usedAlone = used();
  const bodies = proven.slice(half).map((ballot) => JSON.stringify(ballot));
  bench.say(`casting ${bodies.length} through HTTP`);
  const { recorded, seconds, ...times } = await through(load, () =>
    closedLoop(bodies.length, CASTS_AT_ONCE, (i) => load.post('/v1/voting/cast', bodies[i]!)),
  );
  const counted = alone.events.filter(({ topics }) => topics[0] === CAST).length;
  const limit = 'casts.presigned';
  return [
    {
      id: limit,
      what: `casts presigned, up to ${CASTS_PER_TRANSACTION} per transaction`,
      count: counted,
      value: counted / alone.seconds,
      unit: '/s',
      limits: [limit],
    },
    {
      id: 'casts.http',
      what: `ours, casts through HTTP, ${CASTS_AT_ONCE} at once`,
      count: recorded,
      value: recorded / seconds,
      unit: '/s',
      ...times,
      limits: [limit],
      budgets: [{ on: 'value', atLeast: 50 }],
    },
    ...processorRows({
      id: 'cpu.presigned-cast',
      noun: 'presigned cast',
      before: usedBefore,
      now: usedAlone,
      entries: counted,
    }),
    ...processorRows({
      id: 'cpu.cast',
      noun: 'cast through HTTP',
      before: usedAlone,
      now: used(),
      entries: recorded,
    }),
    { id: 'gas.cast', what: 'gas of a cast', count: counted, value: alone.gas / counted, unit: 'gas' },
  ];
}

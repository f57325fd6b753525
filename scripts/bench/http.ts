/** Records through the gateway's HTTP surface: one per request at several concurrencies, then many per request. */
import { inspectionOf } from './documents.ts';
import { benchGateway } from './gateway.ts';
import { LIMITS } from './limit.ts';
import { type Answer, closedLoop, type Load, openLoop } from './load.ts';
import type { Bench, Budget, Measure, Row } from './measure.ts';
import { NAIVE } from './naive.ts';
import { through } from './through.ts';

const PATH = '/v1/vehicles/register-inspection';
const CONCURRENCIES = [1, 16, 64, 256] as const;
const BATCHES = [100, 1000] as const;
export const BATCHES_AT_ONCE = 4;
const ACK: readonly Budget[] = [{ on: 'ackP99Ms', atMost: 25 }];
export const SHARE: readonly Budget[] = [{ on: 'shareOfLimit', atLeast: 0.7 }];

interface Post {
  readonly id: string;
  readonly what: string;
  /** Bodies ready to be sent, so that making them costs no measured time. */
  readonly bodies: readonly string[];
  readonly budgets?: readonly Budget[];
  readonly run: (count: number, task: (index: number) => Promise<Answer>) => Promise<readonly Answer[]>;
}

export const http: Measure = {
  id: 'http',
  what: 'records through HTTP, from request to final receipt',
  async run(bench) {
    const { load } = await benchGateway(bench);
    const documents = numbered();
    const rows: Row[] = [];
    for (const atOnce of CONCURRENCIES) {
      const count = bench.counts.requests[atOnce];
      rows.push(
        await post(bench, load, {
          id: `http.one-${atOnce}`,
          what: `ours, 1 record per request, ${atOnce} at once`,
          bodies: documents(count, 1),
          run: (requests, task) => closedLoop(requests, atOnce, task),
        }),
      );
    }
    rows.push(await halfLoad(bench, load, documents, rows, bench.counts.halfLoadSec));
    for (const size of BATCHES) {
      const requests = bench.counts.throughBatches[size] / size;
      rows.push(
        await post(bench, load, {
          id: `http.batch-${size}`,
          what: `ours, ${size} records per request, ${BATCHES_AT_ONCE} at once`,
          bodies: documents(requests, size),
          ...(size === 1000 && { budgets: SHARE }),
          run: (count, task) => closedLoop(count, BATCHES_AT_ONCE, task),
        }),
      );
    }
    return rows;
  },
};

/** Half of the best rate of single requests, arriving evenly. */
export function halfLoad(
  bench: Bench,
  load: Load,
  documents: Documents,
  rows: readonly Row[],
  seconds: number,
): Promise<Row> {
  const perSecond = Math.max(1, Math.floor(Math.max(...rows.map(({ value }) => value)) / 2));
  return post(bench, load, {
    id: 'http.half-load',
    what: `ours, 1 record per request, ${perSecond}/s arriving`,
    bodies: documents(perSecond * seconds, 1),
    budgets: ACK,
    run: (count, task) => openLoop(count, perSecond, task),
  });
}

export async function post(bench: Bench, load: Load, what: Post): Promise<Row> {
  bench.say(what.what);
  const send = () => what.run(what.bodies.length, (index) => load.post(PATH, what.bodies[index]!));
  const { recorded, seconds, ...times } = await through(load, send);
  return {
    id: what.id,
    what: what.what,
    count: recorded,
    value: recorded / seconds,
    unit: '/s',
    ...times,
    naive: NAIVE,
    limits: LIMITS,
    ...(what.budgets && { budgets: what.budgets }),
  };
}

export type Documents = (requests: number, perRequest: number) => readonly string[];

/** Never the same car twice. */
export function numbered(): Documents {
  let next = 0;
  return (requests, perRequest) =>
    Array.from({ length: requests }, () =>
      JSON.stringify(
        perRequest === 1
          ? inspectionOf(next++)
          : Array.from({ length: perRequest }, () => inspectionOf(next++)),
      ),
    );
}

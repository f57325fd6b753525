/** Attestations through HTTP: each has a leaf of its own, the chain sees one root per batch. */
import { courseOf } from './documents.ts';
import { benchGateway } from './gateway.ts';
import { closedLoop, type Load } from './load.ts';
import type { Budget, Measure, Row } from './measure.ts';
import { NAIVE } from './naive.ts';
import { through } from './through.ts';

const PER_REQUEST = 1000;
const AT_ONCE = 4;

export const credentials: Measure = {
  id: 'credentials',
  what: 'attestations through HTTP, from request to final receipt',
  run: async (bench) => [
    await attestationsRow((await benchGateway(bench)).load, bench.counts.credentials, []),
  ],
};

export async function attestationsRow(load: Load, total: number, budgets: readonly Budget[]): Promise<Row> {
  const perRequest = Math.min(PER_REQUEST, total);
  const bodies = Array.from({ length: total / perRequest }, (_, request) =>
    JSON.stringify(Array.from({ length: perRequest }, (_, i) => courseOf(request * perRequest + i))),
  );
  const { recorded, seconds, ...times } = await through(load, () =>
    closedLoop(bodies.length, AT_ONCE, (i) => load.post('/v1/credentials/issue-course', bodies[i]!)),
  );
  return {
    id: 'credentials.http',
    what: `ours, ${perRequest} attestations per request, ${AT_ONCE} at once`,
    count: recorded,
    value: recorded / seconds,
    unit: '/s',
    ...times,
    naive: NAIVE,
    budgets,
  };
}

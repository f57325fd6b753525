/** One data folder that grows: rate and bytes per entry at each size, and the start after kill -9. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectionOf } from './documents.ts';
import { type BenchGateway, benchGateway } from './gateway.ts';
import { closedLoop } from './load.ts';
import { type Bench, type Measure, type Row, timed } from './measure.ts';
import { through } from './through.ts';

const PER_REQUEST = 1000;
const AT_ONCE = 4;
const PARTS = { chain: 'journal of the chain', store: 'store', log: 'log' } as const;
type Part = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as Part[];

export const growth: Measure = {
  id: 'growth',
  what: 'cost per entry as a data folder grows, and its start after kill -9',
  async run(bench) {
    const gateway = await benchGateway(bench);
    // Also the start that an empty ledger takes, which is none of the entries' doing.
    const rows: Row[] = [await restartRow(bench, gateway, 0)];
    let entries = 0;
    for (const size of bench.counts.restartsAt) {
      bench.say(`growing to ${size} entries`);
      const before = await bytesOf(gateway.data);
      const { recorded, seconds } = await grow(gateway, entries, size);
      rows.push(rateRow(size, recorded, recorded / seconds));
      rows.push(await restartRow(bench, gateway, size));
      const after = await bytesOf(gateway.data);
      for (const part of PART_NAMES) rows.push(bytesRow(part, size, recorded, after[part] - before[part]));
      entries = size;
    }
    return rows;
  },
};

function grow({ load }: BenchGateway, from: number, to: number) {
  const requests = Math.ceil((to - from) / PER_REQUEST);
  return through(load, () =>
    closedLoop(requests, AT_ONCE, (request) => {
      const first = from + request * PER_REQUEST;
      const count = Math.min(PER_REQUEST, to - first);
      const documents = Array.from({ length: count }, (_, i) => inspectionOf(first + i));
      return load.post('/v1/vehicles/register-inspection', JSON.stringify(documents));
    }),
  );
}

function rateRow(size: number, count: number, value: number): Row {
  return {
    id: `growth.rate-${size}`,
    what: `records through HTTP, up to ${text(size)} in the ledger`,
    count,
    value,
    unit: '/s',
  };
}

async function restartRow(bench: Bench, gateway: BenchGateway, size: number): Promise<Row> {
  await gateway.process().kill();
  const { seconds } = await timed(() => gateway.restart());
  bench.say(`started again with ${size} entries in ${seconds.toFixed(1)} s`);
  const { status } = await gateway.load.get('/readyz');
  if (status !== 200) throw new Error(`/readyz answers ${status} after the start`);
  return {
    id: `growth.restart-${size}`,
    what: `start after kill -9 with ${text(size)} entries`,
    count: size,
    value: seconds,
    unit: 's',
    budgets: [{ on: 'value', atMost: 10 }],
  };
}

function bytesRow(part: Part, size: number, count: number, bytes: number): Row {
  return {
    id: `growth.bytes-${part}-${size}`,
    what: `bytes on disk per entry, ${PARTS[part]}, up to ${text(size)}`,
    count,
    value: bytes / count,
    unit: 'B',
  };
}

async function bytesOf(data: string): Promise<Record<Part, number>> {
  const sizes = await Promise.all(PART_NAMES.map((part) => folderBytes(join(data, part))));
  return Object.fromEntries(PART_NAMES.map((part, i) => [part, sizes[i]!])) as Record<Part, number>;
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  // A file of the store may be merged away between listing and asking.
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  return bytes;
}

function text(size: number): string {
  return size.toLocaleString('en-US');
}

import { expect } from 'chai';
import fc from 'fast-check';
import { createGuard, noting } from '../../../server/actions/guard.ts';
import { createLocks } from '../../../server/actions/locks.ts';
import { overlaid, type Reader, run } from '../../../server/actions/reading.ts';
import { row, rows } from '../../../server/services/define.ts';

/** Rows whose reads and writes take turns with everything else, as those of a disk do. */
function slowRows(start: Record<string, unknown> = {}) {
  const map = new Map(Object.entries(start));
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  const reader: Reader = {
    async get(key) {
      await pause();
      return map.get(key);
    },
    async range(prefix, limit, after = '') {
      await pause();
      return [...map]
        .filter(([key]) => key.startsWith(prefix) && key > after)
        .map(([key, value]) => ({ key, value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit);
    },
  };
  const write = async (key: string, value: unknown) => {
    await pause();
    map.set(key, value);
    await pause();
  };
  return { map, reader, write };
}

describe('the guard of local rows', () => {
  it('lets 200 parallel claims on one code succeed once', async () => {
    const guard = createGuard();
    const { reader, write } = slowRows({ 'local:x/code': 'free' });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        guard.run(
          'x',
          async (reads) => (await noting(reader, reads).get('local:x/code')) === 'free',
          (isFree) => (isFree ? ['local:x/code'] : []),
          async (isFree) => {
            if (isFree) await write('local:x/code', i);
            return isFree;
          },
        ),
      ),
    );
    expect(outcomes.filter(Boolean)).lengthOf(1);
  });

  it('counts right when everybody adds to the same row', async () => {
    const guard = createGuard();
    const { map, reader, write } = slowRows({ 'local:x/n': 0 });
    const add = () =>
      guard.run(
        'x',
        async (reads) => Number(await noting(reader, reads).get('local:x/n')),
        () => ['local:x/n'],
        (n) => write('local:x/n', n + 1),
      );
    await Promise.all(Array.from({ length: 100 }, add));
    expect(map.get('local:x/n')).equal(100);
  });

  it('sees a row that appears in a range it had read', async () => {
    const guard = createGuard();
    const { map, reader, write } = slowRows();
    const join = (name: string) =>
      guard.run(
        'x',
        async (reads) => (await noting(reader, reads).range('local:x/seat/', 10)).length,
        (taken) => (taken < 3 ? [`local:x/seat/${name}`] : []),
        async (taken) => {
          if (taken < 3) await write(`local:x/seat/${name}`, 1);
        },
      );
    await Promise.all(Array.from({ length: 20 }, (_, i) => join(String(i))));
    expect(map.size).equal(3);
  });

  it('plans once where nobody else is', async () => {
    const guard = createGuard();
    let plans = 0;
    const one = (name: string) =>
      guard.run(
        'x',
        async (reads) => {
          reads.keys.add(`local:x/${name}`);
          plans += 1;
        },
        () => [`local:x/${name}`],
        () => new Promise<void>((resolve) => setImmediate(resolve)),
      );
    await Promise.all(Array.from({ length: 50 }, (_, i) => one(String(i))));
    expect(plans).equal(50);
  });

  it('goes on after a commit that failed', async () => {
    const guard = createGuard();
    const fail = () =>
      guard.run(
        'x',
        async () => 0,
        () => ['local:x/a'],
        () => Promise.reject(new Error('disk')),
      );
    expect(await fail().catch((error) => error.message)).equal('disk');
    const result = await guard.run(
      'x',
      async (reads) => reads.keys.add('local:x/a'),
      () => [],
      async () => 'done',
    );
    expect(result).equal('done');
  });
});

describe('locks', () => {
  it('run one after another in the order of asking, also after a failure', async () => {
    const locks = createLocks();
    const order: number[] = [];
    const tasks = [1, 2, 3, 4].map((i) =>
      locks.hold('a', async () => {
        order.push(i);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(i);
        if (i === 2) throw new Error('two');
      }),
    );
    await Promise.allSettled(tasks);
    expect(order).deep.equal([1, 1, 2, 2, 3, 3, 4, 4]);
  });
});

describe('rows with changes laid over them', () => {
  it('read as if the changes were committed', () => {
    const key = fc.constantFrom('view:x/a', 'view:x/b', 'view:x/c', 'view:x/d', 'view:y/a');
    const value = fc.option(fc.integer(), { nil: undefined });
    const changes = fc.array(fc.tuple(key, value), { maxLength: 8 });
    const stored = fc.array(fc.tuple(key, fc.integer()), { maxLength: 8 });
    const limit = fc.integer({ min: 1, max: 4 });
    const behind = fc.option(key, { nil: undefined });
    const holds = fc.asyncProperty(stored, changes, limit, behind, async (before, change, most, after) => {
      const committed = new Map<string, unknown>(before);
      for (const [name, next] of change)
        if (next === undefined) committed.delete(name);
        else committed.set(name, next);
      const over = overlaid(plain(new Map(before)), new Map(change));
      expect(await over.range('view:x/', most, after)).deep.equal(
        await plain(committed).range('view:x/', most, after),
      );
    });
    return fc.assert(holds, { seed: Number(process.env.TEST_SEED ?? 1402) });
  });

  it('are asked for by generators, one at a time', async () => {
    const reader = plain(
      new Map<string, unknown>([
        ['view:x/a', 1],
        ['view:x/b', 2],
      ]),
    );
    const sum = await run(
      (function* () {
        const first = yield* row<number>('view:x/a');
        const all = yield* rows<number>('view:x/');
        return (first ?? 0) + all.reduce((total, { value }) => total + value, 0);
      })(),
      reader,
    );
    expect(sum).equal(4);
  });
});

function plain(map: ReadonlyMap<string, unknown>): Reader {
  return {
    get: async (key) => map.get(key),
    range: async (prefix, limit, after = '') =>
      [...map]
        .filter(([key]) => key.startsWith(prefix) && key > after)
        .map(([key, value]) => ({ key, value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit),
  };
}

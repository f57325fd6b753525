import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { openStore } from '../../../server/store/level.ts';
import { filesHolding } from '../../helpers/traces.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const LEVEL = new URL('../../../server/store/level.ts', import.meta.url).href;

describe('the store', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-store-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('holds after a restart what it acknowledged, in key order', async () => {
    const store = await openStore(folder);
    await store.commit([
      { type: 'put', key: 'b', value: { n: 2 } },
      { type: 'put', key: 'a', value: 'one' },
      { type: 'put', key: 'c', value: null },
    ]);
    await store.commit([{ type: 'del', key: 'c' }]);
    await store.close();
    const again = await openStore(folder);
    expect(await again.range({ gte: 'a' })).to.deep.equal([
      { key: 'a', value: 'one' },
      { key: 'b', value: { n: 2 } },
    ]);
    expect(await again.getMany(['b', 'x'])).to.deep.equal([{ n: 2 }, undefined]);
    await again.close();
  });

  it('lets the last of many concurrent commits win, in the order of the calls', async () => {
    const store = await openStore(folder);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => store.commit([{ type: 'put', key: 'k', value: i }])),
    );
    expect(await store.get('k')).to.equal(199);
    await store.close();
  });

  it('finishes the commits under way before it closes', async () => {
    const store = await openStore(folder);
    const commits = [1, 2, 3].map((n) => store.commit([{ type: 'put', key: `k${n}`, value: n }]));
    await store.close();
    await Promise.all(commits);
    const again = await openStore(folder);
    expect(await again.getMany(['k1', 'k2', 'k3'])).to.deep.equal([1, 2, 3]);
    await again.close();
  });

  it('fails the one whose value is no JSON, and not those who commit at the same moment', async () => {
    const store = await openStore(folder);
    const good = store.commit([{ type: 'put', key: 'good', value: 1 }]);
    const bad = store.commit([{ type: 'put', key: 'bad', value: 1n }]).catch(() => 'failed');
    await good;
    expect(await bad).to.equal('failed');
    expect(await store.getMany(['good', 'bad'])).to.deep.equal([1, undefined]);
    await store.close();
  });

  it('is open to one process only', async () => {
    const store = await openStore(folder);
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_LOCKED');
    await store.close();
  });

  it('refuses a folder in which something else lies', async () => {
    await writeFile(join(folder, 'CURRENT'), 'MANIFEST-999999\n');
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_CORRUPT');
  });

  it('leaves no trace of a replaced value on the disk', async () => {
    const store = await openStore(folder);
    await store.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
    await store.replace('p', 'erased');
    await store.close();
    expect(await filesHolding(folder, ['Gildong'])).to.deep.equal([]);
  });

  it('loses nothing that was acknowledged before kill -9, and shows no half of a commit', async () => {
    const program = `
      import { openStore } from '${LEVEL}';
      const store = await openStore(${JSON.stringify(folder)});
      for (let n = 0; ; n++) void store.commit([0, 1, 2].map((i) => ({ type: 'put', key: 'k' + n + '.' + i, value: n })))
        .then(() => process.stdout.write(n + '\\n')) , n % 8 === 7 && (await new Promise(setImmediate));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (acknowledged.push(Number(line)) === 300) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const store = await openStore(folder);
    for (const n of acknowledged)
      expect(await store.getMany([`k${n}.0`, `k${n}.1`, `k${n}.2`])).to.deep.equal([n, n, n]);
    const rows = await store.range<number>({ gte: 'k' });
    expect(rows.length % 3).to.equal(0);
    await store.close();
  });

  it('says that the disk is full, keeps what it had, and goes on when there is room again', async function () {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      console.log('      skipped: a small file system cannot be mounted here');
      this.skip();
    }
    try {
      const store = await openStore(folder);
      const value = 'x'.repeat(100_000);
      const kept: string[] = [];
      let failure: unknown;
      for (let n = 0; failure === undefined; n++) {
        const key = `k${String(n).padStart(4, '0')}`;
        await store
          .commit([
            { type: 'put', key, value },
            { type: 'put', key: `${key}b`, value: n },
          ])
          .then(
            () => kept.push(key),
            (error) => {
              failure = error;
            },
          );
      }
      expect(codeOf(failure)).to.equal('STORE_FULL');
      expect(await store.commit([{ type: 'put', key: 'small', value: 1 }]).catch(codeOf)).to.equal(
        'STORE_FULL',
      );
      expect(await store.get(kept[0]!)).to.equal(value);
      execFileSync('mount', ['-o', 'remount,size=32m', folder]);
      await store.commit([{ type: 'put', key: 'after', value: 1 }]);
      await store.close();
      const again = await openStore(folder);
      expect(await again.get('after')).to.equal(1);
      for (const key of kept)
        expect((await again.getMany([key, `${key}b`])).every(Boolean) || key === 'k0000').to.equal(true);
      await again.close();
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

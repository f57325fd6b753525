import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { runKilled } from '../../helpers/killed.ts';
import { filesHolding } from '../../helpers/traces.ts';

const LEVEL = new URL('../../../server/store/level.ts', import.meta.url).href;

describe('an erasure beside readers', () => {
  let folder: string;
  let store: CommittedStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-erasure-'));
    store = await openStore(folder);
    await store.commit(Array.from({ length: 3_000 }, (_, n) => ({ type: 'put', key: `row ${n}`, value: n })));
    await store.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const erasing = async () => (await store.range({ gte: 'store:erasing:', lt: 'store:erasing;' })).length;
  const traces = () => filesHolding(folder, ['Gildong']);
  async function expectErased(): Promise<void> {
    while ((await erasing()) > 0) await new Promise(setImmediate);
    expect(await traces()).to.deep.equal([]);
    expect(await store.get('p')).to.equal('erased');
  }

  it('is done at once when nobody reads', async () => {
    await store.replace('p', 'erased');
    expect(await erasing()).to.equal(0);
    await expectErased();
  });

  it('is ended behind a copy of the store that was begun before, and does not wait for it', async () => {
    const copy = await store.snapshot();
    await store.replace('p', 'erased');
    expect(await erasing()).to.equal(1);
    await store.commit([{ type: 'put', key: 'other', value: 1 }]);
    await copy.close();
    await expectErased();
  });

  it('is ended behind a copy that was begun while the first one still held the old value', async () => {
    const first = await store.snapshot();
    await store.replace('p', 'erased');
    const second = await store.snapshot();
    const rows = second.rows()[Symbol.asyncIterator]();
    await rows.next();
    await first.close();
    for (let n = 0; n < 20; n++) await store.commit([{ type: 'put', key: 'other', value: n }]);
    expect(await erasing()).to.equal(1);
    await rows.return?.();
    await second.close();
    await expectErased();
  });

  it('is ended by the last of several of the same row', async () => {
    const copy = await store.snapshot();
    await store.replace('p', 'Hong Gildong, erased in part');
    const again = store.replace('p', 'erased');
    await copy.close();
    await again;
    await expectErased();
  });

  it('is ended at the next start when the process is killed while such a copy is made', async () => {
    const killed = join(folder, 'killed');
    await runKilled(`import { openStore } from '${LEVEL}';
      const store = await openStore(${JSON.stringify(killed)});
      await store.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
      await store.snapshot();
      await store.replace('p', 'erased');
      process.kill(process.pid, 'SIGKILL');`);
    await store.replace('p', 'erased');
    expect(await traces()).to.not.deep.equal([]);
    await (await openStore(killed)).close();
    expect(await traces()).to.deep.equal([]);
  });

  it('is done while every row is proved', async () => {
    const proof = store.prove();
    await store.replace('p', 'erased');
    await expectErased();
    await proof;
  });

  it('is done while rows are listed again and again', async () => {
    let isDone = false;
    const readers = [1, 2, 3].map(async () => {
      while (!isDone) await store.range({ gte: 'p', lt: 's' });
    });
    await store.replace('p', 'erased');
    await expectErased();
    isDone = true;
    await Promise.all(readers);
  });
});

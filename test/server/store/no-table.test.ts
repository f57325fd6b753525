import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { readHead } from '../../../server/store/head.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { flip } from '../../helpers/store-files.ts';
import { filesHolding } from '../../helpers/traces.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const COMMITS = 60;

/** LevelDB writes tables beside the work, and says that it failed only at the next write. */
describe('a store that can write no table', () => {
  let root: string;
  let folder: string;
  let store: CommittedStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-no-table-'));
    folder = join(root, 'store');
    store = await openStore(folder);
    await store.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
    for (let n = 0; n < COMMITS; n++)
      await store.commit([{ type: 'put', key: `k${n}`, value: 'x'.repeat(2_000) }]);
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  /** Something lies where the next ones would. */
  function block(what: 'ldb' | 'log' = 'ldb'): void {
    const newest = Math.max(...readdirSync(folder).map((name) => Number.parseInt(name, 10) || 0));
    for (let n = newest + 1; n < newest + 40; n++)
      mkdirSync(join(folder, `${String(n).padStart(6, '0')}.${what}`));
  }
  function unblock(): void {
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()))
      if (name !== 'commits') rmSync(join(folder, name), { recursive: true });
  }

  for (const what of ['ldb', 'log'] as const)
    it(`keeps the commit log that LevelDB then needs: no *.${what} file can be made`, async () => {
      block(what);
      await store.close();
      unblock();
      expect(readHead(join(folder, 'commits/head'))!.tabled).to.equal(0);
      const damaged = join(root, 'damaged');
      await cp(folder, damaged, { recursive: true });
      for (const name of readdirSync(damaged).filter((one) => one.endsWith('.log'))) {
        const path = join(damaged, name);
        await flip(path, statSync(path).size >> 1);
      }
      const again = await openStore(damaged);
      for (let n = 0; n < COMMITS; n++) expect(await again.get(`k${n}`), `k${n}`).to.have.length(2_000);
      await again.close();
      store = await openStore(folder);
    });

  it('says that nothing was erased, and ends it when it can', async () => {
    block();
    expect(await store.replace('p', 'erased').catch(codeOf)).to.match(/^STORE_/);
    unblock();
    await store.replace('p', 'erased');
    expect(await filesHolding(folder, ['Gildong'])).to.deep.equal([]);
  });
});

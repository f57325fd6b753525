/** A key that was destroyed must not come back with a copy of the store, nor lie about in it. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AppError } from '../../../server/core/errors.ts';
import { mirrorFiles, writeMirrored } from '../../../server/store/files.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { filesHolding } from '../../helpers/traces.ts';

describe('a destroyed key of the log', () => {
  let root: string;
  let store: CommittedStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-mirrored-'));
    await mkdir(join(root, 'data/keys/vault'), { recursive: true });
    store = await openStore(join(root, 'data/store'));
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  const file = (name: string) => join(root, 'data', name);

  it('is in no store, no standby and no take-over after the overlap has ended', async () => {
    await writeFile(file('keys/log.json'), '{"sealed":"first-key"}');
    await writeFile(file('keys/vault/main.json'), '{"sealed":"vault"}');
    await mirrorFiles(store, join(root, 'data'));
    // rotate, finish, and the start behind it.
    await rename(file('keys/log.json'), file('keys/log-retiring.json'));
    await writeFile(file('keys/log.json'), '{"sealed":"second-key"}');
    await mirrorFiles(store, join(root, 'data'));
    await rename(file('keys/log-retiring.json'), file('keys/log-retired.json'));
    await mirrorFiles(store, join(root, 'data'));
    await rm(file('keys/log-retired.json'));
    await mirrorFiles(store, join(root, 'data'));

    const next = join(root, 'next');
    await writeMirrored(store, next);
    expect(await readdir(join(next, 'keys'))).to.have.members(['log.json', 'vault']);
    expect(await filesHolding(join(root, 'data'), ['first-key'])).to.deep.equal([]);
  });

  it('takes no other file along that is missing for a moment', async () => {
    await writeFile(file('keys/vault/main.json'), '{"sealed":"vault"}');
    await mirrorFiles(store, join(root, 'data'));
    await rm(file('keys/vault/main.json'));
    await mirrorFiles(store, join(root, 'data'));
    expect(await writeMirrored(store, join(root, 'next'))).to.deep.equal(['keys/vault/main.json']);
  });

  it('cannot be planted by a row, nor a promise of a standby taken back', async () => {
    for (const path of ['../x.json', 'keys/../../x.json', '/etc/x.json', 'store/x', '.x.json']) {
      await store.commit([{ type: 'put', key: `file:${path}`, value: '{}' }]);
      const code = await writeMirrored(store, join(root, 'next')).catch((error: AppError) => error.code);
      expect(code, path).to.equal('FILE_ROW_INVALID');
      await store.commit([{ type: 'del', key: `file:${path}` }]);
    }
    await store.commit([{ type: 'put', key: 'file:standby.json', value: '{}' }]);
    expect(await writeMirrored(store, join(root, 'next'))).to.deep.equal([]);
  });
});

import fs from 'node:fs';
import { cp, mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Level } from 'level';
import { AppError } from '../../../server/core/errors.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { whileFilesFail } from '../../helpers/failing-files.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('a commit that LevelDB took and the commit log did not', () => {
  let folder: string;
  let store: CommittedStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-half-'));
    store = await openStore(join(folder, 'store'));
    await store.commit([
      { type: 'put', key: 'kept', value: 'before' },
      { type: 'put', key: 'gone', value: 'before' },
    ]);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const fail = () =>
    whileFilesFail(['datasync'], async () => {
      const failed = store.commit([
        { type: 'put', key: 'kept', value: 'after' },
        { type: 'del', key: 'gone' },
        { type: 'put', key: 'idem:1', value: 'answered' },
      ]);
      expect(await failed.catch(codeOf)).to.equal('STORE_FAILED');
    });
  const keys = ['gone', 'idem:1', 'kept'];
  const BEFORE = ['before', undefined, 'before'];

  async function copied(): Promise<{ readonly number: number; readonly keys: string[] }> {
    const snapshot = await store.snapshot();
    const found = [];
    for await (const { key } of snapshot.rows()) found.push(key);
    await snapshot.close();
    return { number: snapshot.position.number, keys: found };
  }

  it('is seen by nobody from the moment on that its caller is told', async () => {
    await fail();
    expect(await store.getMany(keys)).to.deep.equal(BEFORE);
    expect(await store.get('idem:1')).to.equal(undefined);
    expect((await store.range({ gte: 'a' })).map(({ key }) => key)).to.deep.equal(['gone', 'kept']);
    expect(await copied()).to.deep.equal({ number: 1, keys: ['gone', 'kept'] });
  });

  it('is undone by the next one, and stays so over a restart', async () => {
    await fail();
    await store.commit([{ type: 'put', key: 'next', value: 1 }]);
    expect(await store.getMany([...keys, 'next'])).to.deep.equal([...BEFORE, 1]);
    expect(await copied()).to.deep.equal({ number: 2, keys: ['gone', 'kept', 'next'] });
    await store.close();
    store = await openStore(join(folder, 'store'));
    expect(await store.getMany([...keys, 'next'])).to.deep.equal([...BEFORE, 1]);
    expect(store.position().number).to.equal(2);
  });

  it('is in no copy that is asked for while it is under way', async () => {
    let copy: ReturnType<typeof copied> | undefined;
    await whileFilesFail(
      ['datasync'],
      async () => {
        await store.commit([{ type: 'put', key: 'idem:1', value: 'answered' }]).catch(codeOf);
      },
      {
        before: async () => {
          while ((await store.get('idem:1')) !== 'answered') await new Promise(setImmediate);
          copy = copied();
        },
      },
    );
    expect(await copy).to.deep.equal({ number: 1, keys: ['gone', 'kept'] });
  });

  it('stays undone when LevelDB’s log is lost together with the process', async () => {
    await fail();
    await store.commit([{ type: 'put', key: 'next', value: 1 }]);
    const killed = join(folder, 'killed');
    await cp(join(folder, 'store'), killed, { recursive: true });
    for (const name of await readdir(killed))
      if (/^\d+\.log$/.test(name)) await truncate(join(killed, name), 0);
    const again = await openStore(killed);
    expect(await again.getMany([...keys, 'next'])).to.deep.equal([...BEFORE, 1]);
    await again.close();
  });

  it('counts when all but the note of it was written', async () => {
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    try {
      await store.commit([{ type: 'put', key: 'idem:1', value: 'answered' }]);
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
    expect(await store.get('idem:1')).to.equal('answered');
  });

  it('can be followed by an end of the store, though LevelDB cannot be opened any more', async () => {
    await fail();
    const { open } = Level.prototype;
    Object.assign(Level.prototype, { open: () => Promise.reject(new Error('EIO: i/o error')) });
    try {
      expect(await store.commit([{ type: 'put', key: 'next', value: 1 }]).catch(codeOf)).to.equal(
        'STORE_FAILED',
      );
    } finally {
      Object.assign(Level.prototype, { open });
    }
    await store.close();
    // Nothing was taken back, and it is whole in both: as after a kill it counts.
    store = await openStore(join(folder, 'store'));
    expect(await store.getMany(keys)).to.deep.equal([undefined, 'answered', 'after']);
  });

  it('can be committed again, and then counts', async () => {
    await fail();
    await store.commit([{ type: 'put', key: 'idem:1', value: 'again' }]);
    expect(await store.getMany(keys)).to.deep.equal(['before', 'again', 'before']);
  });

  it('is seen by nobody who reads while it is being undone', async () => {
    await fail();
    let isDone = false;
    const next = store.commit([{ type: 'put', key: 'next', value: 1 }]).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      expect(await store.getMany(keys)).to.deep.equal(BEFORE);
      expect(await store.range({ gte: 'idem:', lt: 'idem;' })).to.deep.equal([]);
      await new Promise(setImmediate);
    }
    await next;
  });
});

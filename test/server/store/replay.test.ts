import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openStore } from '../../../server/store/level.ts';
import { runKilled } from '../../helpers/killed.ts';
import { flip, newest, usedOf } from '../../helpers/store-files.ts';

const STORE = new URL('../../../server/store/', import.meta.url);
const [LEVEL, DISK, RECORD] = ['level.ts', 'disk.ts', 'record.ts'].map((name) => new URL(name, STORE).href);
const COMMITS = 400;

describe('the replay of what LevelDB lost', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-replay-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('loses nothing when the kill came into a commit and a bit flips in front of it in LevelDB’s log', async () => {
    const folder = join(root, 'in-a-commit');
    // Killed at the moment at which LevelDB has the newest commit; the file of the commit log takes its time.
    await runKilled(`import { open } from 'node:fs/promises';
      import { setTimeout as pause } from 'node:timers/promises';
      import { openDisk } from '${DISK}';
      import { encodeCommit } from '${RECORD}';
      const disk = await openDisk(${JSON.stringify(folder)}, 0);
      const commit = (n) => {
        const operations = ['k' + n, 'last'].map((key) => ({ type: 'put', key, value: String(n) }));
        return disk.write([encodeCommit(disk.position, 1, operations)], operations);
      };
      for (let n = 0; n < ${COMMITS - 1}; n++) await commit(n);
      const file = await open('/dev/null');
      const files = Object.getPrototypeOf(file);
      const { write } = files;
      files.write = async function (...all) {
        await pause(300);
        return write.apply(this, all);
      };
      const { batch } = disk.level;
      disk.level.batch = async (...all) => {
        await batch.apply(disk.level, all);
        process.kill(process.pid, 'SIGKILL');
      };
      await commit(${COMMITS - 1});`);
    const path = await newest(folder);
    await flip(path, Math.floor((await usedOf(path)) / 2));
    const store = await openStore(folder);
    expect(await store.get('last')).to.equal(COMMITS - 1);
    const values = await store.getMany(Array.from({ length: COMMITS }, (_, n) => `k${n}`));
    expect(values).to.deep.equal(values.map((_, n) => n));
    await store.close();
  });

  it('loses nothing when the replay is killed as well, and what is left is damaged again', async () => {
    const [killed, folder] = [join(root, 'replayed'), join(root, 'replayed-again')];
    const rows = (n: number) => [`k${n}`, `m${n % 115}`];
    await runKilled(`import { openDisk } from '${DISK}';
      import { encodeCommit } from '${RECORD}';
      const rows = ${rows};
      const disk = await openDisk(${JSON.stringify(killed)}, 0);
      for (let n = 0; n < ${COMMITS}; n++) {
        const operations = rows(n).map((key) => ({ type: 'put', key, value: String(n) }));
        await disk.write([encodeCommit(disk.position, 1, operations)], operations);
      }
      process.kill(process.pid, 'SIGKILL');`);
    const path = await newest(killed);
    await flip(path, Math.floor((await usedOf(path)) / 5));
    // Near the end, if it takes so many steps; else after it.
    await runKilled(`import { Level } from 'level';
      const { batch } = Level.prototype;
      let steps = 0;
      Level.prototype.batch = async function (...all) {
        if (++steps === 300) process.kill(process.pid, 'SIGKILL');
        return batch.apply(this, all);
      };
      const { openDisk } = await import('${DISK}');
      await openDisk(${JSON.stringify(killed)}, 0);
      process.kill(process.pid, 'SIGKILL');`);
    const used = await usedOf(await newest(killed));
    for (let place = 0; place < 12; place++) {
      await rm(folder, { recursive: true, force: true });
      await cp(killed, folder, { recursive: true });
      await flip(await newest(folder), Math.floor((used * (place + 0.5)) / 12));
      const store = await openStore(folder);
      for (let n = COMMITS - 115; n < COMMITS; n++)
        expect(await store.getMany(rows(n)), `${place}`).to.deep.equal([n, n]);
      await store.close();
    }
  });

  it('loses nothing of more commits than it has rows for, taken in at once by a copy', async () => {
    const folder = join(root, 'many');
    await runKilled(`import { Level } from 'level';
      import { openStore } from '${LEVEL}';
      import { encodeCommit } from '${RECORD}';
      const store = await openStore(${JSON.stringify(folder)}, { isCopy: true });
      let last = store.position();
      let n = 0;
      const next = () => (last = encodeCommit(last, 1, [{ type: 'put', key: 'k' + n, value: String(n++) }]));
      await store.apply(Array.from({ length: 3_000 }, next));
      const { batch } = Level.prototype;
      Level.prototype.batch = async function (...all) {
        await batch.apply(this, all);
        if (all[0].some(({ key }) => key === 'k20999')) process.kill(process.pid, 'SIGKILL');
      };
      await store.apply(Array.from({ length: 18_000 }, next));`);
    const path = await newest(folder);
    await flip(path, Math.floor((await usedOf(path)) / 12));
    const store = await openStore(folder, { isCopy: true });
    const values = await store.getMany(Array.from({ length: 21_000 }, (_, n) => `k${n}`));
    expect(values.filter((value) => value === undefined)).to.have.length(0);
    await store.close();
  });
});

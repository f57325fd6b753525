import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Level } from 'level';
import { AppError } from '../../../server/core/errors.ts';
import { openStore } from '../../../server/store/level.ts';
import { decodeCommit } from '../../../server/store/record.ts';
import { FORMAT, segmentOf } from '../../../server/store/segment.ts';
import { runKilled } from '../../helpers/killed.ts';
import { cutUsed, flip, newest, usedOf } from '../../helpers/store-files.ts';
import { filesHolding } from '../../helpers/traces.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const LEVEL = new URL('../../../server/store/level.ts', import.meta.url).href;
const COMMITS = 400;
const seed = Date.now() % 1_000_000;

/** A small generator, so that a failure can be had again from its seed. */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('the store and its commit log', () => {
  let root: string;
  let killed: string;
  let count = 0;

  before(async () => {
    console.log(`      seed ${seed}`);
    root = await mkdtemp(join(tmpdir(), 'sillok-commits-'));
    killed = join(root, 'killed');
    // The store of a process that was killed with all its commits acknowledged: nothing of it is in tables.
    await runKilled(`import { openStore } from '${LEVEL}';
      const store = await openStore(${JSON.stringify(killed)});
      for (let n = 0; n < ${COMMITS}; n++)
        await store.commit([{ type: 'put', key: 'k' + n, value: n }, { type: 'put', key: 'last', value: n }]);
      process.kill(process.pid, 'SIGKILL');`);
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function copied(): Promise<string> {
    const folder = join(root, `copy-${count++}`);
    await cp(killed, folder, { recursive: true });
    return folder;
  }

  async function expectAll(folder: string): Promise<void> {
    const store = await openStore(folder);
    expect(await store.get('last')).to.equal(COMMITS - 1);
    const keys = Array.from({ length: COMMITS }, (_, n) => `k${n}`);
    expect(await store.getMany(keys)).to.deep.equal(keys.map((_, n) => n));
    await store.commit([{ type: 'put', key: 'last', value: 'more' }]);
    await store.close();
    const again = await openStore(folder);
    expect(await again.get('last')).to.equal('more');
    expect(again.position().number).to.equal(COMMITS + 1);
    await again.close();
  }

  it('loses nothing when LevelDB’s log is cut at its end, by any number of bytes', async () => {
    for (const bytes of [1, 2, 7, 40, 300, 5_000, 20_000]) {
      const folder = await copied();
      await cutUsed(await newest(folder), bytes);
      await expectAll(folder);
    }
  });

  it('loses nothing when bits flip anywhere in LevelDB’s log, where it drops commits in the middle without a word', async () => {
    const random = randomOf(seed);
    for (let i = 0; i < 8; i++) {
      const folder = await copied();
      const path = await newest(folder);
      await flip(path, Math.floor(random() * (await usedOf(path))));
      await expectAll(folder);
    }
  });

  it('loses nothing when LevelDB’s log is gone', async () => {
    const folder = await copied();
    await truncate(await newest(folder), 0);
    await expectAll(folder);
  });

  it('loses nothing when LevelDB’s log is cut and the kill came while the next file of the commit log was begun', async () => {
    for (const begun of ['', 'sillok c']) {
      const folder = await copied();
      await cutUsed(await newest(folder), 5_000);
      await writeFile(join(folder, 'commits', `${'9'.padStart(16, '0')}.log`), begun);
      await expectAll(folder);
    }
  });

  it('loses nothing when LevelDB’s log is cut and the kill tore a commit that nobody was told of', async () => {
    const folder = await copied();
    await cutUsed(await newest(folder), 5_000);
    const path = await newest(join(folder, 'commits'));
    const [from, end] = segmentOf(path).offsets.slice(-2) as [number, number];
    const content = await readFile(path);
    content.copy(content, end, from, from + 60);
    await writeFile(path, content);
    await expectAll(folder);
  });

  it('loses nothing when the commit log is cut, flipped or gone', async () => {
    const random = randomOf(seed + 1);
    for (const bytes of [1, 33, 5_000]) {
      const folder = await copied();
      await cutUsed(await newest(join(folder, 'commits')), bytes);
      await expectAll(folder);
    }
    for (let i = 0; i < 5; i++) {
      const folder = await copied();
      const path = await newest(join(folder, 'commits'));
      await flip(path, Math.floor(random() * (await usedOf(path))));
      await expectAll(folder);
    }
    const folder = await copied();
    await rm(join(folder, 'commits'), { recursive: true });
    await expectAll(folder);
  });

  it('tells its place and nothing of the rows when the newest commit was replayed', async () => {
    const folder = await copied();
    await truncate(await newest(folder), 0);
    const store = await openStore(folder);
    expect(store.position()).to.have.all.keys('number', 'epoch', 'hash');
    await store.close();
  });

  it('hands out no other records when a bit flips in the number of the first one of a file', async () => {
    for (let at = 0; at < 8; at++) {
      const folder = await copied();
      const path = await newest(join(folder, 'commits'));
      const content = await readFile(path);
      content[FORMAT.length + 4 + at]! ^= 1;
      await writeFile(path, content);
      const store = await openStore(folder, { isCopy: true });
      for (let number = 0; number < COMMITS; number++) {
        const records = await store.since(number, 1);
        if (records !== undefined) expect(decodeCommit(records)?.number, `${at}`).to.equal(number + 1);
      }
      await store.close();
    }
  });

  it('opens after a power cut that left half of a commit which nobody was told of', async () => {
    const folder = await copied();
    const path = await newest(join(folder, 'commits'));
    const content = await readFile(path);
    const used = await usedOf(path);
    content.copy(content, used, used - 150, used - 90);
    await writeFile(path, content);
    await expectAll(folder);
  });

  it('refuses to go on when both lost an acknowledged commit', async () => {
    const folder = await copied();
    await cutUsed(await newest(folder), 5);
    await cutUsed(await newest(join(folder, 'commits')), 5);
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_CORRUPT');
    expect(await openStore(folder).catch(codeOf), 'at every later try').to.equal('STORE_CORRUPT');
  });

  it('refuses to go on when both are damaged in the middle', async () => {
    const folder = await copied();
    for (const path of [await newest(folder), await newest(join(folder, 'commits'))])
      await flip(path, Math.floor((await usedOf(path)) / 2));
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_CORRUPT');
  });

  it('refuses the commit log of another store', async () => {
    const folder = await copied();
    const other = await openStore(join(root, 'other'));
    for (let n = 0; n < 5; n++) await other.commit([{ type: 'put', key: 'other', value: n }]);
    await other.close();
    await rm(join(folder, 'commits'), { recursive: true });
    await cp(join(root, 'other/commits'), join(folder, 'commits'), { recursive: true });
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_CORRUPT');
  });

  it('reads no row whose bits flipped in a table', async () => {
    const folder = join(root, 'table');
    const store = await openStore(folder);
    await store.commit([{ type: 'put', key: 'k', value: 'a plain enough value' }]);
    await store.close();
    const tables = (await readdir(folder)).filter((name) => name.endsWith('.ldb'));
    for (const name of tables) {
      const path = join(folder, name);
      const at = (await readFile(path)).indexOf('plain');
      if (at >= 0) await flip(path, at);
    }
    const again = await openStore(folder);
    expect(await again.get('k').catch(codeOf)).to.equal('STORE_CORRUPT');
    expect(await again.range({ gte: 'k' }).catch(codeOf)).to.equal('STORE_CORRUPT');
    await again.close();
  });

  it('finds by reading everything once what nobody asks for: a row whose key flipped', async () => {
    const folder = join(root, 'key');
    const store = await openStore(folder);
    for (let n = 0; n < 2_000; n++) void store.commit([{ type: 'put', key: `row ${n}`, value: n }]);
    await store.commit([{ type: 'put', key: 'needle', value: 1 }]);
    await store.prove();
    await store.close();
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.ldb'))) {
      const at = (await readFile(join(folder, name))).indexOf('needle');
      if (at >= 0) await flip(join(folder, name), at + 2);
    }
    const again = await openStore(folder);
    expect(await again.get('needle')).to.equal(undefined);
    expect(await again.prove().catch(codeOf)).to.equal('STORE_CORRUPT');
    await again.close();
  });

  it('opens a store of before there was a commit log, and keeps it as safe from then on', async () => {
    const folder = join(root, 'older');
    const older = new Level<string, string>(folder);
    await older.put('k', '{"n":1}', { sync: true });
    await older.close();
    const store = await openStore(folder);
    expect(await store.get('k')).to.deep.equal({ n: 1 });
    await store.commit([{ type: 'put', key: 'k', value: { n: 2 } }]);
    await store.close();
    const again = await openStore(folder);
    expect(await again.get('k')).to.deep.equal({ n: 2 });
    await again.close();
  });

  it('refuses a store of a newer version in words that say so, and leaves it as it is', async () => {
    const folder = await copied();
    const newer = new Level<string, string>(folder);
    await newer.put('\u0000head', '{"format":2,"number":1,"epoch":1,"hash":"00"}', { sync: true });
    await newer.close();
    expect(await openStore(folder).catch(codeOf)).to.equal('STORE_NEWER');
  });

  it('keeps the commit log small however much is committed', async () => {
    const folder = join(root, 'small');
    const store = await openStore(folder);
    const value = 'x'.repeat(64 << 10);
    for (let n = 0; n < 160; n++)
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          store.commit([{ type: 'put', key: `k${i}`, value: `${n}${value}` }]),
        ),
      );
    const size = Number(
      execFileSync('du', ['-sk', join(folder, 'commits')])
        .toString()
        .split('\t')[0],
    );
    expect(size).to.be.below(90_000);
    await store.close();
  });

  it('finishes an erasure that a kill interrupted', async () => {
    const folder = join(root, 'erasing');
    await mkdir(folder);
    await runKilled(`import { openStore } from '${LEVEL}';
      const store = await openStore(${JSON.stringify(folder)});
      await store.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
      await store.commit([{ type: 'put', key: 'p', value: 'erased' }, { type: 'put', key: 'store:erasing:p', value: true }]);
      process.kill(process.pid, 'SIGKILL');`);
    const store = await openStore(folder);
    expect(await store.get('p')).to.equal('erased');
    expect(await store.range({ gte: 'store:erasing:', lt: 'store:erasing;' })).to.deep.equal([]);
    await store.close();
    expect(await filesHolding(folder, ['Gildong'])).to.deep.equal([]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { copyTo } from '../../../server/store/standbys.ts';
import { newToken, type RunningStandby, runPromotion, startStandby } from '../../helpers/standby.ts';
import { filesHolding } from '../../helpers/traces.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('a standby', () => {
  let root: string;
  let tokenFile: string;
  let token: string;
  const standbys: RunningStandby[] = [];
  const stores: CommittedStore[] = [];
  let fencedBy: AppError | undefined;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-standby-'));
    ({ file: tokenFile, token } = await newToken(root));
    fencedBy = undefined;
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close().catch(() => undefined);
    for (const standby of standbys.splice(0)) await standby.end('SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  async function standby(name = 'standby', port = 0): Promise<RunningStandby> {
    const started = await startStandby(join(root, name), tokenFile, port);
    standbys.push(started);
    return started;
  }

  async function gateway(
    urls: readonly string[],
    { threshold = 1, name = 'store' } = {},
  ): Promise<CommittedStore> {
    const store = await openStore(join(root, name), {
      copies: copyTo({
        standbys: urls.map((url) => ({ url, token })),
        threshold,
        onFenced: (error) => {
          fencedBy = error;
        },
      }),
    });
    stores.push(store);
    return store;
  }

  /** What the copy holds, once its process is gone. */
  async function copyOf(running: RunningStandby, name = 'standby'): Promise<CommittedStore> {
    await running.end('SIGKILL');
    const store = await openStore(join(root, name, 'store'));
    stores.push(store);
    return store;
  }

  const put = (key: string, value: unknown) => [{ type: 'put', key, value }] as const;
  const portOf = ({ url }: RunningStandby) => Number(new URL(url).port);

  it('has on its own disk whatever the gateway acknowledged, when both are killed', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    await Promise.all(Array.from({ length: 500 }, (_, n) => store.commit(put(`k${n}`, n))));
    const held = await copyOf(copy);
    expect(await held.getMany(Array.from({ length: 500 }, (_, n) => `k${n}`))).to.deep.equal(
      Array.from({ length: 500 }, (_, n) => n),
    );
    expect(held.position()).to.deep.equal(store.position());
  });

  it('is needed: without it nothing is acknowledged, reads go on, and it heals by itself', async () => {
    const first = await standby();
    const store = await gateway([first.url]);
    await store.ready();
    await store.commit(put('k', 1));
    // Asked before it is missed.
    first.child.kill('SIGSTOP');
    const late = store.commit(put('late', 1));
    await first.end('SIGKILL');
    let isAcknowledged = false;
    void late.then(() => {
      isAcknowledged = true;
    });
    while (store.standbys()[0]!.error === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await store.commit(put('refused', 1)).catch(codeOf)).to.equal('STANDBY_MISSING');
    expect(() => store.mayCommit()).to.throw('STANDBY_MISSING');
    expect(isAcknowledged).to.equal(false);
    expect(await store.get('k')).to.equal(1);
    expect(await store.get('refused')).to.equal(undefined);
    const again = await standby('standby', portOf(first));
    await late;
    await store.commit(put('after', 1));
    const held = await copyOf(again);
    expect(await held.getMany(['k', 'late', 'refused', 'after'])).to.deep.equal([1, 1, undefined, 1]);
  });

  it('gets the whole store when it is new or was away too long, and only what it missed otherwise', async () => {
    const plain = await openStore(join(root, 'store'));
    for (let n = 0; n < 40; n++) await plain.commit(put(`k${n}`, 'x'.repeat(50_000)));
    await plain.close();
    const first = await standby();
    const store = await gateway([first.url]);
    await store.ready();
    expect(store.standbys()[0]).to.include({ number: 40, lag: 0 });
    await first.end('SIGKILL');
    const again = await standby('standby', portOf(first));
    while (store.standbys()[0]!.error !== undefined || store.standbys()[0]!.lag !== 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    // An erasure leaves no older commits to catch up with.
    await store.replace('k3', 'erased');
    await again.end('SIGKILL');
    const held = await copyOf(again);
    expect(await held.get('k3')).to.equal('erased');
    expect(await held.get('k39')).to.equal('x'.repeat(50_000));
  });

  it('erases what the gateway erases, from every file', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    await store.commit(put('p', 'Hong Gildong, 19990101'));
    await store.replace('p', 'erased');
    for (const name of ['store', 'standby'])
      expect(await filesHolding(join(root, name), ['Gildong'])).to.deep.equal([]);
  });

  it('answers nobody without the token', async () => {
    const copy = await standby();
    for (const authorization of [undefined, 'Bearer x', `Bearer ${token}x`, token])
      for (const [method, path] of [
        ['GET', '/head'],
        ['POST', '/commits'],
        ['POST', '/snapshot'],
        ['POST', '/promote'],
      ] as const) {
        const response = await fetch(new URL(path, copy.url), {
          method,
          ...(authorization !== undefined && { headers: { authorization } }),
        });
        expect(response.status, path).to.equal(401);
      }
  });

  it('takes no damaged record and no damaged copy of a store', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    await store.commit(put('k', 1));
    const send = (path: string, body: Uint8Array) =>
      fetch(new URL(path, copy.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new Uint8Array(body),
      });
    const record = Buffer.alloc(200, 7);
    expect((await send('/commits', record)).status).to.equal(400);
    expect((await send('/commits', new Uint8Array(0))).status).to.equal(400);
    const cut = Buffer.from(
      `{"sillok":"store.1","number":9,"epoch":1,"hash":"${'ab'.repeat(32)}"}\n"k"\t2\n`,
    );
    expect((await send('/snapshot', cut)).status).to.equal(400);
    await store.commit(put('k', 3));
    expect(await (await copyOf(copy)).get('k')).to.equal(3);
  });

  it('is not written over by another history under the same numbers, and the gateway says so', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await store.close();
    const other = await openStore(join(root, 'other'));
    for (const n of [1, 2, 3]) await other.commit(put('k', `other ${n}`));
    await other.close();
    const forked = await gateway([copy.url], { name: 'other' });
    while (forked.standbys()[0]!.error !== 'STANDBY_FORK')
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await forked.commit(put('k', 2)).catch(codeOf)).to.equal('STANDBY_MISSING');
    expect(await (await copyOf(copy)).get('k')).to.equal(1);
  });

  it('is not overtaken by an older copy of the gateway’s own store', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    for (const n of [1, 2, 3]) await store.commit(put('k', n));
    await store.close();
    await rm(join(root, 'store'), { recursive: true });
    const older = await gateway([copy.url]);
    expect(await older.ready().catch(codeOf)).to.equal('STANDBY_AHEAD');
    expect(fencedBy?.code).to.equal('STANDBY_AHEAD');
  });

  it('fences nobody off who took over after it', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const first = await gateway([one.url, two.url], { threshold: 2 });
    await first.ready();
    await first.commit(put('k', 1));
    await first.close();
    const promoted = await runPromotion(join(root, 'one'), tokenFile, '--others', two.url);
    expect(promoted.code, promoted.said).to.equal(0);
    const second = await gateway([two.url], { name: 'one/store' });
    await second.ready();
    await second.commit(put('k', 2));
    await second.close();
    const again = await runPromotion(join(root, 'two'), tokenFile);
    expect(again.code, again.said).to.equal(0);
    const third = await gateway([one.url], { name: 'two/store' });
    while (third.standbys()[0]!.error !== 'FENCED') await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await third.commit(put('k', 3)).catch(codeOf)).to.equal('STANDBY_MISSING');
    expect(fencedBy).to.equal(undefined);
    expect(await third.get('k')).to.equal(2);
  });

  for (const isRunning of [true, false])
    it(`fences off the old gateway once it is promoted, ${isRunning ? 'running' : 'and finds its promise again after a stop'}`, async () => {
      let copy = await standby();
      const store = await gateway([copy.url]);
      await store.ready();
      await store.commit(put('file:deployment.json', '{"n":1}'));
      if (!isRunning) await copy.end('SIGTERM');
      const { code, said } = await runPromotion(join(root, 'standby'), tokenFile);
      expect(code, said).to.equal(0);
      expect(said).to.contain('epoch 2');
      if (!isRunning) copy = await standby('standby', portOf(copy));
      const failed = await store.commit(put('k', 1)).catch(codeOf);
      expect(failed).to.be.oneOf(['FENCED', 'STANDBY_MISSING']);
      while (fencedBy === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(fencedBy.code).to.equal('FENCED');
      expect(await store.commit(put('k', 1)).catch(codeOf)).to.equal('FENCED');
      expect((await runPromotion(join(root, 'standby'), tokenFile)).said, 'a second time').to.contain(
        'epoch 2',
      );
      const next = await openStore(join(root, 'standby/store'));
      stores.push(next);
      expect(next.position().epoch).to.equal(2);
      expect(await next.get('k')).to.equal(undefined);
      expect((await runPromotion(join(root, 'standby'), tokenFile)).said, 'in use by now').to.contain(
        'STORE_LOCKED',
      );
      expect(copy.child.exitCode).to.equal(null);
    });

  it('is promoted only when too few others are left for the old gateway, and never behind one of them', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await two.end('SIGKILL');
    await store.commit(put('k', 2));
    const again = await standby('two', portOf(two));
    expect((await runPromotion(join(root, 'one'), tokenFile)).said).to.contain('STANDBYS_UNFENCED');
    await store.commit(put('k', 3));
    await again.end('SIGKILL');
    await store.commit(put('k', 4));
    await store.close();
    const behind = await standby('two', portOf(two));
    const refused = await runPromotion(join(root, 'two'), tokenFile, '--others', one.url);
    expect(refused.said).to.contain('STANDBY_NEWER');
    const done = await runPromotion(join(root, 'one'), tokenFile, '--others', behind.url);
    expect(done.code, done.said).to.equal(0);
    const old = await gateway([behind.url]);
    expect(await old.ready().catch(codeOf)).to.equal('FENCED');
  });

  it('does not hold up the commits behind the one that it writes', async () => {
    const copy = await standby();
    const store = await gateway([copy.url]);
    await store.ready();
    copy.child.kill('SIGSTOP');
    const commits: Promise<void>[] = [];
    for (let n = 1; n <= 3; n++) {
      const commit = store.commit(put('k', n));
      commits.push(commit);
      let isRefused = false;
      commit.catch(() => {
        isRefused = true;
      });
      while (store.position().number < n && !isRefused) await new Promise(setImmediate);
    }
    copy.child.kill('SIGCONT');
    await Promise.all(commits);
    expect(await (await copyOf(copy)).get('k')).to.equal(3);
  });

  it('shows what it costs', async () => {
    const copy = await standby();
    const alone = await openStore(join(root, 'alone'));
    const store = await gateway([copy.url]);
    await store.ready();
    const rate = async (into: CommittedStore) => {
      const start = performance.now();
      await Promise.all(
        Array.from({ length: 256 }, async (_, i) => {
          for (let n = 0; n < 20; n++) await into.commit(put(`r${i}.${n}`, 'x'.repeat(500)));
        }),
      );
      return Math.round((256 * 20 * 1000) / (performance.now() - start));
    };
    const [before, after] = [await rate(alone), await rate(store)];
    console.log(`      ${before} commits/s alone, ${after} with a standby on the same machine`);
    await alone.close();
  });
});

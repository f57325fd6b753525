/** Two gateways must never both acknowledge, whatever a hurried operator or an old machine does. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { writeSnapshot } from '../../../server/store/snapshot.ts';
import { tokenIn } from '../../../server/store/standby-tokens.ts';
import { copyTo } from '../../../server/store/standbys.ts';
import { newToken, type RunningStandby, runPromotion, startStandby } from '../../helpers/standby.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const put = (key: string, value: unknown) => [{ type: 'put', key, value }] as const;

describe('a take-over under attack', () => {
  let root: string;
  let tokenFile: string;
  let token: string;
  const standbys: RunningStandby[] = [];
  const stores: CommittedStore[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-split-'));
    ({ file: tokenFile, token } = await newToken(root));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close().catch(() => undefined);
    for (const standby of standbys.splice(0)) await standby.end('SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  async function standby(name: string, port = 0, file = tokenFile): Promise<RunningStandby> {
    const started = await startStandby(join(root, name), file, port);
    standbys.push(started);
    return started;
  }

  async function gateway(urls: readonly string[], threshold = 1, name = 'store'): Promise<CommittedStore> {
    const copies = copyTo({
      standbys: urls.map((url) => ({ url, token })),
      threshold,
      onFenced: () => undefined,
    });
    const store = await openStore(join(root, name), { copies });
    stores.push(store);
    return store;
  }

  async function caughtUp(store: CommittedStore): Promise<void> {
    while (store.standbys().some(({ lag }) => lag !== 0))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const again = ({ url }: RunningStandby, name: string) => standby(name, Number(new URL(url).port));
  const promote = (name: string, ...others: string[]) =>
    runPromotion(join(root, name), tokenFile, ...(others.length > 0 ? ['--others', others.join(',')] : []));

  async function order(
    to: RunningStandby,
    path: string,
    body: object,
  ): Promise<{ code?: string; epoch?: number }> {
    const response = await fetch(new URL(path, to.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { code?: string };
  }

  async function head({ url }: RunningStandby, its = token): Promise<{ number: number; epoch: number }> {
    const response = await fetch(new URL('/head', url), { headers: { authorization: `Bearer ${its}` } });
    return (await response.json()) as { number: number; epoch: number };
  }

  it('leaves the new gateway with a standby that was fenced while it lagged behind', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await two.end('SIGKILL');
    for (const n of [2, 3, 4]) await store.commit(put('k', n));
    await store.close();
    const behind = await again(two, 'two');
    const done = await promote('one', behind.url);
    expect(done.code, done.said).to.equal(0);
    const next = await gateway([behind.url], 1, 'one/store');
    await next.ready();
    await next.commit(put('after', 1));
    expect((await head(behind)).number).to.equal(next.position().number);
  });

  it('counts each standby once, however often and under whatever name it is given', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    const itself = await promote('one', one.url, one.url.replace('127.0.0.1', 'localhost'));
    expect(itself.said).to.contain('STANDBYS_UNFENCED');
    await store.commit(put('k', 2));
    expect(await promote('one', one.url, two.url, two.url)).to.include({ code: 0 });
  });

  it('goes on with the only copy that is left when a person says that the other burnt with the gateway', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await store.close();
    await two.end('SIGKILL');
    expect((await promote('one')).said).to.contain('STANDBYS_UNFENCED');
    const done = await runPromotion(join(root, 'one'), tokenFile, '--gone', '1');
    expect(done.code, done.said).to.equal(0);
    const next = await gateway([], 0, 'one/store');
    expect(await next.get('k')).to.equal(1);
  });

  it('is refused to a second standby once the first was promoted, whose gateway asks nobody', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await store.close();
    expect(await promote('one', two.url)).to.include({ code: 0 });
    await one.end('SIGTERM');
    const promoted = await again(one, 'one');
    expect((await promote('two', promoted.url)).said).to.contain('STANDBY_PROMOTED');
    expect((await order(promoted, '/fence', { epoch: 9, number: 99 })).code).to.equal('STANDBY_PROMOTED');
  });

  it('is refused to another one that asks only those which the first one left behind', async () => {
    const [one, two, three, four] = [
      await standby('one'),
      await standby('two'),
      await standby('three'),
      await standby('four'),
    ];
    const store = await gateway([one.url, two.url, three.url, four.url], 2);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await store.close();
    expect(await promote('one', two.url, three.url)).to.include({ code: 0 });
    expect((await promote('four', two.url, three.url)).said).to.contain('STANDBY_FENCED');
    expect((await promote('two', three.url, four.url)).said).to.contain('STANDBY_FENCED');
    expect((await promote('four', one.url, two.url, three.url)).said).to.contain('STANDBY_PROMOTED');
    const next = await gateway([two.url, three.url], 2, 'one/store');
    await next.ready();
    await next.commit(put('k', 2));
    await caughtUp(next);
    await next.close();
    // That one burnt as well: its own standbys may take over from it.
    expect(await promote('two', three.url)).to.include({ code: 0 });
  });

  it('does not stop the gateway that came of it when the order is given again', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url, two.url]);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await store.close();
    expect(await promote('one', two.url)).to.include({ code: 0 });
    const next = await gateway([two.url], 1, 'one/store');
    await next.ready();
    expect((await promote('one', two.url)).said).to.contain('STORE_LOCKED');
    await next.commit(put('k', 2));
    expect(await head(two)).to.include({ epoch: 2 });
  });

  it('is given to one of two that are promoted at the same moment', async () => {
    const [one, two, three] = [await standby('one'), await standby('two'), await standby('three')];
    const store = await gateway([one.url, two.url, three.url], 2);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    await store.close();
    // Both asked everybody before either fenced anybody.
    const number = Math.max(
      ...(await Promise.all([one, two, three].map((one) => head(one)))).map((seen) => seen.number),
    );
    expect(await order(three, '/fence', { epoch: 2, number })).to.include({ epoch: 2 });
    expect((await order(three, '/fence', { epoch: 2, number })).code).to.equal('STANDBY_FENCED');
    expect(await order(one, '/fence', { epoch: 2, number })).to.include({ epoch: 2 });
    expect((await order(one, '/promote', { epoch: 2, fenced: 1 })).code).to.equal('STANDBY_FENCED');
  });

  it('knows of the other standbys as soon as the gateway was heard, though nothing was committed since', async () => {
    const one = await standby('one');
    const before = await gateway([one.url]);
    await before.ready();
    await before.commit(put('k', 1));
    await before.close();
    const two = await standby('two');
    const store = await gateway([one.url, two.url], 2);
    await store.ready();
    await store.close();
    const wider = await gateway([one.url, two.url], 1);
    await wider.ready();
    while (wider.standbys().some(({ lag }) => lag !== 0))
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const name of ['one', 'two']) expect((await promote(name)).said).to.contain('STANDBYS_UNFENCED');
    await wider.commit(put('k', 2));
  });

  it('keeps a copy of another history, though the commits that would show it are gone', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const store = await gateway([one.url]);
    await store.ready();
    for (const n of [1, 2, 3]) await store.commit(put('k', n));
    await store.close();
    await one.end('SIGTERM');
    await rm(join(root, 'store'), { recursive: true });
    const other = await gateway([two.url]);
    await other.ready();
    for (const n of [1, 2, 3, 4, 5]) await other.commit(put('k', `other ${n}`));
    await other.replace('k', 'erased');
    await other.close();
    const held = await again(one, 'one');
    const { number } = await head(held);
    const forked = await gateway([held.url]);
    while (forked.standbys()[0]!.error !== 'STANDBY_FORK')
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await forked.commit(put('k', 'never')).catch(codeOf)).to.equal('STANDBY_MISSING');
    expect((await head(held)).number).to.equal(number);
  });

  it('keeps a newer copy when a whole older one is sent', async () => {
    const one = await standby('one');
    const store = await gateway([one.url]);
    await store.ready();
    await store.commit(put('k', 1));
    const older = await store.snapshot();
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeSnapshot(older)) chunks.push(chunk);
    await older.close();
    await store.commit(put('k', 2));
    const response = await fetch(new URL('/snapshot', one.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new Uint8Array(Buffer.concat(chunks)),
    });
    expect(await response.json()).to.include({ code: 'STANDBY_NEWER' });
    await store.commit(put('k', 3));
    expect(await head(one)).to.include({ number: store.position().number });
  });

  it('is out of reach for whoever stole the secret of another standby, and goes on with the secrets that people keep', async () => {
    const [first, second] = [await newToken(join(root, 'a')), await newToken(join(root, 'b'))];
    const [one, two] = [await standby('one', 0, first.file), await standby('two', 0, second.file)];
    const kept = join(root, 'standby-tokens');
    await writeFile(kept, `${two.url} ${second.token}\n${one.url}/ ${first.token}\n`);
    const text = await readFile(kept, 'utf8');
    const places = [one.url, two.url].map((url) => ({ url, token: tokenIn(text, url)! }));
    const copies = copyTo({ standbys: places, threshold: 1, onFenced: () => undefined });
    const store = await openStore(join(root, 'store'), { copies });
    stores.push(store);
    await store.ready();
    await store.commit(put('k', 1));
    await caughtUp(store);
    const others = ['--others', two.url];
    const stolen = await runPromotion(join(root, 'one'), first.file, ...others);
    expect(stolen.said).to.contain('UNAUTHENTICATED');
    expect(await head(two, second.token)).to.include({ epoch: 1 });
    await store.commit(put('k', 2));
    await caughtUp(store);
    const done = await runPromotion(join(root, 'one'), first.file, ...others, '--others-token-file', kept);
    expect(done.code, done.said).to.equal(0);
    expect(await store.commit(put('k', 3)).catch(codeOf)).to.be.oneOf(['FENCED', 'STANDBY_MISSING']);
  });

  it('takes no epoch behind which none could follow', async () => {
    const one = await standby('one');
    const store = await gateway([one.url]);
    await store.ready();
    await store.commit(put('k', 1));
    for (const epoch of [2 ** 32 - 1, 2 ** 40, -1, 1.5, null, '3'])
      for (const path of ['/fence', '/promote'])
        expect((await order(one, path, { epoch, number: 99, fenced: 0 })).code).to.equal('ORDER_MALFORMED');
    await store.commit(put('k', 2));
  });
});

/** The gateway's list of standbys changes while some of them are away: none of those may be promoted behind the others' back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { agreeOnStandbys } from '../../../server/store/standby-set.ts';
import { copyTo } from '../../../server/store/standbys.ts';
import { newToken, type RunningStandby, runPromotion, startStandby } from '../../helpers/standby.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('a gateway whose list of standbys changes', () => {
  let root: string;
  let tokenFile: string;
  let token: string;
  let store: CommittedStore | undefined;
  const running: RunningStandby[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-set-'));
    ({ file: tokenFile, token } = await newToken(root));
  });
  afterEach(async () => {
    await end();
    for (const standby of running.splice(0)) await standby.end('SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  async function standby(name: string, port = 0): Promise<RunningStandby> {
    const started = await startStandby(join(root, name), tokenFile, port);
    running.push(started);
    return started;
  }
  const again = ({ url }: RunningStandby, name: string) => standby(name, Number(new URL(url).port));

  /** As the gateway's start does it. `agreed` is when it may acknowledge. */
  async function start(standbys: readonly RunningStandby[], name = 'store') {
    const urls = standbys.map(({ url }) => url);
    const places = urls.map((url) => ({ url, token }));
    const copies = copyTo({ standbys: places, threshold: 1, onFenced: () => undefined });
    const opened = await openStore(join(root, name), { copies });
    store = opened;
    await opened.ready();
    const seen = { isOver: false };
    const agreed = agreeOnStandbys(opened, { urls, threshold: 1 }).then(
      () => {
        seen.isOver = true;
      },
      (error) => codeOf(error),
    );
    return { store: opened, agreed, seen };
  }

  async function end(): Promise<void> {
    await store?.close();
    store = undefined;
  }

  /** Both know a list of two, and neither is there any more. */
  async function awayTogether(): Promise<readonly [RunningStandby, RunningStandby]> {
    const [one, two] = [await standby('one'), await standby('two')];
    const before = await start([one, two]);
    await before.agreed;
    await before.store.commit([{ type: 'put', key: 'k', value: 1 }]);
    while (before.store.standbys().some(({ lag }) => lag !== 0))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await end();
    for (const one of running) await one.end('SIGTERM');
    return [one, two];
  }

  async function reached(opened: CommittedStore, { url }: RunningStandby): Promise<void> {
    const isThere = () =>
      opened.standbys().some((seen) => seen.url === url && seen.number === opened.position().number);
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  it('acknowledges nothing before enough of the old list know the new one, also after a kill', async () => {
    const [one, two] = await awayTogether();
    const three = await standby('three');
    for (let turn = 0; turn < 2; turn++) {
      const wider = await start([one, two, three]);
      await reached(wider.store, three);
      expect(wider.seen.isOver, 'agreed with nobody of the old list').to.equal(false);
      await end();
      expect(await wider.agreed).to.equal('STANDBY_MISSING');
    }
    const back = await again(two, 'two');
    const wider = await start([one, back, three]);
    expect(await wider.agreed).to.equal(undefined);
    await wider.store.commit([{ type: 'put', key: 'k', value: 2 }]);
    await reached(wider.store, back);
    // The one that was away all the time asks the one other that it knows of.
    const promoted = await runPromotion(join(root, 'one'), tokenFile, '--others', back.url);
    expect(promoted.said).to.contain('STANDBY_NEWER');
    expect((await runPromotion(join(root, 'two'), tokenFile, '--others', three.url)).said).to.contain(
      'STANDBYS_UNFENCED',
    );
    await wider.store.commit([{ type: 'put', key: 'k', value: 3 }]);
  });

  it('does not wait for those that a person took out of the list', async () => {
    await awayTogether();
    const three = await standby('three');
    const replaced = await start([three]);
    expect(await replaced.agreed).to.equal(undefined);
    expect(await replaced.store.get('k')).to.equal(1);
  });

  it('does not wait for the list of before when it was promoted itself', async () => {
    const [one, two] = await awayTogether();
    const done = await runPromotion(join(root, 'one'), tokenFile, '--gone', '1');
    expect(done.code, done.said).to.equal(0);
    const three = await standby('three');
    const next = await start([two, three], 'one/store');
    expect(await next.agreed).to.equal(undefined);
    expect(one.child.exitCode).to.equal(0);
  });

  it('is not taken over from with the consent of a standby that is none of its own', async () => {
    const [one, two] = [await standby('one'), await standby('two')];
    const own = await start([one, two]);
    await own.agreed;
    const stranger = await standby('stranger');
    const refused = await runPromotion(join(root, 'one'), tokenFile, '--others', stranger.url);
    expect(refused.said).to.contain('STANDBYS_UNFENCED').and.contain(two.url);
    await own.store.commit([{ type: 'put', key: 'k', value: 2 }]);
  });
});

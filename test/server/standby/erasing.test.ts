import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { type Keeper, openKeeper } from '../../../server/standby/keeper.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { writeSnapshot } from '../../../server/store/snapshot.ts';
import { filesHolding } from '../../helpers/traces.ts';

const ERASING = 'store:erasing:p';

/** The gateway was killed, or is still at it, between the commit that begins an erasure and the one that ends it. */
describe('a standby whose gateway is in the middle of an erasure', () => {
  let root: string;
  let gateway: CommittedStore;
  let keeper: Keeper;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-erasing-'));
    // Keeps its commits for a standby that was away.
    gateway = await openStore(join(root, 'gateway'), { isCopy: true });
    keeper = await openKeeper(join(root, 'standby'));
    await gateway.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
  });
  afterEach(async () => {
    await keeper.close();
    await gateway.close();
    await rm(root, { recursive: true, force: true });
  });

  const begin = () =>
    gateway.commit([
      { type: 'put', key: 'p', value: 'erased' },
      { type: 'put', key: ERASING, value: true },
    ]);
  const end = () => gateway.commit([{ type: 'del', key: ERASING }]);
  async function follow(): Promise<void> {
    const { number } = await keeper.head();
    await keeper.take((await gateway.since(number, 1 << 20))!);
  }
  async function restart(): Promise<void> {
    await keeper.close();
    keeper = await openKeeper(join(root, 'standby'));
  }
  const numbers = async () => [(await keeper.head()).number, gateway.position().number];
  const traces = () => filesHolding(join(root, 'standby'), ['Gildong']);

  it('stands after a restart where the gateway stands, and takes what comes from there', async () => {
    await begin();
    await follow();
    await restart();
    expect(await numbers()).to.deep.equal([2, 2]);
    await gateway.commit([{ type: 'put', key: 'other', value: 1 }]);
    await end();
    await follow();
    expect(await keeper.head()).to.include(gateway.position());
    expect(await traces()).to.deep.equal([]);
  });

  it('stands where the gateway stood when it gets the whole store at that moment', async () => {
    await begin();
    const snapshot = await gateway.snapshot();
    await keeper.replaceAll(Readable.from(writeSnapshot(snapshot)));
    await snapshot.close();
    expect(await numbers()).to.deep.equal([2, 2]);
    await gateway.commit([{ type: 'put', key: 'other', value: 1 }]);
    await follow();
    expect(await keeper.head()).to.include(gateway.position());
  });

  it('ends the erasure once it is a gateway itself', async () => {
    await begin();
    await follow();
    await restart();
    const { folder } = await keeper.promote({ fenced: 0, epoch: 2 });
    const store = await openStore(join(folder, 'store'));
    expect(await store.get('p')).to.equal('erased');
    expect(await store.get(ERASING)).to.equal(undefined);
    await store.close();
    expect(await traces()).to.deep.equal([]);
  });
});

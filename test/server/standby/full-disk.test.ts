import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { type Keeper, openKeeper } from '../../../server/standby/keeper.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { whileFilesFail } from '../../helpers/failing-files.ts';
import { filesHolding } from '../../helpers/traces.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('a standby whose disk was full once', () => {
  let root: string;
  let gateway: CommittedStore;
  let keeper: Keeper;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-full-'));
    gateway = await openStore(join(root, 'gateway'), { isCopy: true });
    keeper = await openKeeper(join(root, 'standby'));
    await gateway.commit([{ type: 'put', key: 'p', value: 'Hong Gildong, 19990101' }]);
    await follow();
  });
  afterEach(async () => {
    await keeper.close();
    await gateway.close();
    await rm(root, { recursive: true, force: true });
  });

  async function follow(): Promise<void> {
    const { number } = await keeper.head();
    await keeper.take((await gateway.since(number, 1 << 20))!);
  }

  it('erases what it could not erase then', async () => {
    await gateway.commit([
      { type: 'put', key: 'p', value: 'erased' },
      { type: 'put', key: 'store:erasing:p', value: true },
    ]);
    await whileFilesFail(
      ['sync'],
      async () => void expect(await follow().catch(codeOf)).to.equal('STORE_FULL'),
      {
        code: 'ENOSPC',
      },
    );
    await gateway.commit([{ type: 'del', key: 'store:erasing:p' }]);
    await follow();
    expect(await filesHolding(join(root, 'standby'), ['Gildong'])).to.deep.equal([]);
  });

  it('is promoted under the new epoch when the order is given again', async () => {
    const order = { fenced: 0, epoch: 2 };
    await whileFilesFail(
      ['write'],
      async () => void expect(await keeper.promote(order).catch(codeOf)).to.equal('STORE_FULL'),
      { code: 'ENOSPC' },
    );
    expect(await keeper.promote(order)).to.include({ epoch: 2 });
    const promoted = await openStore(join(root, 'standby/store'));
    expect(promoted.position().epoch).to.equal(2);
    await promoted.close();
  });
});

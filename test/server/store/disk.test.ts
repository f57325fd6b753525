import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Disk, openDisk } from '../../../server/store/disk.ts';
import { decodeCommit, encodeCommit, type Operation } from '../../../server/store/record.ts';

const put = (key: string, value: string): Operation => ({ type: 'put', key, value: JSON.stringify(value) });

describe('a commit that the commit log took and LevelDB did not', () => {
  let folder: string;
  let disk: Disk;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-disk-'));
    disk = await openDisk(join(folder, 'store'), 0);
    await write([put('kept', 'before')]);
    const { batch } = disk.level;
    Object.assign(disk.level, { batch: () => Promise.reject(new Error('EIO: i/o error, write')) });
    const failed = await write([put('kept', 'after')]).catch(({ message }: Error) => message);
    Object.assign(disk.level, { batch });
    expect(failed).to.equal('EIO: i/o error, write');
  });
  afterEach(async () => {
    await disk.close();
    await rm(folder, { recursive: true, force: true });
  });

  const write = (operations: readonly Operation[]) =>
    disk.write([encodeCommit(disk.position, 1, operations)], operations);

  /** Of what a standby is given, and of what a restart finds. */
  async function expectNext(): Promise<void> {
    await write([put('other', 'next')]);
    const { hash } = disk.position;
    expect(decodeCommit((await disk.since(1, 1 << 20))!)?.hash).to.equal(hash);
    await disk.close();
    disk = await openDisk(join(folder, 'store'), 0);
    expect(disk.position).to.deep.equal({ number: 2, epoch: 1, hash });
    expect(await disk.level.get('kept')).to.include('before');
  }

  it('is taken back from it before the next', async () => {
    await disk.mend();
    await expectNext();
  });

  it('is taken back from it before an erasure begins a new file', async () => {
    await disk.purge('erased');
    await disk.mend();
    await expectNext();
  });
});

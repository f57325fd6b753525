import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Log, openLog } from '../../server/log/log.ts';
import { buildReceipt } from '../../server/receipts/build.ts';
import { LOG_KEY, leavesOf, WITNESS_KEYS } from '../helpers/log.ts';
import { type TestWitness, testWitness } from '../helpers/witness.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SIZE = 2 * 256 + 77;
const run = promisify(execFile);

describe("Implementations that are not ours: Go's checksum database and transparency.dev", () => {
  let folder: string;
  let program: string;
  let witnesses: TestWitness[];
  let log: Log;
  let receipt: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-independent-'));
    program = join(folder, 'independent');
    await run('go', ['build', '-o', program, '.'], {
      cwd: HERE,
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT')
        throw new Error('Go is missing: this check needs Go 1.26 or newer on the PATH');
      throw error;
    });
    witnesses = await Promise.all([0, 1, 2].map((n) => testWitness(folder, n)));
    log = await openLog({ folder: join(folder, 'log'), key: LOG_KEY, witnesses, threshold: 3 });
    const leaves = leavesOf(SIZE);
    await Promise.all([log.append(0, leaves), ...witnesses.map(({ tree }) => tree.append(0, leaves))]);
    await log.publish();
    receipt = join(folder, 'receipt.tlog-proof');
    await writeFile(receipt, await buildReceipt(log, 300));
  });
  after(async () => {
    await log.close();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('find our checkpoint signed and cosigned, our tiles right and readable, and our receipts valid', async () => {
    const files = await Promise.all(
      [0, 255, 256, 511, 512, SIZE - 1].map(async (index) => {
        const file = join(folder, `${index}.tlog-proof`);
        await writeFile(file, await buildReceipt(log, index));
        return file;
      }),
    );
    const { stdout } = await check(files);
    // Full tiles 0/000 and 0/001, partial ones 0/002 of 77 and 1/000 of 2.
    expect(stdout).to.equal(`entries ${SIZE} tiles 4 proofs 6\n`);
  });

  it('refuse a receipt with one hash of another', async () => {
    const lines = (await buildReceipt(log, 300)).split('\n');
    lines[3] = lines[4]!;
    await writeFile(receipt, lines.join('\n'));
    expect(await complaint([receipt])).to.contain('receipt.tlog-proof');
  });

  it('refuse a tile with one byte of another', async () => {
    const path = join(log.publicFolder, 'tile', '0', '001');
    const bytes = await readFile(path);
    const changed = Buffer.from(bytes);
    changed[100]! ^= 1;
    await writeFile(path, changed);
    expect(await complaint([])).to.contain('differs from the entries');
    await writeFile(path, bytes);
  });

  it('refuse a checkpoint whose cosignature is another one', async () => {
    const path = join(log.publicFolder, 'checkpoint');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.split('\n').slice(0, -2).join('\n').concat('\n'));
    expect(await complaint([])).to.contain('3 signatures verify, want 4');
    await writeFile(path, text);
  });

  const check = (files: readonly string[]) => {
    const keys = WITNESS_KEYS.slice(0, 3).map((key) => key.verifierKey);
    return run(program, [log.publicFolder, LOG_KEY.verifierKey, keys.join(','), ...files]);
  };

  async function complaint(files: readonly string[]): Promise<string> {
    return check(files).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );
  }
});

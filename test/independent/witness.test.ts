import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { toBase64 } from '../../server/core/bytes.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { openLog } from '../../server/log/log.ts';
import { signNote } from '../../server/log/sign.ts';
import { buildReceipt } from '../../server/receipts/build.ts';
import { formatTreeHead } from '../../server/verify/checkpoint.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { LOG_KEY, leavesOf, naiveConsistency, naiveRoot, ORIGIN, TRUST } from '../helpers/log.ts';
import { type TestWitness, testWitness } from '../helpers/witness.ts';

const HERE = fileURLToPath(new URL('./witness/', import.meta.url));
const run = promisify(execFile);
const leaves = leavesOf(600);

describe('A witness and a client of witnesses that are not ours: transparency.dev', () => {
  let folder: string;
  let program: string;
  let foreign: ChildProcess | undefined;
  let witnesses: TestWitness[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-foreign-'));
    program = join(folder, 'witness');
    await run('go', ['build', '-o', program, '.'], {
      cwd: HERE,
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    });
    witnesses = await Promise.all([0, 1].map((n) => testWitness(folder, n)));
    for (const { tree } of witnesses) await tree.append(0, leaves);
  });
  after(async () => {
    foreign?.kill();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('cosigns our checkpoints, and our receipts with its cosignature are valid', async () => {
    foreign = spawn(program, ['serve', LOG_KEY.verifierKey, 'foreign.example/witness'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(foreign.stdout!, 'data')) as [Buffer];
    const [key, url] = line.toString().trim().split(' ') as [string, string];
    const all = [...witnesses, { key, url }];
    const open = () => openLog({ folder: join(folder, 'log'), key: LOG_KEY, witnesses: all, threshold: 3 });
    const trust = { ...TRUST, witnesses: all.map((one) => ({ key: one.key, operator: one.key })) };
    let log = await open();
    for (const size of [1, 2, 256, 257, 600]) {
      await log.append(log.size, leaves.slice(log.size, size));
      const { complete, missing } = await log.publish();
      expect(complete, String(missing)).to.equal(true);
      expect(verifyReceipt(await buildReceipt(log, size - 1), trust, { verifyEd25519 }).outcome).to.equal(
        'valid',
      );
    }
    // A log that started again does not know what the witness signed last, and is told.
    await log.close();
    log = await open();
    expect((await log.publish()).cosigned).to.have.length(3);
    await log.close();
  });

  it('gets cosignatures from our witness, and our answers to its mistakes mean what it takes them for', async () => {
    const [ours] = witnesses as [TestWitness];
    const size = 600;
    const next = 599;
    const fresh = await testWitness(join(folder, 'fresh'), 2);
    await fresh.tree.append(0, leaves);
    await fresh.post(`old 0\n\n${checkpoint(300)}`);
    const proof = naiveConsistency(300, leaves.slice(0, next)).map(toBase64);
    await writeFile(join(folder, 'checkpoint'), checkpoint(next));
    await writeFile(join(folder, 'proof'), proof.join('\n'));
    const ask = (url: string, key: string, old: number) =>
      run(program, [
        'ask',
        url,
        LOG_KEY.verifierKey,
        key,
        join(folder, 'checkpoint'),
        String(old),
        join(folder, 'proof'),
      ]);
    const { stdout } = await ask(fresh.url, fresh.key, 300);
    expect(stdout).to.match(/^cosigned by server-3\.sillok\.example\/witness at \d+\n$/);
    await fresh.stop();
    // It has signed a larger tree: the client is told so and gives up.
    const { stderr } = await ask(ours.url, ours.key, 300).catch((error: { stderr: string }) => error);
    expect(stderr).to.contain(`answered with ${size}`);
  });
});

function checkpoint(size: number): string {
  return signNote(formatTreeHead({ origin: ORIGIN, size, root: naiveRoot(leaves.slice(0, size)) }), LOG_KEY);
}

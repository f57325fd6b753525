import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { toHex } from '../../../server/core/bytes.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { type Log, openLog } from '../../../server/log/log.ts';
import { buildReceipt } from '../../../server/receipts/build.ts';
import { parseTreeHead } from '../../../server/verify/checkpoint.ts';
import { parseNote } from '../../../server/verify/note.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { LOG_KEY, leavesOf, naiveRoot, SEED, seeded, TRUST } from '../../helpers/log.ts';
import { type TestWitness, testWitness } from '../../helpers/witness.ts';

const SCRIPT = fileURLToPath(new URL('./publisher.ts', import.meta.url));
const KILLS = 8;

describe('A log that is killed again and again while it writes checkpoints', () => {
  let folder: string;
  let witnesses: TestWitness[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-killed-'));
    witnesses = await Promise.all([0, 1, 2, 3].map((n) => testWitness(folder, n)));
    const leaves = leavesOf(1500);
    for (const { tree } of witnesses) await tree.append(0, leaves);
  });
  after(async () => {
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('signs one root per size, keeps every published checkpoint, and never goes back', async () => {
    const random = seeded(SEED);
    let published = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const home = join(folder, 'log');
      const child = spawn(
        process.execPath,
        [
          SCRIPT,
          JSON.stringify({
            folder: home,
            witnesses: witnesses.map(({ url, key }) => ({ url, key })),
            threshold: 3,
          }),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let said = '';
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
      while (!said.includes('published')) await setTimeout(5);
      await setTimeout(Math.floor(random() * 120));
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const [, size] of said.matchAll(/published (\d+)/g)) published = Math.max(published, Number(size));
      const text = await readFile(join(home, 'public', 'checkpoint'), 'utf8');
      expect(parseTreeHead(parseNote(text).text).size).to.be.at.least(published);
    }
    expect(published).to.be.greaterThan(KILLS);
    // Every note that the log ever signed came past the witnesses: had there been a second root for a size, they would have said so.
    for (const witness of witnesses) {
      expect(witness.reports).to.deep.equal([]);
      const roots = new Map<number, string>();
      for (const body of witness.asked) {
        const head = parseTreeHead(parseNote(body.slice(body.indexOf('\n\n') + 2)).text);
        expect(roots.get(head.size) ?? toHex(head.root)).to.equal(toHex(head.root));
        roots.set(head.size, toHex(head.root));
      }
      const all = leavesOf(1500);
      for (const [size, root] of [...roots].slice(-5))
        expect(root).to.equal(toHex(naiveRoot(all.slice(0, size))));
    }
    const log: Log = await openLog({ folder: join(folder, 'log'), key: LOG_KEY, witnesses, threshold: 3 });
    expect(log.latest()!.size).to.be.at.least(published);
    for (const index of [0, published - 1])
      expect(
        verifyReceipt(await buildReceipt(log, index), TRUST, { verifyEd25519 }).outcome,
        String(index),
      ).to.equal('valid');
    await log.close();
  });
});

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { takeLock } from '../../scripts/lib/lock.ts';

const LOCK = fileURLToPath(new URL('../../scripts/lib/lock.ts', import.meta.url));

describe('The lock of installing and building', () => {
  let folder: string;
  let path: string;
  const nobody = (pid: number) => expect.fail(`waited for ${pid}`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-lock-'));
    path = join(folder, 'cache/launch.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Adds "in" and "out" to a file while it holds the lock, so that two holders at once would show. */
  function worker(times: number): Promise<number | null> {
    const script = `
      const { takeLock } = await import(${JSON.stringify(LOCK)});
      const { appendFileSync } = await import('node:fs');
      for (let i = 0; i < ${times}; i++) {
        const release = await takeLock(${JSON.stringify(path)}, () => {});
        appendFileSync(${JSON.stringify(join(folder, 'journal'))}, 'in\\n');
        await new Promise((resolve) => setTimeout(resolve, 5));
        appendFileSync(${JSON.stringify(join(folder, 'journal'))}, 'out\\n');
        release();
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    return new Promise((resolve) => child.once('close', resolve));
  }

  it('is held by one process at a time and left behind by none', async () => {
    expect(await Promise.all([worker(5), worker(5), worker(5)])).to.deep.equal([0, 0, 0]);
    const journal = (await readFile(join(folder, 'journal'), 'utf8')).trim().split('\n');
    expect(journal).to.deep.equal(Array.from({ length: 15 }, () => ['in', 'out']).flat());
    expect(existsSync(path)).to.equal(false);
  });

  it('names whom it waits for, once, and goes on when that one is done', async () => {
    const release = await takeLock(path, nobody);
    const waitedFor: number[] = [];
    const second = takeLock(path, (pid) => {
      waitedFor.push(pid);
      release();
    });
    (await second)();
    expect(waitedFor).to.deep.equal([process.pid]);
  });

  it('is taken from a process that died', async () => {
    (await takeLock(path, nobody))();
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('close', resolve));
    await writeFile(path, String(child.pid));
    (await takeLock(path, nobody))();
  });

  it('is taken from a living process that got the number of one that died long ago', async () => {
    (await takeLock(path, nobody))();
    await writeFile(path, String(process.ppid));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    (await takeLock(path, nobody))();
  });
});

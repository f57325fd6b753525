import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openStore } from '../../server/store/level.ts';

const main = fileURLToPath(new URL('../../scripts/audit/main.ts', import.meta.url));

function audit(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
}

describe('npm run audit', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'sillok-audit-'));
  });

  afterEach(() => rm(data, { recursive: true, force: true }));

  it('explains itself with --help and exits 0', () => {
    const { status, stdout } = audit('--help');
    expect(status).to.equal(0);
    expect(stdout).to.contain('npm run audit -- [--data FOLDER]');
  });

  it('exits 2 with the options when one is unknown', () => {
    const { status, stderr } = audit('--nonsense');
    expect(status).to.equal(2);
    expect(stderr).to.match(/^audit: Unknown option '--nonsense'/);
  });

  it('exits 2 and leaves no ledger behind where there is none', () => {
    const { status, stderr } = audit('--data', data);
    expect(status).to.equal(2);
    expect(stderr).to.equal(`audit: there is no ledger in ${data}: name its data folder with --data.\n`);
    expect(audit('--data', data).stderr).to.equal(stderr);
  });

  it('exits 2 while a gateway holds the data', async () => {
    await writeFile(join(data, 'deployment.json'), '{}');
    const store = await openStore(join(data, 'store'));
    const { status, stderr } = audit('--data', data);
    await store.close();
    expect(status).to.equal(2);
    expect(stderr).to.equal('audit: a gateway is running on this data: stop it first, or audit a copy.\n');
  });
});

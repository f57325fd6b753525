import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const script = fileURLToPath(new URL('../../scripts/admin/main.ts', import.meta.url));

describe('npm run admin', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sillok-admin-'));
    writeFileSync(join(folder, 'key'), 'slk_of_nobody\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  function admin(variables: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const env = { PATH: process.env.PATH, ...variables };
    return spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8', input: '' });
  }

  it('says what to do when nothing answers at the address', () => {
    // Port 9 (discard) is refused by fetch itself, whoever listens there.
    const url = 'http://127.0.0.1:9';
    const { status, stderr } = admin({ SILLOK_ADMIN_KEY_FILE: join(folder, 'key') }, 'status', '--url', url);
    expect(status).to.equal(1);
    expect(stderr).to.equal(
      `admin: nothing answers at ${url}. Start it with "npm start", or name its address with --url.\n`,
    );
  });

  it('says which variable names the key when its file is not there', () => {
    const { status, stderr } = admin({ SILLOK_ADMIN_KEY_FILE: join(folder, 'none') }, 'status');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^admin: .*SILLOK_ADMIN_KEY_FILE.*\[KEY_FILE_MISSING\]\n$/);
  });

  it('lists its commands when none is given, and ends with 2', () => {
    const { status, stdout } = admin({});
    expect(status).to.equal(2);
    expect(stdout).to.contain('issue-key ID LABEL --scopes');
  });

  it('shows how a command is used when something is missing', () => {
    const { status, stderr } = admin({}, 'register', 'hanbit-motors');
    expect(status).to.equal(2);
    expect(stderr).to.match(/^usage: register ID NAME --kind/);
  });

  it('never takes the key as an argument', () => {
    const { status, stdout } = admin({}, 'status', '--key', 'slk_of_nobody');
    expect(status).to.equal(2);
    expect(stdout).to.equal('');
  });
});

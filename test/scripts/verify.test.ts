import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { receiptToBase45 } from '../../server/receipts/binary.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VECTORS = join(ROOT, 'test/vectors/receipts');
const TRUST = join(VECTORS, 'trust.json');

describe('npm run verify', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sillok-verify-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('exits 0 when every file is valid, and names each', () => {
    const { status, stdout } = verify('--trust', TRUST, '--lang', 'en', ...filesIn('valid'));
    expect(status, stdout).to.equal(0);
    expect(stdout.match(/^.*: VALID$/gm)).to.have.length(filesIn('valid').length);
  });

  it('exits 1 for every broken file, and says so in JSON too', () => {
    const { status, stdout } = verify('--trust', TRUST, '--json', ...filesIn('invalid'));
    expect(status).to.equal(1);
    const results = JSON.parse(stdout) as { outcome: string; file: string }[];
    expect(results.filter(({ outcome }) => outcome !== 'invalid')).to.deep.equal([]);
    expect(results).to.have.length(filesIn('invalid').length);
  });

  it('exits 2 when it cannot tell, and 1 when one of the files is invalid beside', () => {
    expect(verify('--trust', TRUST, ...filesIn('unknown')).status).to.equal(2);
    expect(verify('--trust', TRUST, filesIn('unknown')[0]!, filesIn('valid')[0]!).status).to.equal(2);
    expect(verify('--trust', TRUST, filesIn('unknown')[0]!, filesIn('invalid')[0]!).status).to.equal(1);
  });

  it('reads the text of a QR code', () => {
    const file = join(folder, 'scanned.txt');
    writeFileSync(
      file,
      `${receiptToBase45(readFileSync(join(VECTORS, 'valid/record.tlog-proof'), 'utf8'))}\n`,
    );
    expect(verify('--trust', TRUST, file).status).to.equal(0);
  });

  it('speaks Korean when asked to, by option or by environment', () => {
    const file = join(VECTORS, 'valid/record.tlog-proof');
    expect(verify('--trust', TRUST, '--lang', 'ko', file).stdout).to.contain('유효');
    expect(verifyIn({ LANG: 'ko_KR.UTF-8' }, '--trust', TRUST, file).stdout).to.contain('기록부에 들어 있음');
  });

  it('explains what each check proves and what it does not', () => {
    const { stdout } = verify(
      '--trust',
      TRUST,
      '--lang',
      'en',
      '--explain',
      join(VECTORS, 'valid/record.tlog-proof'),
    );
    expect(stdout).to.match(/✓ The entry is in the log\n +proves: .*position 7 of the 15/);
    expect(stdout).to.contain('does not prove: It does not show that no later entry amends or revokes it.');
    expect(stdout).to.not.match(/\{\w+\}/);
  });

  for (const [what, args, text] of [
    [
      'a file that is not there',
      ['--trust', TRUST, 'missing.tlog-proof'],
      /^missing\.tlog-proof: CANNOT TELL/,
    ],
    ['a file of another kind', ['--trust', TRUST, join(ROOT, 'package.json')], /package\.json: CANNOT TELL/],
    ['a binary file', ['--trust', TRUST, process.execPath], /CANNOT TELL/],
    ['no file', ['--trust', TRUST], /npm run verify/],
    ['an unknown option', ['--loudly', 'x'], /--loudly/],
    ['an unknown language', ['--lang', 'fr', 'x'], /--lang fr/],
    [
      'a trust file that is not there',
      ['--trust', 'nowhere.json', 'x'],
      /^nowhere\.json: there is no trust file/,
    ],
    [
      'a trust file that is none',
      ['--trust', join(ROOT, 'package.json'), 'x'],
      /package\.json: the trust file is not valid/,
    ],
  ] as const)
    it(`exits 2 with one clear line for ${what}`, () => {
      const { status, stdout, stderr } = verify(...args);
      expect(status).to.equal(2);
      expect(stdout + stderr).to.match(text);
      expect(stderr).to.not.contain('    at ');
    });

  it('says whether a newer trust file follows the one at hand, with its fingerprint, and knows receipts of every key', () => {
    const rotation = join(ROOT, 'test/vectors/rotation');
    const [first, second, third] = ['first', 'second', 'third'].map((name) =>
      join(rotation, `trust-${name}.json`),
    );
    const ask = (...args: string[]) => verify('--lang', 'en', '--explain', '--trust', ...args);
    const next = ask(second!, third!);
    expect(next.status, 'a witness was replaced').to.equal(2);
    const [, published] = /Fingerprint: ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})/.exec(next.stdout)!;
    const named = ask(second!, '--fingerprint', published!, third!);
    expect(named.status, named.stdout).to.equal(0);
    expect(named.stdout).to.contain(`Fingerprint: ${published}`);
    for (const [known, given] of [
      [first, third],
      [third, second],
    ]) {
      const { status, stdout } = ask(known!, given!);
      expect(status, stdout).to.equal(1);
    }
    const of = (kind: string) => readdirSync(join(rotation, kind)).map((name) => join(rotation, kind, name));
    expect(ask(third!, ...of('valid')).status).to.equal(0);
    expect(ask(third!, ...of('invalid')).stdout).to.not.contain(': VALID');
  });

  it('explains itself with --help and exits 0', () => {
    const { status, stdout } = verify('--help');
    expect(status).to.equal(0);
    expect(stdout).to.contain('--trust FILE');
  });
});

function filesIn(kind: string): string[] {
  return readdirSync(join(VECTORS, kind)).map((name) => join(VECTORS, kind, name));
}

function verify(...args: string[]) {
  return verifyIn({ LANG: 'C' }, ...args);
}

function verifyIn(env: NodeJS.ProcessEnv, ...args: string[]) {
  return spawnSync(process.execPath, [join(ROOT, 'scripts/verify/main.ts'), ...args], {
    encoding: 'utf8',
    env,
    cwd: tmpdir(),
  });
}

/** Files made to mislead whoever checks them on the command line. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { COMPACT_PREFIX } from '../../../server/verify/compact.ts';
import { LONG_MS } from '../../helpers/patience.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VECTORS = join(ROOT, 'test/vectors/receipts');
const TRUST = join(VECTORS, 'trust.json');
const valid = (name: string) => readFileSync(join(VECTORS, 'valid', name), 'utf8');

describe('npm run verify in front of a hostile file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sillok-hostile-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const verify = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [join(ROOT, 'scripts/verify/main.ts'), '--trust', TRUST, '--lang', 'en', ...args],
      {
        encoding: 'utf8',
        cwd: folder,
        timeout: LONG_MS,
      },
    );

  function put(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('prints nothing by which a file could rewrite the lines of the verdict', () => {
    const trick = '\u001b[2K\u001b[1A';
    const record = JSON.parse(valid('record.sillok.json'));
    const files = [
      put('a.sillok.json', JSON.stringify({ ...record, [`${trick}a: VALID\u202e\u009b2J`]: 1 })),
      put('b.sillok.json', `{"sillok":"document.1","${trick}": x`),
      put('c.tlog-proof', valid('record.tlog-proof').replace('sillok.example', `${trick}sillok.example`)),
      put('d.sillok.json', JSON.stringify({ ...record, document: { ...record.document, [trick]: trick } })),
      put('e.sillok.json', JSON.stringify({ ...record, attested: { [trick]: 1 } })),
      put(`f${trick}VALID.tlog-proof`, 'x'),
    ];
    for (const options of [['--explain'], ['--json']]) {
      const { stdout, stderr, status } = verify(...options, ...files);
      expect([...stdout, ...stderr].filter((one) => /[^\P{C}\n]/u.test(one))).deep.equal([]);
      expect(status).equal(1);
    }
  });

  it('exits neither 0 nor with a crash, whatever the file is', () => {
    const huge = put('huge.tlog-proof', '');
    truncateSync(huge, 17 * 2 ** 20);
    mkdirSync(join(folder, 'folder.tlog-proof'));
    symlinkSync('/dev/zero', join(folder, 'zero.tlog-proof'));
    symlinkSync('loop.tlog-proof', join(folder, 'loop.tlog-proof'));
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const record = JSON.parse(valid('record.sillok.json'));
    const within = (document: string) =>
      JSON.stringify({ ...record, document: 0 }).replace('"document":0', `"document":${document}`);
    const files = [
      put('empty', ''),
      put('nul.tlog-proof', '\0'.repeat(1000)),
      put('latin.tlog-proof', Uint8Array.of(0xff, 0xfe, 0x00)),
      put('marked.tlog-proof', `\ufeff${valid('record.tlog-proof')}`),
      put('two.tlog-proof', valid('record.tlog-proof') + valid('record.tlog-proof')),
      put('deep.sillok.json', `{"sillok":"document.1","document":${deep}}`),
      put('deep-document.sillok.json', within(deep)),
      put('number.sillok.json', within('{"odometerKm":1e400}')),
      put('proto.sillok.json', '{"sillok":"document.1","__proto__":{"receipt":""},"constructor":1}'),
      put('null.sillok.json', 'null'),
      put('array.sillok.json', '[]'),
      put('compact.txt', `${COMPACT_PREFIX}${':'.repeat(4000)}`),
      put('compact-bomb.txt', `${COMPACT_PREFIX}${'0'.repeat(5_000_000)}`),
      put('html.txt', '<script>alert(1)</script>'),
      huge,
      join(folder, 'folder.tlog-proof'),
      join(folder, 'zero.tlog-proof'),
      join(folder, 'loop.tlog-proof'),
      join(folder, 'missing.tlog-proof'),
    ];
    const { status, stdout, stderr } = verify('--json', ...files);
    expect(stderr).equal('');
    const results = JSON.parse(stdout) as { file: string; outcome: string }[];
    expect(results.map(({ file }) => file)).deep.equal(files);
    expect(results.filter(({ outcome }) => outcome === 'valid')).deep.equal([]);
    expect(status).equal(1);
  });

  it('takes no file for an option, and no option of a file', () => {
    const trap = put('--json', valid('record.tlog-proof'));
    expect(verify('--', '--json').status).oneOf([0, 2]);
    expect(verify(trap).stdout).not.match(/^\[/);
    const config = put('trust.json', readFileSync(TRUST, 'utf8').replace('"threshold": 3', '"threshold": 0'));
    expect(verify('--trust', config, join(VECTORS, 'valid/record.tlog-proof')).status).equal(2);
  });
});

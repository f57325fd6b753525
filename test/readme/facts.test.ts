import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { VARIABLES } from '../../server/config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** Rows of the table whose heading row is given. */
function rowsOf(heading: string): readonly string[] {
  const lines = read('README.md').split('\n');
  const start = lines.indexOf(heading);
  expect(start, heading).to.be.at.least(0);
  const rows = lines.slice(start + 2);
  return rows.slice(
    0,
    rows.findIndex((line) => !line.startsWith('|')),
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');

describe('The README', () => {
  it('lists every variable with its default and meaning, and no other', () => {
    const rows = Object.entries(VARIABLES).map(
      ([name, { fallback, meaning }]) =>
        `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback.replaceAll('|', '\\|')}\` `}| ${cell(meaning)} |`,
    );
    expect(rowsOf('| variable | default | meaning |').join('\n')).to.equal(rows.join('\n'));
  });

  it('lists every package that it depends on, with the licence the package itself names', () => {
    const { dependencies, devDependencies } = json('package.json');
    const rows = Object.keys({ ...dependencies, ...devDependencies })
      .sort()
      .map((name) => `| \`${name}\` | ${json(`node_modules/${name}/package.json`).license} |`);
    expect(rowsOf('| package | licence |').join('\n')).to.equal(rows.join('\n'));
  });

  it('has the licence that package.json names', () => {
    expect(read('README.md')).to.contain(json('package.json').license);
    expect(read('LICENSE')).to.contain('GNU AFFERO GENERAL PUBLIC LICENSE');
  });

  it('names every top folder', () => {
    const folders = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .flatMap((path) => /^([a-z]\w*)\//.exec(path)?.[1] ?? []);
    const named = rowsOf('| folder | holds |').map((row) => /^\| `(\w+)\/`/.exec(row)?.[1]);
    expect(named).to.have.members([...new Set(folders)]);
  });
});

describe('Every page of documentation', () => {
  for (const path of documents) {
    it(`${path} links only to what is there`, () => {
      for (const [, target] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target!)) continue;
        const [file, anchor] = target!.split('#');
        const place = file === '' ? path : normalize(join(dirname(path), file!));
        expect(existsSync(join(root, place)), `${path}: ${target}`).to.equal(true);
        if (anchor !== undefined) expect(anchorsOf(read(place)), `${path}: ${target}`).to.include(anchor);
      }
    });

    it(`${path} names no path of the machine it was written on`, () => {
      // Where the network's page has it installed.
      const text = read(path).replaceAll('/opt/sillok', '');
      for (const place of [homedir(), '/home/', '/Users/', '/tmp/', '/opt/', root])
        if (place.length > 1) expect(text.includes(`${place.replace(/\/$/, '')}/`), place).to.equal(false);
    });
  }
});

/** As GitHub makes them from headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

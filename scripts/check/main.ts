/** `npm run check`: formatting, lint, types, structure, generated files. Every offence on its own line; exit 1 if there is any. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importsPointRight, noCycles } from './imports.ts';
import { pureFoldersStayPure } from './purity.ts';
import { filesStaySmall, layoutIsKept, noDeadExports } from './shape.ts';
import { type Offence, readSources } from './sources.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const TOOLS: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  [
    'solidity lint',
    ['node_modules/solhint/solhint.js', '--max-warnings', '0', '--noPoster', 'contracts/**/*.sol'],
  ],
  ['generated files', ['scripts/generate/main.ts', '--check']],
];

let failures = 0;
for (const [says, args] of TOOLS) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], { cwd: root, encoding: 'utf8' });
  report(says, status === 0 ? [] : [`${stdout}${stderr}`.trim()]);
}

const sources = readSources(root);
const rules = [importsPointRight, noCycles, pureFoldersStayPure, filesStaySmall, layoutIsKept, noDeadExports];
for (const rule of rules) report(rule.name, rule(sources).map(describe));
report('compiler warnings', compilerWarnings());
report('lock file', lockFileOffences());
process.exit(failures === 0 ? 0 : 1);

function report(says: string, offences: readonly string[]): void {
  console.log(`${offences.length === 0 ? 'ok     ' : 'FAILED '} ${says}`);
  for (const offence of offences) console.log(`        ${offence.replaceAll('\n', '\n        ')}`);
  failures += offences.length;
}

function describe({ path, what }: Offence): string {
  return `${path}: ${what}`;
}

/** A warning of the Solidity compiler is an error; a forced compile shows them all again. */
function compilerWarnings(): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/hardhat/dist/src/cli.js', 'compile', '--force'],
    { cwd: root, encoding: 'utf8' },
  );
  const output = `${stdout}${stderr}`;
  return status !== 0 || /^\s*Warning/im.test(output) ? [output.trim()] : [];
}

/** Complete for every platform and without download addresses. */
function lockFileOffences(): string[] {
  const lock = readFileSync(`${root}package-lock.json`, 'utf8');
  const offences = lock.includes('"resolved"') ? ['package-lock.json names download addresses'] : [];
  for (const platform of [
    'linux-x64-gnu',
    'linux-arm64-gnu',
    'darwin-x64',
    'darwin-arm64',
    'win32-x64-msvc',
  ]) {
    if (!lock.includes(`"node_modules/@nomicfoundation/edr-${platform}": {\n      "version"`)) {
      offences.push(`package-lock.json lacks @nomicfoundation/edr-${platform}: make it under Node 22`);
    }
  }
  return offences;
}

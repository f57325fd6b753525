/**
 * `npm test [-- SUITE …]`: every suite one after another, closing with what failed, told once more, and `N passed, N failed`.
 * A suite whose tool is missing (browser, Go, schemathesis, engine of the network) is skipped aloud on a user's machine and fails in CI.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { findChromium } from './lib/chromium.ts';
import { findSchemathesis } from './lib/schemathesis.ts';
import { canHaveEngine, findEngine } from './network/engine.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'spec', '--timeout', '300000', '--exit'];

const SUITE_LIMIT_MS = 40 * 60_000;
/** Of a suite on four validators: each of its files starts a network, and each fault is waited out. */
const NETWORK_LIMIT_MS = 60 * 60_000;
/** passing, failing, pending or skipped, todo */
const SUMMARY_LINES = 4;
/** Characters of its output that are told of a suite which died. */
const LAST_WORDS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Suite {
  readonly args: readonly string[];
  readonly needs?: 'chromium' | 'go' | 'schemathesis' | 'engine';
}

const files = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();
const SUITES: Readonly<Record<string, Suite>> = {
  contracts: { args: ['node_modules/hardhat/dist/src/cli.js', 'test'] },
  server: { args: [...mocha, ...files('test/{server,services,scripts,web}/**/*.test.ts')] },
  api: { args: [...mocha, ...files('test/api/**/*.test.ts')], needs: 'schemathesis' },
  independent: { args: [...mocha, ...files('test/independent/**/*.test.ts')], needs: 'go' },
  faults: { args: [...mocha, ...files('test/faults/**/*.test.ts')] },
  network: { args: [...mocha, ...files('test/network/*.test.ts')], needs: 'engine' },
  disasters: { args: [...mocha, ...files('test/network/faults/*.test.ts')], needs: 'engine' },
  journeys: { args: [...mocha, ...files('test/journeys/**/*.test.ts')], needs: 'chromium' },
  readme: { args: [...mocha, ...files('test/readme/**/*.test.ts')] },
};

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Outcome extends Counts {
  /** What there is to tell once more; counts only when something failed. */
  readonly failures: string;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => SUITES[name] === undefined);
if (unknown.length > 0 || wanted.includes('--help')) {
  console.log(`npm test -- [SUITE …]    suites: ${Object.keys(SUITES).join(', ')}`);
  process.exit(wanted.includes('--help') ? 0 : 2);
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const isThere = isAvailable(suite);
  // Built outside of the suite's time: it takes minutes, once.
  if (isThere && suite.needs === 'engine')
    await findEngine().catch(({ message }: Error) => console.log(message));
  const outcome = isThere ? await run(suite) : missing(suite);
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  if (outcome.failed > 0) failures.push(`\n== ${name}: ${outcome.failed} failed\n${outcome.failures}`);
}
// Once more at the end, where they are found: the suites before it print thousands of lines.
for (const text of failures) console.log(text);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function isAvailable({ needs }: Suite): boolean {
  if (needs === 'chromium') return findChromium() !== undefined;
  if (needs === 'schemathesis') return findSchemathesis() !== undefined;
  if (needs === 'engine') return canHaveEngine();
  if (needs === 'go') return spawnSync('go', ['version']).status === 0;
  return true;
}

function missing({ needs }: Suite): Outcome {
  const failures = `skipped: needs ${needs}, which this machine does not have`;
  console.log(failures);
  return process.env.CI === 'true'
    ? { passed: 0, failed: 1, skipped: 0, failures }
    : { passed: 0, failed: 0, skipped: 1, failures };
}

/** Runs one suite with its output shown as it comes; a suite that dies, hangs or runs no test counts as one failure. */
function run({ args, needs }: Suite): Promise<Outcome> {
  const limitMs = needs === 'engine' ? NETWORK_LIMIT_MS : SUITE_LIMIT_MS;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let isEnding = false;
    const end = () => {
      isEnding = true;
      child.kill('SIGTERM');
    };
    let stopped = '';
    const limit = setTimeout(() => {
      stopped = `stopped: not done after ${limitMs / 60_000} minutes`;
      console.log(stopped);
      child.kill('SIGKILL');
    }, limitMs);
    for (const signal of SIGNALS) process.on(signal, end);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      for (const name of SIGNALS) process.off(name, end);
      if (isEnding) process.exit(1);
      const counts = countsIn(output);
      const isWhole = counts.failed > 0 || (code === 0 && counts.passed > 0);
      const death = `${stopped || `ended with ${code}`}, its last words:\n${output.slice(-LAST_WORDS)}`;
      resolve(
        isWhole ? { ...counts, failures: failuresIn(output) } : { ...counts, failed: 1, failures: death },
      );
    });
  });
}

/** The last summary: Hardhat prints one for each of its runners and then one for all of them. */
function countsIn(output: string): Counts {
  const lines = stripVTControlCharacters(output).split('\n');
  const start = lines.findLastIndex((line) => /^\s*\d+ passing\b/.test(line));
  const summary = lines.slice(Math.max(start, 0), start + SUMMARY_LINES);
  const count = (word: string): number => {
    const found = summary.map((line) => new RegExp(`^\\s*(\\d+) ${word}\\b`).exec(line)?.[1]).find(Boolean);
    return Number(found ?? 0);
  };
  return { passed: count('passing'), failed: count('failing'), skipped: count('pending') + count('skipped') };
}

/** What stands behind each count of failures: Hardhat prints more than one. */
function failuresIn(output: string): string {
  const [, ...told] = output.split(/^.*\d+ failing\b.*$/m);
  return told.join('').trimEnd();
}

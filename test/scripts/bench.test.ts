import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MODES } from '../../scripts/bench/counts.ts';
import type { Row } from '../../scripts/bench/measure.ts';
import { judge, type Report, table } from '../../scripts/bench/report.ts';
import { findChromium } from '../../scripts/lib/chromium.ts';

const MAIN = fileURLToPath(new URL('../../scripts/bench/main.ts', import.meta.url));
const { quick } = MODES;

function ask(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
}

function rowOf(id: string, value: number, change: Partial<Row> = {}): Row {
  return { id, what: id, count: 1, value, unit: '/s', ...change };
}

describe('bench: command line', () => {
  it('names its measures when asked for help', () => {
    const { status, stdout } = ask('--help');
    expect(status).to.equal(0);
    for (const id of ['naive', 'limit', 'http', 'credentials', 'casts', 'gas', 'checks', 'growth'])
      expect(stdout).to.match(new RegExp(`^  ${id} `, 'm'));
  });

  it('says what is wrong with an option, and measures nothing', () => {
    for (const [args, complaint] of [
      [['--network', '--only', 'naive'], /exclude each other/],
      [['--fast'], /--fast/],
      [['--only', 'naive,speed'], /no measure "speed". There are: naive, /],
      [['--only', ''], /--only needs a value/],
      [['--quick', '--full'], /exclude each other/],
      [['twice'], /twice/],
    ] as const) {
      const { status, stderr, stdout } = ask(...args);
      expect(status, args.join(' ')).to.equal(2);
      expect(stderr).to.match(complaint);
      expect(stdout).to.equal('');
    }
  });
});

describe('bench: ratios and budgets', () => {
  it('compares with the naive client and with the better of the limits', () => {
    const [, , , ours] = judge([
      rowOf('naive', 10),
      rowOf('limit-100', 1_000),
      rowOf('limit-300', 2_000),
      rowOf('ours', 1_500, { naive: 'naive', limits: ['limit-100', 'limit-300'] }),
    ]);
    expect(ours).to.include({ timesNaive: 150, shareOfLimit: 0.75 });
  });

  it('judges budgets by their own column, the bound itself included', () => {
    const budgets = [
      { on: 'value', atLeast: 100 },
      { on: 'ackP99Ms', atMost: 25 },
      { on: 'shareOfLimit', atLeast: 0.7 },
    ] as const;
    const ackMs = { p50: 5, p99: 26 };
    const [, ours] = judge([rowOf('limit', 200), rowOf('ours', 100, { ackMs, limits: ['limit'], budgets })]);
    expect(ours?.budgets).to.deep.equal([
      { text: '≥ 100/s', isMet: true },
      { text: '≤ 25 ms p99', isMet: false },
      { text: '≥ 70 % of the limit', isMet: false },
    ]);
  });

  it('says nothing of ratios whose base was not measured', () => {
    const budgets = [{ on: 'shareOfLimit', atLeast: 0.7 }] as const;
    const [ours] = judge([rowOf('ours', 100, { naive: 'naive', limits: ['limit'], budgets })]);
    expect(ours).to.not.have.any.keys('timesNaive', 'shareOfLimit');
    expect(ours?.budgets).to.deep.equal([]);
  });
});

describe('bench: a quick run', function () {
  this.timeout(1_800_000);
  let report: Report;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-bench-test-'));
    const out = join(folder, 'bench.json');
    const child = spawn(process.execPath, [MAIN, '--quick', '--json', '--out', out], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code, stderr).to.equal(0);
    report = JSON.parse(stdout);
    expect(JSON.parse(await readFile(out, 'utf8'))).to.deep.equal(report);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const row = (id: string) => {
    const found = report.rows.find((one) => one.id === id);
    expect(found, id).to.not.equal(undefined);
    return found!;
  };

  it('fails at nothing, and skips only what needs a browser on a machine without one', () => {
    expect(report.failed).to.deep.equal([]);
    const skipped = report.skipped.map(({ measure }) => measure);
    expect(skipped).to.deep.equal(findChromium() === undefined ? ['browser', 'proofs'] : []);
  });

  it('finds every entry that it sent on the chain or in the log', () => {
    const { requests, throughBatches, credentials, casts, restartsAt } = quick;
    const [first = 0, second = 0] = restartsAt;
    const expected = {
      'naive.ethers': quick.naive,
      'limit.presigned-1': quick.singles,
      'limit.presigned-100': quick.batched,
      'limit.presigned-300': quick.batched,
      'http.one-1': requests[1],
      'http.one-16': requests[16],
      'http.one-64': requests[64],
      'http.one-256': requests[256],
      'http.batch-100': throughBatches[100],
      'http.batch-1000': throughBatches[1000],
      'credentials.http': credentials,
      'casts.presigned': casts,
      'casts.http': casts,
      'checks.node': quick.checksInNode,
      [`growth.rate-${first}`]: first,
      [`growth.rate-${second}`]: second - first,
    };
    for (const [id, count] of Object.entries(expected)) expect(row(id).count, id).to.equal(count);
    expect(row('http.half-load').count).to.be.greaterThan(0);
  });

  it('gives every rate its ratios, and every entry through HTTP its times', () => {
    for (const { id, timesNaive, shareOfLimit, ackMs, finalMs, cpuMs } of report.rows) {
      if (/^(limit|http)\./.test(id)) {
        expect(timesNaive, id).to.be.greaterThan(0);
        expect(shareOfLimit, id).to.be.greaterThan(0);
      }
      if (!/^http\.|\.http$/.test(id)) continue;
      expect(cpuMs, id).to.be.greaterThan(0);
      expect(ackMs!.p50, id).to.be.within(0, ackMs!.p99);
      expect(finalMs!.p50, id).to.be.within(0, finalMs!.p99);
    }
  });

  it('reads gas that agrees with the snapshot of the contracts', async () => {
    const snapshot = async (name: string) =>
      JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'));
    const records = await snapshot('gas.json');
    expect(row('gas.record-1').value).to.be.closeTo(records['record, bundle of 1'], 2_000);
    expect(row('gas.record-100').value).to.be.closeTo(records['record, bundle of 100'], 2_000);
    expect(row('gas.attestation').value).to.be.closeTo(records['batch of 1,000'] / 1_000, 5);
  });

  it('starts again after each kill, and knows what an entry takes on the disk', () => {
    for (const size of [0, ...quick.restartsAt])
      expect(row(`growth.restart-${size}`).value).to.be.greaterThan(0);
    for (const size of quick.restartsAt)
      for (const part of ['chain', 'store', 'log'])
        expect(row(`growth.bytes-${part}-${size}`).value, part).to.satisfy(Number.isFinite);
  });

  it('shows every row in its table', () => {
    const shown = table(report);
    for (const { what } of report.rows) expect(shown).to.include(what);
  });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { NETWORK_MODES } from '../../scripts/bench/counts.ts';
import type { Report } from '../../scripts/bench/report.ts';

const MAIN = fileURLToPath(new URL('../../scripts/bench/main.ts', import.meta.url));
const { quick } = NETWORK_MODES;

describe('the bench on four validators', () => {
  let report: Report;
  before(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--network', '--quick', '--json'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    expect(status, stderr).equal(0);
    report = JSON.parse(stdout);
  });
  const row = (id: string) => {
    const found = report.rows.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no row ${id}`);
    return found;
  };

  it('counts every entry once, at the far end', () => {
    const [size = 0] = quick.growsTo;
    const expected = {
      'naive.ethers': quick.naive,
      'limit.presigned-1': quick.singles,
      'limit.presigned-100': quick.batched,
      'limit.presigned-300': quick.batched,
      'http.one': quick.requests,
      'http.batch': quick.throughBatches,
      'credentials.http': quick.credentials,
      'casts.presigned': quick.casts / 2,
      'casts.http': quick.casts / 2,
    };
    for (const [id, count] of Object.entries(expected)) expect(row(id).count, id).equal(count);
    expect(row(`growth.${size}`).count).above(0);
    expect(report.chain).equal('network');
  });

  it('sets what goes through HTTP beside the naive client and the limit of the same chain', () => {
    for (const id of ['http.one', 'http.half-load', 'http.batch']) {
      const { timesNaive, shareOfLimit, ackMs, finalMs } = row(id);
      expect(timesNaive, id).above(0);
      expect(shareOfLimit, id).above(0);
      expect(ackMs!.p50, id).within(0, ackMs!.p99);
      expect(finalMs!.p50, id).within(0, finalMs!.p99);
    }
  });

  it('starts the gateway again with everything that was recorded', () => {
    expect(row('restart.gateway').count).above(quick.throughBatches);
    expect(row('restart.gateway').value).above(0);
  });

  it('tells what each kind of process uses', () => {
    for (const kind of ['node', 'witness', 'gateway']) {
      expect(row(`cpu.${kind}`).value, kind).above(0);
      expect(row(`memory.${kind}`).value, kind).above(0);
      expect(row(`cpu.cast.${kind}`).count, kind).equal(quick.casts / 2);
    }
  });
});

/** Receipts checked offline: in one thread of Node, and in a browser. */
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { openPage } from './browser.ts';
import { type Measure, percentiles, timed } from './measure.ts';
import { makeReceipts, type Receipts } from './receipts.ts';

export const checks: Measure = {
  id: 'checks',
  what: 'receipts checked offline in Node',
  async run(bench) {
    const { texts, trust } = await makeReceipts(bench, bench.counts.checksInNode);
    const { seconds, result } = await timed(
      () => texts.filter((text) => verifyReceipt(text, trust, { verifyEd25519 }).outcome === 'valid').length,
    );
    return [
      {
        id: 'checks.node',
        what: 'receipts checked, Node, one thread',
        count: result,
        value: result / seconds,
        unit: '/s',
        budgets: [{ on: 'value', atLeast: 3_000 }],
      },
      {
        id: 'checks.size',
        what: 'length of such a receipt',
        count: texts.length,
        value: percentiles(texts.map(({ length }) => length)).p50,
        unit: 'B',
      },
    ];
  },
};

export const browserChecks: Measure = {
  id: 'browser',
  what: 'receipts checked in a browser by the page’s own code',
  async run(bench) {
    const page = await openPage(bench, 'receipts-page.ts');
    const receipts = await makeReceipts(bench, bench.counts.checksInBrowser);
    const tookMs = await page.evaluate(checkInPage, receipts);
    const { p50, p99 } = percentiles(tookMs);
    const row = { count: tookMs.length, unit: 'ms' } as const;
    return [
      {
        ...row,
        id: 'browser.check',
        what: 'one receipt checked, browser, median',
        value: p50,
        budgets: [{ on: 'value', atMost: 10 }],
      },
      { ...row, id: 'browser.check-p99', what: 'one receipt checked, browser, p99', value: p99 },
    ];
  },
};

/** Runs in the page; the bundle has put `checkReceipts` there. */
function checkInPage(receipts: Receipts): number[] {
  return (globalThis as unknown as { checkReceipts(receipts: Receipts): number[] }).checkReceipts(receipts);
}

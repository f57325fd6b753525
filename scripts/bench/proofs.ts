/** One ballot proven in a browser page, as on a citizen's own device. */
import { openPage, PROVER_ADDRESSES } from './browser.ts';
import { type Measure, percentiles } from './measure.ts';

export const browserProofs: Measure = {
  id: 'proofs',
  what: 'ballots proven in a browser by the page’s own code',
  async run(bench) {
    const page = await openPage(bench, 'proofs-page.ts');
    const tookMs: number[] = [];
    while (tookMs.length < bench.counts.proofsInBrowser)
      tookMs.push(await page.evaluate(proveInPage, PROVER_ADDRESSES));
    return [
      {
        id: 'proofs.browser',
        what: 'one ballot proven, browser, median',
        count: tookMs.length,
        value: percentiles(tookMs).p50,
        unit: 'ms',
        budgets: [{ on: 'value', atMost: 3_000 }],
      },
    ];
  },
};

/** Runs in the page; the bundle has put `proveOne` there. */
function proveInPage(addresses: typeof PROVER_ADDRESSES): Promise<number> {
  return (globalThis as unknown as { proveOne(from: typeof addresses): Promise<number> }).proveOne(addresses);
}

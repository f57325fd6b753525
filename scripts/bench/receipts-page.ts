/** Bundled and run in the browser: the page's own check with the page's own signature code. */
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import type { Receipts } from './receipts.ts';

/** Milliseconds per receipt. @throws Error when one does not hold */
function checkReceipts({ texts, trust }: Receipts): number[] {
  return texts.map((text) => {
    const startMs = performance.now();
    const { outcome } = verifyReceipt(text, trust, { verifyEd25519 });
    if (outcome !== 'valid') throw new Error(`a receipt is ${outcome}`);
    return performance.now() - startMs;
  });
}

Object.assign(globalThis, { checkReceipts });

/** Verification on the reader's own device: what was scanned or opened, against the keys kept here. No server is asked for the verdict. */
import { base45ToReceipt } from '../../server/verify/compact.ts';
import { type DocumentFile, serviceChecks, verifyDocument } from '../../server/verify/document.ts';
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import type { Trust } from '../../server/verify/trust.ts';
import { skipped } from '../../server/verify/verdict.ts';
import { type Expected, type ReceiptVerdict, verifyReceipt } from '../../server/verify/verify.ts';
import { knownServices } from './known-services.ts';
import type { TrustAtHand } from './trust.ts';

const tools = { verifyEd25519 };

/** @param expected what the link says that led to it */
export function checkReceipt(text: string, known: TrustAtHand, expected?: Expected): ReceiptVerdict {
  return unlessInDoubt(known, (trust) => judgeReceipt(text, trust, expected));
}

/** The whole receipt as a QR holds it. */
export function checkCompact(text: string, known: TrustAtHand): ReceiptVerdict {
  return unlessInDoubt(known, (trust) => judgeReceipt(base45ToReceipt(text, trust), trust));
}

export function checkDocument(
  file: DocumentFile,
  known: TrustAtHand,
  status?: 'valid' | 'suspended' | 'revoked',
): ReceiptVerdict {
  const context = { nowSec: Math.floor(Date.now() / 1000), ...(status === undefined ? {} : { status }) };
  return unlessInDoubt(known, (trust) =>
    verifyDocument({ file, trust, tools, services: knownServices(), context }),
  );
}

/** Which of two files is the city's only a person can say; until then neither is judged by. */
function unlessInDoubt(
  { trust, doubt }: TrustAtHand,
  judge: (trust: Trust) => ReceiptVerdict,
): ReceiptVerdict {
  return doubt === undefined ? judge(trust) : { outcome: 'unknown', checks: [skipped('keys-follow', doubt)] };
}

function judgeReceipt(text: string, trust: Trust, expected?: Expected): ReceiptVerdict {
  const verdict = verifyReceipt(text, trust, tools, expected);
  if (verdict.event === undefined) return verdict;
  const further = serviceChecks(verdict.event, undefined, knownServices(), {
    nowSec: Math.floor(Date.now() / 1000),
  });
  const isBad = further.some((check) => check.status === 'failed');
  return {
    ...verdict,
    outcome: isBad ? 'invalid' : verdict.outcome,
    checks: [...verdict.checks, ...further],
  };
}

/** Verification on the reader's own device: what was scanned or opened, against the keys kept here. No server is asked for the verdict. */
import type { Hex } from '../../server/core/bytes.ts';
import { type DocumentFile, serviceChecks, verifyDocument } from '../../server/verify/document.ts';
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { type ReceiptVerdict, verifyReceipt } from '../../server/verify/verify.ts';
import { askJson } from './api.ts';
import { knownServices } from './known-services.ts';

const KEPT = 'sillok.trust';
const tools = { verifyEd25519 };

export interface TrustAtHand {
  readonly trust: Trust;
  /** False when the gateway could not be asked now. */
  readonly isFresh: boolean;
}

/** Asked anew whenever there is a network; what was kept last serves without one. undefined on a device that never had any. */
export async function trustAtHand(): Promise<TrustAtHand | undefined> {
  try {
    const trust = parseTrust(await askJson<unknown>('/v1/trust'));
    localStorage.setItem(KEPT, JSON.stringify(trust));
    return { trust, isFresh: navigator.onLine };
  } catch {
    const kept = localStorage.getItem(KEPT);
    return kept === null ? undefined : { trust: parseTrust(kept), isFresh: false };
  }
}

export function checkReceipt(text: string, trust: Trust, leafHash?: Hex): ReceiptVerdict {
  const verdict = verifyReceipt(text, trust, tools, leafHash === undefined ? {} : { leafHash });
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

export function checkDocument(
  file: DocumentFile,
  trust: Trust,
  status?: 'valid' | 'suspended' | 'revoked',
): ReceiptVerdict {
  const context = { nowSec: Math.floor(Date.now() / 1000), ...(status === undefined ? {} : { status }) };
  return verifyDocument({ file, trust, tools, services: knownServices(), context });
}

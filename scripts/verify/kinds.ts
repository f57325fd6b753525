/** What can be verified: another kind of file is another entry of {@link KINDS}. */
import { AppError } from '../../server/core/errors.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { services } from '../../server/services/index.ts';
import { base45ToReceipt, COMPACT_PREFIX } from '../../server/verify/compact.ts';
import {
  type CheckContext,
  parseDocumentFile,
  serviceChecks,
  verifyDocument,
} from '../../server/verify/document.ts';
import { checkNext } from '../../server/verify/successor.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { failed, outcomeOf, passed, type Verdict } from '../../server/verify/verdict.ts';
import { type ReceiptVerdict, verifyReceipt } from '../../server/verify/verify.ts';

/** What the person at the command knows beside the files. */
export interface AtHand extends CheckContext {
  /** The one that the city has published for its newest trust file. */
  readonly fingerprint?: string | undefined;
}

export interface Kind {
  readonly name: string;
  matches(file: string, text: string): boolean;
  verify(text: string, trust: Trust, context: AtHand): Verdict;
}

const tools = { verifyEd25519 };

export const KINDS: readonly Kind[] = [
  {
    name: 'receipt',
    matches: (file, text) => file.endsWith('.tlog-proof') || text.startsWith('c2sp.org/tlog-proof@'),
    verify: (text, trust, context) => withServices(verifyReceipt(text, trust, tools), context),
  },
  {
    name: 'document',
    matches: (file, text) => file.endsWith('.sillok.json') || /^\s*\{\s*"sillok":\s*"document\./.test(text),
    verify(text, trust, context) {
      try {
        return verifyDocument({ file: parseDocumentFile(text), trust, tools, services, context });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { path, reason } = error.details;
        return {
          outcome: 'invalid',
          checks: [failed('document-form', 'malformed', { place: `${path}: ${reason}` })],
        };
      }
    },
  },
  {
    name: 'qr',
    matches: (_, text) => text.startsWith(COMPACT_PREFIX),
    verify(text, trust, context) {
      try {
        const receipt = base45ToReceipt(text.trimEnd(), trust);
        return withServices(verifyReceipt(receipt, trust, tools), context);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const isOtherLog = error.code === 'COMPACT_OTHER_LOG';
        const check = failed('receipt-form', 'malformed', { place: String(error.details.reason) });
        return isOtherLog ? { outcome: 'unknown', checks: [] } : { outcome: 'invalid', checks: [check] };
      }
    },
  },
  {
    name: 'trust',
    matches: (_, text) => /^\s*\{/.test(text) && text.includes('"logKey"') && text.includes('"origin"'),
    verify(text, trust, { fingerprint }) {
      try {
        const next = checkNext(parseTrust(text), trust, verifyEd25519, fingerprint);
        const checks = [passed('trust-form'), next];
        return { outcome: outcomeOf(checks), checks };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { path, reason } = error.details;
        return {
          outcome: 'invalid',
          checks: [failed('trust-form', 'malformed', { place: `${path}: ${reason}` })],
        };
      }
    },
  },
];

function withServices(verdict: ReceiptVerdict, context: CheckContext): Verdict {
  if (verdict.event === undefined) return verdict;
  const further = serviceChecks(verdict.event, undefined, services, context);
  const isBad = outcomeOf([], further) === 'invalid';
  return {
    ...verdict,
    outcome: isBad ? 'invalid' : verdict.outcome,
    checks: [...verdict.checks, ...further],
  };
}

/**
 * `npm run verify -- [--trust FILE] [--lang ko|en] [--explain] [--json] FILE…`: checks files alone, without gateway, chain or network.
 * Exit code 0: all valid. 1: at least one invalid. 2: none invalid, but of at least one it cannot be told.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '../server/core/errors.ts';
import { verifyEd25519 } from '../server/log/ed25519.ts';
import { services } from '../server/services/index.ts';
import { base45ToReceipt, COMPACT_PREFIX } from '../server/verify/compact.ts';
import {
  type CheckContext,
  parseDocumentFile,
  serviceChecks,
  verifyDocument,
} from '../server/verify/document.ts';
import { parseTrust, type Trust } from '../server/verify/trust.ts';
import { type Check, failed, outcomeOf, type Verdict } from '../server/verify/verdict.ts';
import { type ReceiptVerdict, verifyReceipt } from '../server/verify/verify.ts';
import { CHECK_WORDS } from '../server/verify/words.ts';

type Language = 'ko' | 'en';

/** What can be verified: another kind of file is another entry of {@link KINDS}. */
interface Kind {
  readonly name: string;
  matches(file: string, text: string): boolean;
  verify(text: string, trust: Trust, context: CheckContext): Verdict;
}

interface Result extends Verdict {
  readonly file: string;
  readonly kind?: string;
  /** Why nothing could be checked at all. */
  readonly error?: string;
}

const MAX_BYTES = 16 * 2 ** 20;
const tools = { verifyEd25519 };

const KINDS: readonly Kind[] = [
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
];

const HELP: Readonly<Record<Language, string>> = {
  en: `npm run verify -- [options] FILE…

Checks receipts (.tlog-proof), documents (.sillok.json) and the text of QR codes (${COMPACT_PREFIX}…) without any server.

  --trust FILE    keys of log and witnesses, chain and contracts (default: data/trust.json)
  --lang ko|en    language (default: from LANG)
  --explain       what each check proves, and what it does not
  --json          one JSON array instead of text
  --help          this text

Exit code: 0 all valid, 1 at least one invalid, 2 cannot tell.`,
  ko: `npm run verify -- [옵션] 파일…

영수증(.tlog-proof), 문서(.sillok.json), QR의 글자(${COMPACT_PREFIX}…)를 서버 없이 검사합니다.

  --trust 파일    기록부와 공동서명 서버의 키, 체인, 계약 (기본: data/trust.json)
  --lang ko|en    언어 (기본: LANG에서)
  --explain       검사마다 보이는 것과 보이지 않는 것
  --json          글 대신 JSON 배열
  --help          이 도움말

종료 코드: 0 모두 유효, 1 하나라도 무효, 2 알 수 없음.`,
};

const TEXTS = {
  valid: { ko: '유효', en: 'VALID' },
  invalid: { ko: '무효', en: 'INVALID' },
  unknown: { ko: '알 수 없음', en: 'CANNOT TELL' },
  proves: { ko: '보이는 것', en: 'proves' },
  'proves-not': { ko: '보이지 않는 것', en: 'does not prove' },
  unreadable: { ko: '파일을 읽을 수 없습니다', en: 'the file cannot be read' },
  'too-large': { ko: '파일이 너무 큽니다', en: 'the file is too large' },
  'not-text': { ko: '글자 파일이 아닙니다', en: 'the file is no text' },
  'unknown-kind': { ko: '영수증도 문서도 아닙니다', en: 'the file is neither a receipt nor a document' },
  'no-trust': {
    ko: '신뢰 파일이 없습니다. --trust 파일로 알려 주십시오',
    en: 'there is no trust file; name one with --trust FILE',
  },
  'bad-trust': { ko: '신뢰 파일이 올바르지 않습니다', en: 'the trust file is not valid' },
} as const;

process.exitCode = main();

function main(): number {
  const given = argumentsGiven();
  if (typeof given === 'string') return complain(given);
  const { values, positionals } = given;
  const language = values.lang === 'ko' || values.lang === 'en' ? values.lang : defaultLanguage();
  if (values.lang !== undefined && values.lang !== language)
    return complain(`--lang ${values.lang}: ko | en`);
  if (values.help) {
    console.log(HELP[language]);
    return 0;
  }
  if (positionals.length === 0) return complain(HELP[language]);
  const trust = readTrust(values.trust, language);
  if (typeof trust === 'string') return complain(trust);
  const context = { nowSec: Math.floor(Date.now() / 1000) };
  const results = positionals.map((file) => judge(file, trust, context, language));
  if (values.json) write(JSON.stringify(results, undefined, 2));
  else for (const result of results) print(result, language, values.explain === true);
  if (results.some(({ outcome }) => outcome === 'invalid')) return 1;
  return results.every(({ outcome }) => outcome === 'valid') ? 0 : 2;
}

function argumentsGiven() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        lang: { type: 'string' },
        explain: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The gateway of this machine writes its trust file into its data folder. */
function readTrust(path: string | undefined, language: Language): Trust | string {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const places = path === undefined ? [resolve('data/trust.json'), join(root, 'data/trust.json')] : [path];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) return `${places[0]}: ${TEXTS['no-trust'][language]}`;
  try {
    return parseTrust(readFileSync(found, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof AppError ? `${error.details.path}: ${error.details.reason}` : String(error);
    return `${found}: ${TEXTS['bad-trust'][language]} (${reason})`;
  }
}

function judge(file: string, trust: Trust, context: CheckContext, language: Language): Result {
  const cannot = (why: keyof typeof TEXTS): Result => ({
    file,
    outcome: 'unknown',
    checks: [],
    error: TEXTS[why][language],
  });
  let text: string;
  try {
    const found = statSync(file);
    if (!found.isFile()) return cannot('unreadable');
    if (found.size > MAX_BYTES) return cannot('too-large');
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    return cannot(error instanceof TypeError ? 'not-text' : 'unreadable');
  }
  const kind = KINDS.find(({ matches }) => matches(basename(file), text));
  if (kind === undefined) return cannot('unknown-kind');
  return { file, kind: kind.name, ...kind.verify(text, trust, context) };
}

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

function print({ file, outcome, checks, error }: Result, language: Language, explain: boolean): void {
  write(`${file}: ${TEXTS[outcome][language]}${error === undefined ? '' : ` (${error})`}`);
  for (const check of checks) {
    const sign = { passed: '✓', failed: '✗', skipped: '?' }[check.status];
    write(`  ${sign} ${titleOf(check, language)}`);
    if (!explain) continue;
    for (const part of ['proves', 'proves-not'] as const) {
      const text = say(`${check.id}.${part}`, check, language);
      if (text !== undefined && check.status === 'passed') write(`      ${TEXTS[part][language]}: ${text}`);
    }
  }
}

function titleOf(check: Check, language: Language): string {
  const reason = check.details?.reason;
  const title = say(check.id, check, language) ?? check.id;
  if (check.status === 'passed' || reason === undefined) return title;
  return `${title}: ${say(`${check.id}.${reason}`, check, language) ?? reason}`;
}

function say(code: string, { details = {} }: Check, language: Language): string | undefined {
  const words = [CHECK_WORDS, ...services.map((service) => service.words)].find((list) => code in list);
  return words?.[code]?.[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name];
    return name.endsWith('Sec') && typeof value === 'number'
      ? new Date(value * 1000).toISOString().replace('.000', '')
      : String(value ?? whole);
  });
}

/** Words of a file stand in the answer: none may move the cursor, colour a line or turn its direction. */
function write(text: string): void {
  const unit = (at: number) => `\\u${at.toString(16).padStart(4, '0')}`;
  console.log(
    text.replaceAll(/[^\P{C}\n]/gu, (found) =>
      found
        .split('')
        .map((one) => unit(one.charCodeAt(0)))
        .join(''),
    ),
  );
}

function complain(text: string): number {
  console.error(text);
  return 2;
}

function defaultLanguage(): Language {
  return (process.env.LC_ALL ?? process.env.LANG ?? '').startsWith('ko') ? 'ko' : 'en';
}

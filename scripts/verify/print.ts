/** What the command says besides the words of the checks, and how a result is written. */
import { services } from '../../server/services/index.ts';
import { COMPACT_PREFIX } from '../../server/verify/compact.ts';
import type { Check, Verdict } from '../../server/verify/verdict.ts';
import { CHECK_WORDS } from '../../server/verify/words.ts';

export type Language = 'ko' | 'en';

export interface Result extends Verdict {
  readonly file: string;
  readonly kind?: string;
  /** Why nothing could be checked at all. */
  readonly error?: string;
}

export const HELP: Readonly<Record<Language, string>> = {
  en: `npm run verify -- [options] FILE…

Checks receipts (.tlog-proof), documents (.sillok.json) and the text of QR codes (${COMPACT_PREFIX}…) without any server.
A newer trust file is checked against the one at hand: whether the key trusted now signed it, and whether it asks for less.

  --trust FILE       keys of log and witnesses, chain and contracts (default: data/trust.json)
  --fingerprint HEX  the one that the city has published, for a newer trust file that asks for less
  --lang ko|en       language (default: from LANG)
  --explain          what each check proves, and what it does not
  --json             one JSON array instead of text
  --help             this text

Exit code: 0 all valid, 1 at least one invalid, 2 cannot tell.`,
  ko: `npm run verify -- [옵션] 파일…

영수증(.tlog-proof), 문서(.sillok.json), QR의 글자(${COMPACT_PREFIX}…)를 서버 없이 검사합니다.
새 신뢰 파일은 가지고 있는 것과 견주어, 지금 믿는 키가 서명했는지와 요구하는 것이 줄지 않았는지 검사합니다.

  --trust 파일       기록부와 공동서명 서버의 키, 체인, 계약 (기본: data/trust.json)
  --fingerprint 지문 요구하는 것이 준 새 신뢰 파일을 위해, 시가 발표한 지문
  --lang ko|en       언어 (기본: LANG에서)
  --explain          검사마다 보이는 것과 보이지 않는 것
  --json             글 대신 JSON 배열
  --help             이 도움말

종료 코드: 0 모두 유효, 1 하나라도 무효, 2 알 수 없음.`,
};

export const TEXTS = {
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

export function print({ file, outcome, checks, error }: Result, language: Language, explain: boolean): void {
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
export function write(text: string): void {
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

/** A made-up service, as small as one can be: it shows that a folder is enough. */
import { defineAction, defineQuery, defineService } from '../../../server/services/define.ts';
import { FIELD_WORDS } from '../../../server/services/fields.ts';
import { failed, passed, skipped } from '../../../server/verify/verdict.ts';
import { blocking, byNumber, card, cardDocument, SCHEMA, shown } from './records.ts';
import { block, countCard, fold, issue, look } from './rules.ts';

export const libraryCards = defineService({
  id: 'library-cards',
  title: { ko: '도서 대출증', en: 'Library cards' },
  summary: { ko: '대출증을 발급하고 정지합니다.', en: 'Issue and block library cards.' },
  schemas: [SCHEMA],
  actions: {
    issue: defineAction({
      summary: { ko: '대출증 발급', en: 'Issue a card' },
      input: card,
      access: 'organisation',
      schema: SCHEMA,
      example: { number: 'L000123', branch: 'yongdap', memberName: '최독서', issuedOn: '2026-03-02' },
      plan: issue,
    }),
    block: defineAction({
      summary: { ko: '대출증 정지', en: 'Block a card' },
      input: blocking,
      access: 'organisation',
      example: { entryId: `0x${'1b'.repeat(32)}` },
      plan: block,
    }),
  },
  queries: {
    card: defineQuery({
      summary: { ko: '대출증 확인', en: 'Look up a card' },
      path: 'cards/{number}',
      input: byNumber,
      access: 'public',
      example: { number: 'L000123' },
      output: shown,
      answer: look,
    }),
  },
  fold,
  checks: (_event, document) => {
    if (document === undefined) return [skipped('library-card-form', 'no-document')];
    const isComplete = cardDocument.safeParse(document).success;
    return [isComplete ? passed('library-card-form') : failed('library-card-form', 'broken')];
  },
  figures: {
    kinds: {
      issued: { label: { ko: '발급', en: 'Cards issued' } },
      blocked: { label: { ko: '정지', en: 'Cards blocked' } },
    },
    count: countCard,
  },
  words: {
    ...FIELD_WORDS,
    CARD_NUMBER_FORM: { ko: 'L과 여섯 자리 숫자입니다.', en: 'L and six digits.' },
    ORGANISATION_REQUIRED: { ko: '기관만 할 수 있습니다.', en: 'Only an organisation may do this.' },
    NUMBER_TAKEN: { ko: '이미 쓴 번호입니다: {number}', en: 'This number is already used: {number}' },
    CARD_UNKNOWN: { ko: '없는 대출증입니다.', en: 'No such card.' },
    'library-card-form': { ko: '서식의 항목을 모두 갖춤', en: 'Complete by its form' },
    'library-card-form.proves': {
      ko: '대출증의 항목이 서식과 맞습니다.',
      en: 'Its items are those of the form.',
    },
    'library-card-form.proves-not': {
      ko: '회원 본인인지는 말하지 않습니다.',
      en: 'It does not show who presents it.',
    },
    'library-card-form.no-document': {
      ko: '문서가 없어 확인하지 않았습니다.',
      en: 'Not checked without the document.',
    },
    'library-card-form.broken': { ko: '항목이 잘못되었습니다.', en: 'Wrong or missing items.' },
  },
});

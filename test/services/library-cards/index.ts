/** A made-up service, as small as one can be: it shows that a folder is enough. */
import { defineAction, defineQuery, defineService } from '../../../server/services/define.ts';
import { blocking, byNumber, card, cardDocument, SCHEMA } from './records.ts';
import { block, fold, issue, look } from './rules.ts';

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
      answer: look,
    }),
  },
  fold,
  checks: (_event, document) => [
    {
      id: 'library-cards.form',
      status:
        document === undefined ? 'skipped' : cardDocument.safeParse(document).success ? 'passed' : 'failed',
    },
  ],
  words: {
    ORGANISATION_REQUIRED: { ko: '기관만 할 수 있습니다.', en: 'Only an organisation may do this.' },
    NUMBER_TAKEN: { ko: '이미 쓴 번호입니다: {number}', en: 'This number is already used: {number}' },
    CARD_UNKNOWN: { ko: '없는 대출증입니다.', en: 'No such card.' },
    'library-cards.form': { ko: '서식의 항목을 모두 갖춤', en: 'Complete by its form' },
  },
});

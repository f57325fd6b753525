import { z } from 'zod';
import { choice, day, entryId, field, text } from '../../../server/services/fields.ts';

export const SCHEMA = 'library-cards.card.1';

const fields = {
  number: field(z.string().regex(/^L[0-9]{6}$/, 'CARD_NUMBER_FORM'), '대출증 번호', 'Card number', {
    public: true,
  }),
  branch: choice(
    { central: ['중앙도서관', 'Central library'], yongdap: ['용답도서관', 'Yongdap library'] },
    '도서관',
    'Library',
    { public: true },
  ),
  memberName: field(text(60), '회원 이름', 'Member', { personal: true }),
  issuedOn: day('발급일', 'Issued on', { public: true }),
};

export const card = z.strictObject(fields);
export const cardDocument = z.strictObject({
  schema: field(z.literal(SCHEMA), '서식', 'Form', { public: true }),
  ...fields,
});
export const blocking = z.strictObject({ entryId: entryId('대출증', 'Card') });
export const byNumber = z.strictObject({ number: fields.number });
export const shown = z.strictObject({
  status: z.enum(['active', 'revoked']),
  document: z.record(z.string(), z.unknown()).nullable(),
});

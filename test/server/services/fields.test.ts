import { expect } from 'chai';
import { z } from 'zod';
import { choice, day, entryId, field, fieldsOf, publicPart, text } from '../../../server/services/fields.ts';

const shown = { public: true } as const;
const form = z.strictObject({
  name: field(text(10), '이름', 'Name', { personal: true }),
  town: field(text(10), '동', 'Town', shown),
  colour: choice({ red: ['빨강', 'Red'], blue: ['파랑', 'Blue'] }, '색', 'Colour', shown).optional(),
  bornOn: day('생년월일', 'Born on', { personal: true, public: true }).optional(),
  parts: field(
    z.array(
      z.strictObject({
        label: field(text(10), '이름', 'Label', shown),
        secret: field(text(10), '비밀', 'Secret'),
      }),
    ),
    '부품',
    'Parts',
    shown,
  ),
  hidden: field(z.strictObject({ town: field(text(10), '동', 'Town', shown) }), '숨김', 'Hidden'),
});
const filled = {
  name: '홍길동',
  town: '용답동',
  colour: 'red',
  bornOn: '1990-01-31',
  parts: [{ label: '문', secret: '비밀' }],
  hidden: { town: '성수동' },
};

describe('the public part of a document', () => {
  it('holds the members marked public, in groups and lists too, and nothing else', () => {
    expect(publicPart(form, filled)).deep.equal({ town: '용답동', colour: 'red', parts: [{ label: '문' }] });
  });

  it('leaves out what is personal though it is marked public, and what stands in a hidden group', () => {
    const open = JSON.stringify(publicPart(form, filled));
    for (const secret of ['홍길동', '1990', '비밀', '성수동']) expect(open).not.contains(secret);
  });

  it('leaves out what the form does not know', () => {
    expect(publicPart(form, { ...filled, extra: 1 })).to.not.have.property('extra');
  });
});

describe('a field', () => {
  it('carries its labels, unit and options into the JSON schema, also when it is optional or a text made plain', () => {
    const schema = z.toJSONSchema(form, { io: 'input' }) as {
      properties: Record<string, Record<string, unknown>>;
    };
    expect(schema.properties.name).include({ type: 'string', title: 'Name', personal: true });
    expect(schema.properties.name!.label).deep.equal({ ko: '이름', en: 'Name' });
    expect(schema.properties.colour!.options).deep.equal({
      red: { ko: '빨강', en: 'Red' },
      blue: { ko: '파랑', en: 'Blue' },
    });
    expect(schema.properties.bornOn).include({ format: 'date', widget: 'date' });
  });

  it('is found with its path, in groups and lists', () => {
    expect(fieldsOf(form).map(({ path }) => path)).deep.equal([
      ...[
        'name',
        'town',
        'colour',
        'bornOn',
        'parts',
        'parts[].label',
        'parts[].secret',
        'hidden',
        'hidden.town',
      ],
    ]);
  });

  it('makes text plain and refuses empty or too long text', () => {
    expect(text(5).parse('  ｈｅｌｌｏ ')).equal('hello');
    expect(text(3).parse('홍길동'.normalize('NFD'))).equal('홍길동');
    for (const wrong of ['', '   ', '여섯글자예요'])
      expect(text(5).safeParse(wrong).success, wrong).equal(false);
  });

  it('refuses text with characters that nobody sees, but takes line breaks', () => {
    for (const wrong of ['a\u202eb', 'a\u0000b', 'a\u200bb', 'a\u0007b', 'a\ud800b', 'a\u2028b'])
      expect(text(9).safeParse(wrong).success, JSON.stringify(wrong)).equal(false);
    expect(text(9).parse('한 줄\r\n두 줄')).equal('한 줄\n두 줄');
  });

  it('reads entry ids in small letters only', () => {
    const id = entryId('기록', 'Entry');
    expect(id.parse(`0x${'AB'.repeat(32)}`)).equal(`0x${'ab'.repeat(32)}`);
    expect(id.safeParse(`0x${'ab'.repeat(31)}`).success).equal(false);
  });
});

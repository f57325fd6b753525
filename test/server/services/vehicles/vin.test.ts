import { expect } from 'chai';
import fc from 'fast-check';
import { normalisePlate } from '../../../../server/services/vehicles/plate.ts';
import {
  checkDigit,
  lacksCheckDigit,
  maskVin,
  normaliseVin,
  vinProblem,
  vinText,
} from '../../../../server/services/vehicles/vin.ts';
import { property } from '../../../helpers/property.ts';

const LETTERS = '0123456789ABCDEFGHJKLMNPRSTUVWXYZ';
const letter = fc.constantFrom(...LETTERS);
/** A VIN whose maker's code begins with one of `regions`, with a right check digit. */
const vinFrom = (regions: string) =>
  fc
    .tuple(fc.constantFrom(...regions), fc.array(letter, { minLength: 16, maxLength: 16 }))
    .map(([first, rest]) => {
      const vin = first + rest.join('');
      return vin.slice(0, 8) + checkDigit(vin) + vin.slice(9);
    });

describe('a VIN', () => {
  it('is taken with the check digits of the published samples', () => {
    for (const vin of ['1M8GDM9AXKP042788', '5GZCZ43D13S812715', '11111111111111111']) {
      expect(vinProblem(vin), vin).equal(undefined);
      expect(lacksCheckDigit(vin), vin).equal(false);
    }
  });

  it('of Korea is taken with a letter at position 9, and is known to lack a check digit', () => {
    expect(vinProblem('KNAKH815BAK681607')).equal(undefined);
    expect(checkDigit('KNAKH815BAK681607')).equal('3');
    expect(lacksCheckDigit('KNAKH815BAK681607')).equal(true);
  });

  it('of North America or China is refused with a wrong check digit, and the right one is named', () => {
    expect(vinProblem('1M8GDM9A1KP042788')).deep.equal({
      code: 'VIN_CHECK_DIGIT',
      details: { expected: 'X', found: '1' },
    });
    expect(vinProblem('LM8GDM9A1KP042788')?.code).equal('VIN_CHECK_DIGIT');
    expect(vinProblem('WM8GDM9A1KP042788')).equal(undefined);
  });

  it('is refused with 16 or 18 characters', () => {
    expect(vinProblem('KNAKH815BAK68160')).deep.equal({ code: 'VIN_LENGTH', details: { length: 16 } });
    expect(vinProblem('KNAKH815BAK6816077')?.code).equal('VIN_LENGTH');
  });

  it('is refused with I, O or Q, and the place is named', () => {
    for (const wrong of 'IOQ')
      expect(vinProblem(`KNAKH815BAK68160${wrong}`)).deep.equal({
        code: 'VIN_CHARACTER',
        details: { character: wrong, position: 17 },
      });
  });

  it('may be written small, full-width, with spaces or hyphens', () => {
    for (const written of [
      'knakh815bak681607',
      'ＫＮＡＫＨ８１５ＢＡＫ６８１６０７',
      ' KNAKH 815-BAK 681607 ',
    ])
      expect(vinText.parse(written)).equal('KNAKH815BAK681607');
  });

  it('never comes from a letter that only looks like one', () => {
    for (const written of ['KNAKH815BAK68160\u0131', '\u041aNAKH815BAK681607', '\u00dfNAKH815BAK68160'])
      expect(vinProblem(normaliseVin(written))?.code, written).equal('VIN_CHARACTER');
  });

  it('shows maker and serial number only when masked', () => {
    expect(maskVin('KNAKH815BAK681607')).equal('KNA**********1607');
  });

  it('with any one character changed is refused where check digits are kept, unless the two letters count alike', () => {
    property(vinFrom('12345L'), fc.nat(15), letter, (vin, at, other) => {
      const place = at >= 8 ? at + 1 : at;
      const changed = vin.slice(0, place) + other + vin.slice(place + 1);
      fc.pre(place > 0 && changed !== vin);
      const same = checkDigit(changed) === checkDigit(vin);
      expect(vinProblem(changed) === undefined).equal(same);
    });
  });

  it('is left alone when normalised again', () => {
    property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      const once = normaliseVin(text);
      expect(normaliseVin(once)).equal(once);
    });
  });
});

describe('a number plate', () => {
  it('has two or three digits, a syllable of use and four digits, or a region before them', () => {
    for (const plate of ['12가3456', '123허4567', '서울12바3456', '경기5아1234', '88배1234'])
      expect(normalisePlate(plate), plate).equal(plate);
  });

  it('may be written with spaces, full-width digits or decomposed Hangul', () => {
    for (const written of ['12 가 3456', '１２가３４５６', '12가3456'.normalize('NFD')])
      expect(normalisePlate(written), written).equal('12가3456');
  });

  it('is refused with another syllable, too few or too many digits', () => {
    for (const wrong of [
      '12각3456',
      '1가3456',
      '1234가3456',
      '12가345',
      '12가34567',
      '12A3456',
      '서울123가3456',
      '',
    ])
      expect(normalisePlate(wrong), wrong).equal(undefined);
  });
});

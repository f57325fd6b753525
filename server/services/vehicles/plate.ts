/** Korean number plates: two digits (three since September 2019), a syllable that shows the use, four digits; older ones name a region. */
import { z } from 'zod';
import { issue } from '../fields.ts';

const REGIONS = '서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주';
const USES: Readonly<Record<string, string>> = {
  private: '가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주',
  commercial: '바사아자',
  rental: '하허호',
  delivery: '배',
};
const PLATE = new RegExp(`^(?:(${REGIONS})(\\d{1,2})|(\\d{2,3}))([가-힣])(\\d{4})$`);

/** undefined when the text is no plate. Decomposed Hangul, full-width digits and spaces are ways of writing. */
export function normalisePlate(text: string): string | undefined {
  const plate = text.normalize('NFKC').replaceAll(/\s/g, '');
  const syllable = PLATE.exec(plate)?.[4];
  return syllable !== undefined && Object.values(USES).some((syllables) => syllables.includes(syllable))
    ? plate
    : undefined;
}

export const plateText = z
  .string()
  .max(32)
  .transform((text, context) => {
    const plate = normalisePlate(text);
    if (plate !== undefined) return plate;
    context.issues.push(issue('PLATE_FORM', text));
    return z.NEVER;
  });

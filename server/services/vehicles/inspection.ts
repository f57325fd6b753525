/**
 * Inspection record of a used car (중고자동차성능·상태점검기록부): form 82 of the Enforcement Rules of the Motor Vehicle
 * Management Act, article 120. A photograph is bound to the record by its SHA-256, wherever it is kept (see photograph.ts).
 */
import { z } from 'zod';
import { choice, day, field, issue, text } from '../fields.ts';
import { type BodyMark, bodyMark, isRepaired, rankOf, showsAccident } from './body.ts';
import { condition } from './condition.ts';
import { plateText } from './plate.ts';
import { vinText } from './vin.ts';

const shown = { public: true } as const;
const won = { unit: { ko: '원', en: 'won' } } as const;

/** A decimal with at most two places, as written on the read-out: no binary fraction meets a record. */
const decimal = z.string().regex(/^\d{1,3}(\.\d{1,2})?$/, 'DECIMAL_FORM');

const overall = z.strictObject({
  instrument: choice({ good: ['양호', 'Good'], bad: ['불량', 'Bad'] }, '계기상태', 'Instrument', shown),
  mileageBand: choice(
    { high: ['많음', 'High'], normal: ['보통', 'Normal'], low: ['적음', 'Low'] },
    '주행거리 상태',
    'Mileage for its age',
    shown,
  ),
  meterReplaced: field(z.boolean(), '계기판 교체', 'Meter replaced', shown).optional(),
  vinMarking: choice(
    {
      good: ['양호', 'Good'],
      corroded: ['부식', 'Corroded'],
      damaged: ['훼손(오손)', 'Damaged'],
      different: ['상이', 'Different'],
      altered: ['변조(변타)', 'Altered'],
      erased: ['도말', 'Erased'],
    },
    '차대번호 표기',
    'VIN marking',
    shown,
  ),
  coPercent: field(decimal, '일산화탄소(%)', 'Carbon monoxide (%)', {
    ...shown,
    unit: { ko: '%', en: '%' },
  }).optional(),
  hcPpm: field(z.int().min(0).max(100_000), '탄화수소(ppm)', 'Hydrocarbons (ppm)', shown).optional(),
  smokePercent: field(z.int().min(0).max(100), '매연(%)', 'Smoke (%)', shown).optional(),
  tuning: choice(
    { none: ['없음', 'None'], legal: ['있음(적법)', 'Legal'], illegal: ['있음(불법)', 'Illegal'] },
    '튜닝',
    'Tuning',
    shown,
  ),
  tuningKind: choice(
    { structure: ['구조', 'Structure'], device: ['장치', 'Device'] },
    '튜닝 대상',
    'Tuned',
    shown,
  ).optional(),
  specialHistory: choice(
    { none: ['없음', 'None'], flood: ['침수', 'Flood'], fire: ['화재', 'Fire'] },
    '특별이력',
    'Special history',
    shown,
  ),
  useChange: choice(
    {
      none: ['없음', 'None'],
      rental: ['렌트', 'Rental'],
      lease: ['리스', 'Lease'],
      business: ['영업용', 'Business'],
    },
    '용도변경',
    'Change of use',
    shown,
  ),
  colour: choice(
    { achromatic: ['무채색', 'Achromatic'], chromatic: ['유채색', 'Chromatic'] },
    '색상',
    'Colour',
    shown,
  ),
  repaint: choice(
    {
      none: ['없음', 'None'],
      full: ['전체도색', 'Fully repainted'],
      changed: ['색상변경', 'Colour changed'],
    },
    '도색',
    'Repaint',
    shown,
  ),
  options: field(
    z.array(
      choice(
        {
          sunroof: ['선루프', 'Sunroof'],
          navigation: ['내비게이션', 'Navigation'],
          other: ['기타', 'Other'],
        },
        '옵션',
        'Option',
      ),
    ),
    '주요옵션',
    'Options',
    shown,
  ).optional(),
  recall: choice(
    {
      none: ['해당없음', 'None'],
      done: ['해당(이행)', 'Due, done'],
      open: ['해당(미이행)', 'Due, not done'],
    },
    '리콜대상',
    'Recall',
    shown,
  ),
});

const priceSurvey = z.strictObject({
  basePriceWon: field(z.int().min(0), '기준가격(원)', 'Base price (won)', won),
  finalPriceWon: field(z.int().min(0), '최종가격(원)', 'Final price (won)', won),
  remark: field(text(500), '특기사항', 'Remark', { widget: 'textarea' }).optional(),
  surveyor: field(text(60), '가격조사·산정자', 'Surveyor', { personal: true }),
});

export const inspection = z.strictObject({
  number: field(
    z.string().regex(/^[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10}$/, 'NUMBER_FORM'),
    '기록부 번호',
    'Record number',
    {
      ...shown,
      hint: {
        ko: '세 부분을 -로 잇습니다. 예: 04-26-001234',
        en: 'Three parts joined by hyphens, e.g. 04-26-001234',
      },
    },
  ),
  vin: field(vinText, '차대번호', 'VIN', {
    hint: { ko: '영문 I, O, Q가 없는 17자리입니다.', en: '17 characters, never the letters I, O or Q.' },
  }),
  plate: field(plateText, '자동차등록번호', 'Number plate'),
  modelName: field(text(80), '차명', 'Model', shown),
  trim: field(text(80), '세부모델', 'Trim', shown).optional(),
  modelYear: field(z.int().min(1950).max(2100), '연식', 'Model year', shown),
  firstRegisteredOn: day('최초등록일', 'First registered on', shown),
  testValidFrom: day('검사유효기간 시작', 'Periodic test valid from', shown).optional(),
  testValidUntil: day('검사유효기간 끝', 'Periodic test valid until', shown).optional(),
  transmission: choice(
    {
      automatic: ['자동', 'Automatic'],
      manual: ['수동', 'Manual'],
      'semi-automatic': ['세미오토', 'Semi-automatic'],
      cvt: ['무단변속기', 'Continuously variable'],
      other: ['기타', 'Other'],
    },
    '변속기 종류',
    'Transmission',
    shown,
  ),
  fuel: choice(
    {
      petrol: ['가솔린', 'Petrol'],
      diesel: ['디젤', 'Diesel'],
      lpg: ['LPG', 'LPG'],
      hybrid: ['하이브리드', 'Hybrid'],
      electric: ['전기', 'Electric'],
      hydrogen: ['수소전기', 'Hydrogen'],
      other: ['기타', 'Other'],
    },
    '사용연료',
    'Fuel',
    shown,
  ),
  engineType: field(text(40), '원동기형식', 'Engine type', shown).optional(),
  warrantyBy: choice(
    { dealer: ['자가보증', 'Own'], insurer: ['보험사보증', 'Insurer'] },
    '보증유형',
    'Warranty by',
    shown,
  ),
  listingNumber: field(text(40), '제시번호', "Dealer's listing number").optional(),
  inspectedOn: day('점검일', 'Inspected on', shown),
  odometerKm: field(z.int().min(0).max(9_999_999), '주행거리(km)', 'Odometer (km)', {
    ...shown,
    unit: { ko: 'km', en: 'km' },
  }),
  overall: field(overall, '종합상태', 'Overall state', shown),
  accident: choice({ none: ['없음', 'None'], yes: ['있음', 'Yes'] }, '사고이력', 'Accident', shown),
  simpleRepair: choice({ none: ['없음', 'None'], yes: ['있음', 'Yes'] }, '단순수리', 'Simple repair', shown),
  body: field(z.array(bodyMark).max(37), '외판·골격 부위', 'Body and frame', {
    ...shown,
    widget: 'body-diagram',
  }),
  condition: field(condition, '세부상태', 'Detailed state', shown),
  photographs: field(
    z
      .array(
        field(z.string().regex(/^[0-9a-f]{64}$/, 'DIGEST_FORM'), '사진 SHA-256', 'SHA-256 of the photograph'),
      )
      .max(20),
    '점검장면 사진',
    'Photographs',
    { ...shown, widget: 'photographs' },
  ).optional(),
  priceSurvey: field(priceSurvey, '가격조사·산정', 'Price survey').optional(),
  remarks: field(text(1000), '특기사항', 'Remarks', { widget: 'textarea' }).optional(),
  inspector: field(text(60), '점검자', 'Inspector', { personal: true }),
  notifier: field(text(60), '고지자', 'Notifying dealer', { personal: true }).optional(),
});
export type Inspection = z.infer<typeof inspection>;

export interface Contradiction {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly details?: Readonly<Record<string, string | number>>;
}

/** Everything in the form that cannot be true together. Empty for a record that may be signed. */
function contradictionsOf(form: Inspection): Contradiction[] {
  return [...bodyContradictions(form), ...driveContradictions(form), ...dateContradictions(form)];
}

export function reportContradictions(form: Inspection, context: z.core.$RefinementCtx<Inspection>): void {
  for (const { code, path, details } of contradictionsOf(form))
    context.addIssue({ ...issue(code, form, details), path: [...path] });
}

function bodyContradictions({ accident, simpleRepair, body }: Inspection): Contradiction[] {
  const found: Contradiction[] = [];
  const seen = new Set<string>();
  for (const [i, mark] of body.entries()) {
    const at = (code: string, member = 'position'): Contradiction => ({
      code,
      path: ['body', i, member],
      details: { position: mark.position },
    });
    if (seen.has(mark.position)) found.push(at('BODY_POSITION_TWICE'));
    seen.add(mark.position);
    if (new Set(mark.codes).size < mark.codes.length) found.push(at('BODY_CODE_TWICE', 'codes'));
    const mustSay = rankOf(mark.position) === 'outer-2' && isRepaired(mark);
    if (mustSay && mark.cutOrWelded === undefined) found.push(at('CUT_OR_WELDED_MISSING', 'cutOrWelded'));
    if (accident === 'none' && showsAccident(mark)) found.push(at('ACCIDENT_CONTRADICTED', 'codes'));
    if (simpleRepair === 'none' && isSimpleRepair(mark))
      found.push(at('SIMPLE_REPAIR_CONTRADICTED', 'codes'));
  }
  return found;
}

function isSimpleRepair(mark: BodyMark): boolean {
  return rankOf(mark.position).startsWith('outer') && isRepaired(mark) && !showsAccident(mark);
}

/** A battery or fuel-cell car has no engine, no exhaust and no fuel line; every other one has an engine. */
function driveContradictions({ fuel, transmission, condition, overall }: Inspection): Contradiction[] {
  const found: Contradiction[] = [];
  const isElectric = fuel === 'electric' || fuel === 'hydrogen';
  if (isElectric) {
    if (condition.engine) found.push({ code: 'ENGINE_ITEMS_ON_ELECTRIC', path: ['condition', 'engine'] });
    if (condition.selfDiagnosis?.engine)
      found.push({ code: 'ENGINE_ITEMS_ON_ELECTRIC', path: ['condition', 'selfDiagnosis', 'engine'] });
    for (const name of ['coPercent', 'hcPpm', 'smokePercent'] as const)
      if (overall[name] !== undefined) found.push({ code: 'EMISSIONS_ON_ELECTRIC', path: ['overall', name] });
    if (!condition.highVoltage)
      found.push({ code: 'HIGH_VOLTAGE_MISSING', path: ['condition', 'highVoltage'] });
  } else if (fuel !== 'other' && !condition.engine) {
    found.push({ code: 'ENGINE_ITEMS_MISSING', path: ['condition', 'engine'] });
  }
  if (transmission === 'manual' && condition.automaticGearbox)
    found.push({ code: 'GEARBOX_MISMATCH', path: ['condition', 'automaticGearbox'] });
  if (transmission !== 'manual' && transmission !== 'other' && condition.manualGearbox)
    found.push({ code: 'GEARBOX_MISMATCH', path: ['condition', 'manualGearbox'] });
  if (overall.tuning !== 'none' && overall.tuningKind === undefined)
    found.push({ code: 'TUNING_KIND_MISSING', path: ['overall', 'tuningKind'] });
  return found;
}

function dateContradictions(form: Inspection): Contradiction[] {
  const found: Contradiction[] = [];
  if (form.firstRegisteredOn > form.inspectedOn)
    found.push({ code: 'REGISTERED_AFTER_INSPECTION', path: ['firstRegisteredOn'] });
  if (form.testValidFrom && form.testValidUntil && form.testValidFrom > form.testValidUntil)
    found.push({ code: 'PERIOD_REVERSED', path: ['testValidUntil'] });
  return found;
}

/** What is recorded of a car: purchase and sale by a dealer, inspection by an inspector. The public look-up shows `public` fields only. */
import { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { choice, day, entryId, field, text } from '../fields.ts';
import { inspection, reportContradictions } from './inspection.ts';
import { plateText } from './plate.ts';
import {
  AMEND_REASONS,
  CHANGE_REASONS,
  DISPUTE_REASONS,
  RESOLVE_REASONS,
  SUPERSEDE_REASONS,
} from './reasons.ts';
import { vinText } from './vin.ts';

const shown = { public: true } as const;

const person = (ko: string, en: string) =>
  field(
    z.strictObject({
      name: field(text(60), '이름', 'Name', { personal: true }),
      phone: field(z.string().regex(/^\+?[0-9][0-9 -]{6,18}$/, 'PHONE_FORM'), '전화번호', 'Telephone', {
        personal: true,
      }).optional(),
    }),
    ko,
    en,
    { personal: true },
  );

const priceWon = field(z.int().min(0).max(100_000_000_000), '거래 금액(원)', 'Price (won)', {
  unit: { ko: '원', en: 'won' },
});

const odometerKm = field(z.int().min(0).max(9_999_999), '주행거리(km)', 'Odometer (km)', {
  ...shown,
  unit: { ko: 'km', en: 'km' },
});

const vin = field(vinText, '차대번호', 'VIN', {
  hint: { ko: '영문 I, O, Q가 없는 17자리입니다.', en: '17 characters, never the letters I, O or Q.' },
});
const plate = field(plateText, '자동차등록번호', 'Number plate', {
  hint: { ko: '예: 12가3456', en: 'For example 12가3456' },
});

const purchase = z.strictObject({
  vin,
  plate,
  modelName: field(text(80), '차명', 'Model', shown),
  modelYear: field(z.int().min(1950).max(2100), '연식', 'Model year', shown),
  odometerKm,
  purchasedOn: day('매입일', 'Bought on', shown),
  priceWon: priceWon.optional(),
  listingNumber: field(text(40), '제시번호', "Dealer's listing number").optional(),
  seller: person('매도인', 'Seller').optional(),
});

const sale = z.strictObject({
  vin,
  plate,
  odometerKm,
  soldOn: day('판매(인도)일', 'Sold and delivered on', shown),
  inspection: entryId('교부한 점검기록부', 'Inspection record handed over', {
    ...shown,
    hint: {
      ko: '비워 두면 유효한 최신 기록부를 씁니다.',
      en: 'Left empty, the newest one in force is taken.',
    },
  }).optional(),
  priceWon: priceWon.optional(),
  buyer: person('매수인', 'Buyer').optional(),
  acknowledgedOn: day('매수인 확인일', 'Acknowledged by the buyer on', shown).optional(),
});

export const disputeReason = choice(DISPUTE_REASONS, '이의 사유', 'What is disputed', shown);

const amendReason = choice(AMEND_REASONS, '정정 사유', 'Reason for the correction', shown);

const supersedeReason = choice(SUPERSEDE_REASONS, '대체 사유', 'Reason for the replacement', shown);

/** What every document says beside its fields: who wrote it, and what it corrects or replaces. */
const framed = <Shape extends z.ZodRawShape>(schema: string, fields: z.ZodObject<Shape>) =>
  z.strictObject({
    schema: field(z.literal(schema), '서식', 'Form', shown),
    organisation: field(text(31), '작성 기관', 'Written by', shown),
    amends: entryId('정정한 기록', 'Corrects', shown).optional(),
    amendReason: amendReason.optional(),
    supersedes: entryId('대체한 기록', 'Replaces', shown).optional(),
    supersedeReason: supersedeReason.optional(),
    ...fields.shape,
  });

const amendment = <Schema extends z.ZodType>(record: Schema) =>
  z.strictObject({
    entryId: entryId('정정할 기록', 'Record to correct'),
    reason: amendReason,
    record: field(record, '바른 내용', 'As it should read'),
  });

const replacement = <Schema extends z.ZodType>(record: Schema) =>
  z.strictObject({
    entryId: entryId('대체할 기록', 'Record to replace'),
    reason: supersedeReason,
    record: field(record, '새 내용', 'The new record'),
  });

const checkedInspection = inspection.superRefine(reportContradictions);

export const inputs = {
  purchase,
  inspection: checkedInspection,
  sale,
  amend: { purchase: amendment(purchase), inspection: amendment(checkedInspection), sale: amendment(sale) },
  supersede: {
    purchase: replacement(purchase),
    inspection: replacement(checkedInspection),
    sale: replacement(sale),
  },
} as const;

/** Schema names and committed documents by type of record. */
export const RECORDS = {
  purchase: {
    schema: 'vehicles.purchase.1',
    document: framed('vehicles.purchase.1', purchase),
    day: 'purchasedOn',
  },
  inspection: {
    schema: 'vehicles.inspection.1',
    document: framed('vehicles.inspection.1', inspection).superRefine(reportContradictions),
    day: 'inspectedOn',
  },
  sale: { schema: 'vehicles.sale.1', document: framed('vehicles.sale.1', sale), day: 'soldOn' },
} as const;
export type RecordType = keyof typeof RECORDS;
export const RECORD_TYPES = Object.keys(RECORDS) as RecordType[];

export type Purchase = z.infer<typeof purchase>;
export type Sale = z.infer<typeof sale>;

/** What all documents of this service share; the rest depends on the type. */
export interface VehicleDocument {
  readonly schema: string;
  readonly organisation: string;
  readonly vin: string;
  readonly plate: string;
  readonly odometerKm: number;
  readonly [member: string]: unknown;
}

export function typeOfSchema(schema: string): RecordType | undefined {
  return RECORD_TYPES.find((type) => RECORDS[type].schema === schema);
}

const resolveReason = choice(RESOLVE_REASONS, '결과', 'Outcome', shown);
export const note = field(text(500), '설명', 'Note', { widget: 'textarea' });

export interface StatusChange {
  readonly entryId: Hex;
  readonly reason: string;
  readonly note?: string | undefined;
}

export function statusChange(kind: keyof typeof CHANGE_REASONS): z.ZodType<StatusChange> {
  const values: Readonly<Record<string, readonly [ko: string, en: string]>> = CHANGE_REASONS[kind];
  return z.strictObject({
    entryId: entryId('대상 기록', 'Record'),
    reason: choice(values, '사유', 'Reason', shown),
    note: note.optional(),
  });
}

export const resolution = z.strictObject({
  entryId: entryId('이의 또는 이의가 제기된 기록', 'Dispute, or record in dispute'),
  reason: resolveReason,
  note: note.optional(),
});

/** Committed to when a record or a dispute changed its status. */
export const changeDocument = z.strictObject({
  change: z.enum(['revoke', 'suspend', 'resume', 'dispute', 'resolve']),
  organisation: text(31),
  entryId: entryId('대상 기록', 'Record'),
  reason: choice(
    {
      ...CHANGE_REASONS.revoke,
      ...CHANGE_REASONS.suspend,
      ...CHANGE_REASONS.resume,
      ...RESOLVE_REASONS,
      ...DISPUTE_REASONS,
    },
    '사유',
    'Reason',
    shown,
  ),
  note: note.optional(),
});

/** Certificates: one form per type, so that an issuer is accredited for what it may certify and for nothing else. */
import { z } from 'zod';
import { choice, day, entryId, field, issue, text } from '../fields.ts';

const holder = {
  holderName: field(text(60), '성명', 'Name of the holder', { personal: true }),
  holderBirthDate: day('생년월일', 'Date of birth', { personal: true }).optional(),
};

const terms = {
  number: field(
    z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{0,39}$/, 'NUMBER_FORM'),
    '증명서 번호',
    'Certificate number',
    {
      hint: { ko: '비워 두면 자동으로 매깁니다.', en: 'Left empty, one is given.' },
    },
  ).optional(),
  validFrom: day('효력 시작일', 'Valid from', {
    hint: { ko: '비워 두면 발급일입니다.', en: 'Left empty, the day of issue.' },
  }).optional(),
  validUntil: day('효력 종료일', 'Valid until', {
    hint: {
      ko: '이 날까지 유효합니다. 비워 두면 기한이 없습니다.',
      en: 'Valid through this day; left empty, without end.',
    },
  }).optional(),
};

const claims = {
  residence: {
    district: field(text(60), '관할 구·동', 'District'),
    eligibility: choice(
      {
        resident: ['거주자', 'Resident'],
        'family-of-resident': ['거주자의 가족', 'Family of a resident'],
        'works-in-city': ['관내 직장인', 'Works in the city'],
      },
      '자격',
      'Eligibility',
    ),
    residentSince: day('거주 시작일', 'Resident since').optional(),
  },
  course: {
    courseName: field(text(120), '과정명', 'Course'),
    hours: field(z.int().min(1).max(10_000), '교육 시간', 'Hours', { unit: { ko: '시간', en: 'h' } }),
    completedOn: day('수료일', 'Completed on'),
    result: choice(
      { completed: ['수료', 'Completed'], excellent: ['우수', 'With distinction'] },
      '결과',
      'Result',
    ).optional(),
  },
  employment: {
    employer: field(text(120), '근무처', 'Employer'),
    position: field(text(80), '직위(직무)', 'Position'),
    employedFrom: day('근무 시작일', 'Employed from'),
    employedUntil: day('근무 종료일', 'Employed until').optional(),
  },
} as const;
export type CertificateType = keyof typeof claims;

const input = <Shape extends z.ZodRawShape>(own: Shape) => z.strictObject({ ...holder, ...own, ...terms });

const document = <Shape extends z.ZodRawShape>(type: CertificateType, own: Shape) =>
  z
    .strictObject({
      schema: field(z.literal(schemaOf(type)), '서식', 'Form'),
      issuer: field(text(31), '발급기관', 'Issuer'),
      issuedOn: day('발급일', 'Issued on'),
      ...holder,
      ...own,
      ...terms,
      number: field(terms.number.unwrap(), '증명서 번호', 'Certificate number'),
      validFrom: day('효력 시작일', 'Valid from'),
    })
    .superRefine(reportPeriod);

/** What an issuer fills in, and what is committed to, by type. */
export const CERTIFICATES = {
  residence: certificate('residence', claims.residence, '거주 자격 증명', 'Residence eligibility'),
  course: certificate('course', claims.course, '교육 수료증', 'Course completion'),
  employment: certificate('employment', claims.employment, '경력(재직) 증명', 'Employment certificate'),
} as const;
export const CERTIFICATE_TYPES = Object.keys(CERTIFICATES) as CertificateType[];

/** What all certificates share; the claims depend on the type. */
export interface Certificate {
  readonly schema: string;
  readonly issuer: string;
  readonly number: string;
  readonly issuedOn: string;
  readonly validFrom: string;
  readonly validUntil?: string | undefined;
  readonly holderName: string;
  readonly [claim: string]: unknown;
}

export interface CertificateInput {
  readonly number?: string | undefined;
  readonly validFrom?: string | undefined;
  readonly validUntil?: string | undefined;
  readonly [claim: string]: unknown;
}

export const statusChange = z.strictObject({
  entryId: entryId('증명', 'Credential'),
  reason: choice(
    {
      'issued-in-error': ['잘못 발급', 'Issued in error'],
      'no-longer-entitled': ['자격 상실', 'No longer entitled'],
      'holder-asked': ['본인 요청', 'Asked for by the holder'],
      lost: ['분실·도난', 'Lost or stolen'],
      'under-review': ['확인 중', 'Under review'],
      'review-finished': ['확인 완료', 'Review finished'],
      replaced: ['새로 발급함', 'Replaced by a new one'],
    },
    '사유',
    'Reason',
  ),
  note: field(text(500), '설명', 'Note', { widget: 'textarea', personal: true }).optional(),
});

export function typeOfSchema(schema: string): CertificateType | undefined {
  return CERTIFICATE_TYPES.find((type) => CERTIFICATES[type].schema === schema);
}

function schemaOf(type: CertificateType): string {
  return `credentials.${type}.1`;
}

function certificate<Shape extends z.ZodRawShape>(type: CertificateType, own: Shape, ko: string, en: string) {
  return {
    schema: schemaOf(type),
    title: { ko, en },
    input: input(own).superRefine(reportPeriod),
    document: document(type, own),
  };
}

function reportPeriod(value: object, context: z.core.$RefinementCtx): void {
  const { validFrom, validUntil, employedFrom, employedUntil } = value as Record<string, string | undefined>;
  if (validFrom !== undefined && validUntil !== undefined && validFrom > validUntil)
    context.addIssue({ ...issue('PERIOD_REVERSED', value), path: ['validUntil'] });
  if (employedFrom !== undefined && employedUntil !== undefined && employedFrom > employedUntil)
    context.addIssue({ ...issue('PERIOD_REVERSED', value), path: ['employedUntil'] });
}

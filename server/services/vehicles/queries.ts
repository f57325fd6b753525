/** The reads of the service. What strangers get is cut to the fields marked `public` in the form. */
import { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { seoulDay } from '../../core/seoul.ts';
import { defineQuery, type Known, type Query, type Reading, row, rows } from '../define.ts';
import { choice, field, issue } from '../fields.ts';
import { EXAMPLES } from './examples.ts';
import { alertsOf, currentInspection, historyOf, inspectionState, isStanding, verdictOf } from './history.ts';
import { car, inspections as inspectionList, stock } from './output.ts';
import { own } from './own.ts';
import { photographs } from './photograph.ts';
import { plateText } from './plate.ts';
import type { VehicleDocument } from './records.ts';
import { documentOf } from './rules.ts';
import { shownRecord } from './shown.ts';
import { awaitedCars, stockOf } from './stock.ts';
import { inspectionValidUntil, warrantyOf } from './terms.ts';
import { carsRange, entryRow } from './view.ts';
import { maskVin, vinText } from './vin.ts';

const MAX_SAME_NUMBER = 20;

const lookUp = z
  .strictObject({
    vin: field(vinText, '차대번호', 'VIN').optional(),
    plate: field(plateText, '자동차등록번호', 'Number plate').optional(),
  })
  .superRefine((asked, context) => {
    if ((asked.vin === undefined) === (asked.plate === undefined))
      context.addIssue({
        ...issue('VIN_OR_PLATE', asked),
        path: [asked.vin === undefined ? 'vin' : 'plate'],
      });
  });

const inspectionId = z.strictObject({
  id: field(
    z.string().regex(/^(0x[0-9a-f]{64}|[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10})$/, 'NUMBER_FORM'),
    '기록 번호 또는 기록부 번호',
    'Entry id or record number',
  ),
});

const stockPage = z.strictObject({
  state: choice(
    { 'in-stock': ['보유 중', 'In stock'], sold: ['판매됨', 'Sold'] },
    '상태',
    'State',
  ).optional(),
  after: field(z.string().regex(/^[0-9]{13}$/), '이어서 볼 위치', 'Continue after').optional(),
  limit: field(z.coerce.number().int().min(1).max(200).default(50), '건수', 'At most'),
});

interface Car {
  readonly subject: Hex;
  readonly state: 'in-stock' | 'sold';
  readonly [member: string]: unknown;
}

export const queries: Readonly<Record<string, Query>> = {
  'look-up': defineQuery({
    summary: { ko: '차량 조회', en: 'Look up a vehicle' },
    path: 'look-up',
    method: 'post',
    input: lookUp,
    access: 'public',
    example: { vin: EXAMPLES.vin },
    output: car,
    *answer(asked: z.infer<typeof lookUp>, known) {
      const subject = yield* subjectOf(asked, known);
      if (subject === undefined) return undefined;
      const history = yield* historyOf(subject);
      const { records, isTruncated } = history;
      if (records.length === 0) return undefined;
      const newest = records.find(({ document }) => document !== undefined)?.document;
      const named = records.find(({ document }) => document?.modelName !== undefined)?.document;
      const inspection = currentInspection(history, known.nowSec);
      const sale = records.find(
        ({ entry, document }) => entry.type === 'sale' && isStanding(entry) && document,
      )?.document;
      return {
        subject,
        ...(newest && { vin: maskVin(newest.vin) }),
        ...(named && { modelName: named.modelName }),
        ...(inspection && { inspection }),
        ...(sale && { warranty: warrantyOf(sale.soldOn as string, sale.odometerKm) }),
        odometer: verdictOf(history),
        alerts: alertsOf(history),
        records: records.map(shownRecord),
        isTruncated,
        asOfSec: known.nowSec,
      };
    },
  }),
  inspection: defineQuery({
    summary: { ko: '점검기록부 조회', en: 'Look up an inspection record' },
    path: 'inspections/{id}',
    input: inspectionId,
    access: 'public',
    example: { id: EXAMPLES.inspection.number },
    output: inspectionList,
    *answer({ id }: z.infer<typeof inspectionId>, known) {
      const ids = id.startsWith('0x')
        ? [id as Hex]
        : (yield* rows<Hex>(`local:vehicles/number/${id}/`, MAX_SAME_NUMBER)).map(({ value }) => value);
      const inspections: unknown[] = [];
      for (const one of ids) {
        const entry = yield* entryRow(one);
        if (entry?.type !== 'inspection' || entry.status === 'change') continue;
        const document = yield* documentOf(one);
        inspections.push({
          ...shownRecord({ entry, document }),
          subject: entry.subject,
          ...(document && { vin: maskVin(document.vin) }),
          state: isStanding(entry) ? inspectionState(entry, known.nowSec).state : entry.status,
          validUntil: inspectionValidUntil(seoulDay(entry.occurredAtSec)),
        });
      }
      return inspections.length === 0 ? undefined : { inspections, asOfSec: known.nowSec };
    },
  }),
  stock: defineQuery({
    summary: { ko: '보유 차량', en: 'Cars in stock' },
    path: 'stock',
    input: stockPage,
    access: 'organisation',
    example: {},
    output: stock,
    *answer({ state, after, limit }: z.infer<typeof stockPage>, known) {
      if (known.actor.kind !== 'organisation') return undefined;
      const { organisation } = known.actor;
      const range = carsRange(organisation);
      const listed = yield* rows<Hex>(range, limit, after && range + after);
      const awaited = after === undefined ? yield* awaitedCars(organisation) : [];
      const cars: Car[] = [];
      for (const subject of [...awaited, ...listed.map(({ value }) => value)]) {
        const car = yield* carOf(organisation, subject, known);
        if (car !== undefined && (state === undefined || car.state === state)) cars.push(car);
      }
      return { cars, ...(listed.length === limit && { next: listed.at(-1)!.key.slice(range.length) }) };
    },
  }),
  ...own,
  ...photographs,
};

function* subjectOf(asked: z.infer<typeof lookUp>, known: Known): Reading<Hex | undefined> {
  if (asked.vin !== undefined) return known.subject('vin', asked.vin);
  const seen = yield* row<{ subject: Hex }>(`local:vehicles/plate/${known.subject('plate', asked.plate!)}`);
  return seen?.subject;
}

/** For its dealer: a page may be shorter than asked for when a state is chosen. */
function* carOf(organisation: string, subject: Hex, known: Known): Reading<Car | undefined> {
  const stock = yield* stockOf(organisation, subject);
  if (stock === undefined) return undefined;
  const document: VehicleDocument | undefined = yield* documentOf(stock.purchase);
  const history = yield* historyOf(subject);
  const inspection = currentInspection(history, known.nowSec);
  return {
    subject,
    state: stock.sale === undefined ? 'in-stock' : 'sold',
    isRecorded: (yield* entryRow(stock.sale ?? stock.purchase)) !== undefined,
    purchase: stock.purchase,
    ...(stock.sale !== undefined && { sale: stock.sale }),
    ...(document && {
      vin: document.vin,
      plate: document.plate,
      modelName: document.modelName,
      purchasedOn: document.purchasedOn,
      odometerKm: document.odometerKm,
    }),
    ...(inspection && { inspection }),
    odometer: verdictOf(history).verdict,
  };
}

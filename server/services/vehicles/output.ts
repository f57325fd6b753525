/** What the service answers, as its description says and as the tests hold every answer to it. */
import { z } from 'zod';
import { ENTRY_KINDS } from '../../core/submission.ts';
import { doubt, hex32, second } from '../fields.ts';

const type = z.enum(['purchase', 'inspection', 'sale']);
const status = z.enum(['active', 'suspended', 'disputed', 'amended', 'superseded', 'revoked']);
const verdict = z.enum(['logical', 'illogical', 'none']);
const warranty = z.strictObject({ untilDay: z.iso.date(), untilKm: z.int() });

const inspection = z.strictObject({
  entryId: hex32,
  inspectedOn: z.iso.date(),
  validUntil: z.iso.date(),
  state: z.enum(['in-force', 'expired', 'suspended', 'disputed']),
});

const record = z.strictObject({
  entryId: hex32,
  type,
  organisation: z.string(),
  kind: z.enum(ENTRY_KINDS),
  status,
  recordedAtSec: second,
  occurredOn: z.iso.date(),
  refersTo: hex32.optional(),
  replacedBy: hex32.optional(),
  openDisputes: z.int().min(1).optional().meta({ description: 'Doubts of others, not yet closed' }),
  document: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'Its public part; null: erased, or kept by another gateway' }),
});

export const car = z.strictObject({
  subject: hex32,
  vin: z.string().optional().meta({ description: 'With the middle hidden' }),
  modelName: z.string().optional(),
  inspection: inspection.optional(),
  warranty: warranty.optional(),
  odometer: z.strictObject({ rule: z.string(), verdict, reasons: z.array(doubt) }),
  alerts: z.array(doubt),
  records: z.array(record).meta({ description: 'Newest first' }),
  isTruncated: z.boolean(),
  asOfSec: second,
});

export const inspections = z.strictObject({
  inspections: z.array(
    record.extend({
      subject: hex32,
      vin: z.string().optional().meta({ description: 'With the middle hidden' }),
      state: z.enum([...inspection.shape.state.options, ...status.options]),
      validUntil: z.iso.date(),
    }),
  ),
  asOfSec: second,
});

export const stock = z.strictObject({
  cars: z.array(
    z.strictObject({
      subject: hex32,
      state: z.enum(['in-stock', 'sold']),
      isRecorded: z.boolean().meta({ description: 'false: accepted, not on the chain yet' }),
      purchase: hex32,
      sale: hex32.optional(),
      vin: z.string().optional(),
      plate: z.string().optional(),
      modelName: z.string().optional(),
      purchasedOn: z.iso.date().optional(),
      odometerKm: z.int().optional(),
      inspection: inspection.optional(),
      odometer: verdict,
    }),
  ),
  next: z.string().optional().meta({ description: 'Value of `after` for the next page' }),
});

const numbers = { vin: z.string().optional(), plate: z.string().optional() };

export const ownCar = car.omit({ warranty: true }).extend(numbers);

export const writtenList = z.strictObject({
  records: z.array(record.extend({ subject: hex32, ...numbers })),
  next: z.string().optional().meta({ description: 'Value of `after` for the next page' }),
});

const change = z.strictObject({
  entryId: hex32,
  kind: z.enum(ENTRY_KINDS),
  organisation: z.string(),
  recordedAtSec: second,
  reason: z.string().optional(),
});

const dispute = z.strictObject({
  entryId: hex32,
  organisation: z.string(),
  openedAtSec: second,
  closed: z.strictObject({ by: z.string(), atSec: second }).optional(),
  reason: z.string().optional(),
  note: z.string().optional().meta({ description: 'For the two organisations and the city' }),
  mayClose: z.boolean(),
});

export const doubts = z.strictObject({
  disputes: z.array(
    z.strictObject({
      entryId: hex32,
      record: hex32,
      organisation: z.string(),
      openedAtSec: second,
      reason: z.string().optional(),
      of: z.strictObject({ type, organisation: z.string(), occurredOn: z.iso.date() }),
    }),
  ),
  next: z.string().optional().meta({ description: 'Value of `after` for the next page' }),
});

export const ownRecord = record.extend({
  subject: hex32,
  vin: z.string().optional().meta({ description: 'Whole for its author' }),
  isOwn: z.boolean(),
  written: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'The whole document, for its author' }),
  changes: z.array(change).meta({ description: 'Oldest first' }),
  disputes: z.array(dispute),
  may: z.array(z.string()).meta({ description: 'Actions that the rules allow now' }),
});

const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of the file' });
export const photographed = z.strictObject({ digest });
export const photograph = z.strictObject({
  originalId: hex32.meta({ description: 'By which the city erases it' }),
  digest,
  image: z.string().nullable().meta({ description: 'As a data URL; null: erased, or not handed in here' }),
});

const notices = z.array(doubt).meta({ description: 'Recorded, but doubtful' });
export const recorded = z.strictObject({ notices });
export const inspected = z.strictObject({ number: z.string(), validUntil: z.iso.date(), notices });
export const sold = z.strictObject({ warranty, notices });

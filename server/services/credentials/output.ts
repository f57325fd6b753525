/** What the service answers, as its description says and as the tests hold every answer to it. */
import { z } from 'zod';
import { doubt, hex32, second } from '../fields.ts';

const state = z.enum(['valid', 'suspended', 'revoked', 'expired', 'not-yet-valid', 'unknown']);
const status = z.strictObject({ state, reasons: z.array(doubt), asOfSec: second });
const document = z.record(z.string(), z.unknown());

export const statusOfOne = status.extend({ entryId: hex32 });

export const statusOfLeaf = z.strictObject({
  batchId: hex32,
  index: z.int(),
  status: z.enum(['valid', 'suspended', 'revoked', 'unknown']),
  asOfSec: second,
});

export const held = z.strictObject({
  entryId: hex32,
  document,
  salt: z.string().regex(/^0x[0-9a-f]{32}$/),
  attested: z
    .strictObject({ batchId: hex32, index: z.int(), count: z.int(), proof: z.array(hex32) })
    .optional()
    .meta({ description: 'Where it stands in its batch, once it is on the chain' }),
  status,
});

const issued = z.strictObject({
  entryId: hex32,
  status,
  schema: z.string().optional(),
  number: z.string().optional(),
  holderName: z.string().optional(),
  issuedOn: z.iso.date().optional(),
  validFrom: z.iso.date().optional(),
  validUntil: z.iso.date().optional(),
  holderLink: z
    .string()
    .optional()
    .meta({ description: 'Address of the holder’s page, for the holder only' }),
  document: z.null().optional().meta({ description: 'null: the original was erased' }),
});

export const issuedList = z.strictObject({
  credentials: z.array(issued),
  next: z.string().optional().meta({ description: 'Value of `after` for the next page' }),
});

export const issuedOne = issued.extend({
  document: document.optional(),
  changes: z.array(
    z.looseObject({ entryId: hex32, state: z.string().optional() }).meta({ description: 'With its reason' }),
  ),
});

export const numbered = z.strictObject({ number: z.string() });

/** What the service answers, as its description says and as the tests hold every answer to it. */
import { z } from 'zod';
import { hex32, second } from '../fields.ts';
import { POLL_SCHEMA } from './records.ts';

const decimal = z.string().regex(/^\d{1,78}$/);
const count = z.int().min(0);
const next = (type: z.ZodType) => type.nullable().meta({ description: 'Value of `after` for the next page' });
const bilingual = z.strictObject({ ko: z.string(), en: z.string().optional() });

export const content = z.strictObject({
  schema: z.literal(POLL_SCHEMA),
  organisation: z.string(),
  title: bilingual,
  text: bilingual.optional(),
  options: z.array(
    bilingual.extend({
      image: z
        .strictObject({ sha256: hex32, mediaType: z.string(), alt: z.string().optional() })
        .optional()
        .meta({ description: 'The picture itself: polls/{pollId}/images' }),
    }),
  ),
  minChoices: count,
  maxChoices: count,
  opensAtSec: second,
  closesAtSec: second,
  mode: z.enum(['open', 'sealed']),
});

export const poll = z.strictObject({
  pollId: hex32,
  state: z.enum(['draft', 'enrolling', 'scheduled', 'open', 'closed']),
  notices: z.array(z.enum(['FEW_BALLOTS', 'TEXT_MISSING', 'TEXT_ALTERED', 'MORE_BALLOTS_THAN_VOTERS'])),
  organisation: z.string(),
  content: content.nullable().meta({ description: 'null: this gateway holds only the hash of the text' }),
  contentHash: hex32,
  options: count,
  minChoices: count,
  maxChoices: count,
  opensAtSec: second,
  closesAtSec: second,
  mode: z.enum(['open', 'sealed']),
  createdAtSec: second.nullable().meta({ description: 'null: not on the chain yet' }),
  leafIndex: count.nullable(),
  roll: z
    .strictObject({ root: decimal, size: count, frozenAtSec: second, entryId: hex32 })
    .nullable()
    .meta({ description: 'null: not frozen yet' }),
  enrolment: z
    .strictObject({ enrolled: count, isOpen: z.boolean() })
    .nullable()
    .meta({ description: 'null: enrolment is at another gateway' }),
  turnout: count,
  tally: z.array(count).meta({ description: 'Ballots per option, in the order of the poll' }),
  nowSec: second.meta({ description: 'The clock of the gateway, for countdowns' }),
});

export const polls = z.strictObject({ polls: z.array(poll), next: next(z.string()) });
export const ownPolls = z.strictObject({ polls: z.array(poll.extend({ codes: count })), next: next(hex32) });

export const images = z.strictObject({
  images: z.array(
    z.strictObject({ option: count, image: z.string().nullable().meta({ description: 'As a data URL' }) }),
  ),
});

export const roll = z.strictObject({
  root: decimal,
  size: count,
  chunkRoots: z.array(decimal),
  firstLeaves: z.array(decimal).meta({ description: 'A device finds its own chunk without telling which' }),
});

export const chunk = z.strictObject({ chunk: count, leaves: z.array(decimal) });

export const members = z.strictObject({ members: z.array(decimal), next: next(decimal) });

export const ballots = z.strictObject({
  pollId: hex32,
  turnout: count,
  tally: z.array(count),
  ballots: z.array(
    z.strictObject({
      entryId: hex32,
      nullifier: decimal,
      choices: z.array(count),
      leafIndex: count,
      castAtSec: second,
      proof: z
        .array(decimal)
        .nullable()
        .meta({ description: 'null: another gateway took it in; the chain’s transaction holds it' }),
    }),
  ),
  next: next(z.int()),
});

export const created = z.strictObject({ pollId: hex32 });
export const imported = z.strictObject({ added: count, alreadyKnown: count, codes: count });
export const enrolled = z.strictObject({ enrolled: count });
export const opened = z.strictObject({ size: count });

/** The ledger's public figures, as GET /v1/figures answers them. */
import { z } from 'zod';

const text = z.object({ ko: z.string(), en: z.string() });
const count = { id: z.string(), label: text, count: z.int() };
const counts = z.record(z.string(), z.record(z.string(), z.int()));
const period = {
  entries: z.int(),
  services: counts.describe('By service, then by `entries`, kind and thing; what is missing is 0.'),
};

export const figuresAnswer = z.object({
  asOfSec: z.int().describe('Unix time of the answer.'),
  entries: z.int().describe('Entries in all, attestations of a batch one by one.'),
  leaves: z.int().describe('Leaves of the log; a batch of attestations is one.'),
  lastEntryAtSec: z.int().nullable(),
  services: z.array(
    z.object({
      id: z.string(),
      title: text,
      entries: z.int(),
      kinds: z.array(
        z.object({
          ...count,
          step: z
            .int()
            .describe(
              'Hours and days give this kind in full multiples of it, rounded down, to hide single people.',
            ),
        }),
      ),
      things: z.array(z.object(count)),
    }),
  ),
  hours: z.array(z.object({ start: z.int().describe('Unix time.'), ...period })),
  days: z.array(z.object({ start: z.string().describe('Day in Seoul.'), ...period })),
  lists: z.array(
    z.object({
      service: z.string(),
      list: z.string(),
      title: text,
      columns: z.record(z.string(), text),
      rows: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
    }),
  ),
  witnessesRequired: z.int().describe('Cosignatures that a receipt needs.'),
  isEmbedded: z.boolean().describe('The chain runs inside the gateway, on one machine.'),
  servers: z.array(
    z.object({
      kind: z.enum(['node', 'witness']),
      // Of a node its number in the gateway's configuration; its address is nobody's business.
      name: z.string(),
      isHealthy: z.boolean(),
      reached: z.int().describe('Newest block of a node, leaves that a witness cosigned.'),
      ageSec: z.int().nullable(),
    }),
  ),
  tables: z.array(z.object({ href: z.string(), title: text })),
});

export type Figures = z.infer<typeof figuresAnswer>;

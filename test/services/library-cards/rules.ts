import type { z } from 'zod';
import type { RecordedEvent } from '../../../server/core/abi.ts';
import { commitmentOf, entryIdOf } from '../../../server/core/hash.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import { startOfSeoulDay } from '../../../server/core/seoul.ts';
import { ENTRY_KINDS } from '../../../server/core/submission.ts';
import {
  type Known,
  type Original,
  type Plan,
  type Reading,
  type Refused,
  row,
  type ViewChange,
} from '../../../server/services/define.ts';
import { publicPart } from '../../../server/services/fields.ts';
import { type blocking, type byNumber, type card, cardDocument, SCHEMA } from './records.ts';

interface CardRow {
  readonly entryId: string;
  readonly subject: `0x${string}`;
  readonly status: 'active' | 'revoked';
}

const NONE = `0x${'00'.repeat(32)}` as const;

export function* issue(input: z.infer<typeof card>, known: Known): Reading<Plan | Refused> {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  const subject = known.subject('library-card', input.number);
  if ((yield* row(`view:library-cards/card/${subject}`)) !== undefined)
    return { refused: 'NUMBER_TAKEN', field: 'number', details: { number: input.number } };
  const document = { schema: SCHEMA, ...input };
  const salt = known.salt();
  return {
    submissions: [
      entry(
        known,
        known.actor.organisation,
        'create',
        subject,
        NONE,
        commitmentOf(document, salt),
        input.issuedOn,
      ),
    ],
    originals: [
      { entryId: entryIdOf(nameToBytes32(known.actor.organisation), known.idempotency()), document, salt },
    ],
  };
}

export function* block({ entryId }: z.infer<typeof blocking>, known: Known): Reading<Plan | Refused> {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_REQUIRED' };
  const subject = yield* row<`0x${string}`>(`view:library-cards/subject/${entryId}`);
  if (subject === undefined) return { refused: 'CARD_UNKNOWN', field: 'entryId' };
  return { submissions: [entry(known, known.actor.organisation, 'revoke', subject, entryId, NONE)] };
}

export function* look({ number }: z.infer<typeof byNumber>, known: Known): Reading<unknown> {
  const found = yield* row<CardRow>(`view:library-cards/card/${known.subject('library-card', number)}`);
  if (found === undefined) return undefined;
  const original = yield* row<Original>(`original:${found.entryId}`);
  return { status: found.status, document: original ? publicPart(cardDocument, original.document) : null };
}

export function* fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
  if (event.name !== 'EntryRecorded') return [];
  const { entryId, subject, kind } = event.args;
  const key = `view:library-cards/card/${subject}`;
  if (ENTRY_KINDS[kind - 1] === 'create')
    return [
      { key, value: { entryId, subject, status: 'active' } },
      { key: `view:library-cards/subject/${entryId}`, value: subject },
    ];
  const found = yield* row<CardRow>(key);
  return found === undefined ? [] : [{ key, value: { ...found, status: 'revoked' } }];
}

export function* countCard(event: RecordedEvent): Reading<Readonly<Record<string, number>>> {
  yield* [];
  if (event.name !== 'EntryRecorded') return {};
  return ENTRY_KINDS[event.args.kind - 1] === 'create' ? { issued: 1 } : { blocked: 1 };
}

function entry(
  known: Known,
  organisation: string,
  kind: 'create' | 'revoke',
  subject: `0x${string}`,
  refersTo: `0x${string}`,
  commitment: `0x${string}`,
  on?: string,
): Plan['submissions'][number] {
  return {
    to: 'records',
    organisation,
    service: 'library-cards',
    schema: SCHEMA,
    subject,
    commitment,
    refersTo,
    kind,
    occurredAtSec: on === undefined ? known.nowSec : startOfSeoulDay(on),
    idempotency: known.idempotency(),
  };
}

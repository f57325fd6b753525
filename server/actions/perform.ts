/**
 * Writes: the same key and body have one outcome, however often and however parallel they come.
 * `idem:<tenant>/<service>/<action>/<key>` = {hash, answer} is committed in one batch with the entries it answers for; the hash
 * is a keyed one of the body.
 */
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { canonicalJson } from '../core/canonical.ts';
import { AppError } from '../core/errors.ts';
import type { Group } from '../outbox/outbox.ts';
import { EntriesTaken } from '../outbox/taken.ts';
import type { Op } from '../store/level.ts';
import { noting, type Reads } from './guard.ts';
import {
  type Answer,
  answerOf,
  authorOf,
  type Call,
  itemKey,
  opsOf,
  type Planned,
  planItem,
  tenantOf,
} from './plan.ts';
import { overlaid, readerOf } from './reading.ts';
import { withStanding } from './standing.ts';
import { createBreather, createPlaces } from './turns.ts';

export type Outcome = { readonly answer: Answer; readonly isReplay: boolean } | { readonly error: AppError };

export interface Performer {
  /** One outcome per body. @throws AppError QUEUE_FULL | STORE_FULL … when nothing at all could be accepted */
  perform(call: Call, options?: { readonly unsignedOnly?: boolean }): Promise<readonly Outcome[]>;
}

interface Kept {
  readonly hash: Hex;
  readonly answer: Answer;
}

interface PlannedAll {
  readonly planned: ReadonlyMap<Item, Planned>;
  readonly refused: ReadonlyMap<Item, Outcome>;
}

interface Item {
  readonly i: number;
  readonly row: string;
  readonly hash: Hex;
}

export function idempotencyRow(call: Call, key: string): string {
  return `idem:${tenantOf(call.actor)}/${call.service.id}/${call.action}/${key}`;
}

const NONE: ReadonlyMap<Item, AppError> = new Map();

/** Plans are processor work: more of them at once make each of them later, and everything else with them. */
const PLANS_AT_ONCE = 8;

export function createPerformer(context: Context): Performer {
  const singles = createPlaces(PLANS_AT_ONCE);
  // One after the other, or all lists would be ready as late as the last one.
  const lists = createPlaces(1);
  const running = new Map<string, { hash: Hex; outcome: Promise<Outcome> }>();
  // Keyed: a body can be guessed, and this row outlives an erased original and knows a code together with its voting key.
  const hashOf = (body: unknown) => context.vault.subjectReference('idempotency', canonicalJson(body));

  async function perform(
    call: Call,
    options: { readonly unsignedOnly?: boolean } = {},
  ): Promise<readonly Outcome[]> {
    const breathe = createBreather();
    const items: Item[] = [];
    for (const [i, body] of call.bodies.entries()) {
      items.push({ i, row: idempotencyRow(call, itemKey(call, i)), hash: hashOf(body) });
      await breathe();
    }
    // No await between look-up and entry, or two parallel requests would both be first.
    const mine: Item[] = [];
    const settle = new Map<Item, (outcome: Outcome) => void>();
    const outcomes = items.map((item) => {
      const other = running.get(item.row);
      if (other !== undefined)
        return other.hash === item.hash ? other.outcome.then(replayed) : reused(item.row);
      const outcome = new Promise<Outcome>((resolve) => settle.set(item, resolve));
      running.set(item.row, { hash: item.hash, outcome });
      mine.push(item);
      return outcome;
    });
    try {
      const settled = await performNew(call, mine, options.unsignedOnly ?? false);
      for (const [item, outcome] of settled) settle.get(item)?.(outcome);
    } catch (error) {
      const failure = error instanceof AppError ? error : new AppError('INTERNAL', {}, error);
      for (const item of mine) settle.get(item)?.({ error: failure });
      throw error;
    } finally {
      for (const item of mine) running.delete(item.row);
    }
    return Promise.all(outcomes);
  }

  async function performNew(
    call: Call,
    items: readonly Item[],
    unsignedOnly: boolean,
  ): Promise<Map<Item, Outcome>> {
    const settled = new Map<Item, Outcome>();
    const kept = await context.store.getMany<Kept>(items.map(({ row }) => row));
    items.forEach((item, at) => {
      const row = kept[at];
      if (row === undefined) return;
      settled.set(
        item,
        row.hash === item.hash ? { answer: row.answer, isReplay: true } : reusedNow(item.row),
      );
    });
    const fresh = items.filter((item) => !settled.has(item));
    if (fresh.length === 0) return settled;

    // Entries that are somebody's already are left out, and their neighbours planned again without them.
    for (let left = fresh; left.length > 0; ) {
      const clashes = await context.guard.run(
        call.service.id,
        async (reads) => {
          const places = call.isBatch ? lists : singles;
          // Whoever waits for the chain holds no place: without a chain, what needs none of its answers goes on.
          return withoutRefused(await places.run(() => planAll(call, left, reads, unsignedOnly)));
        },
        ({ planned }) =>
          [...planned.values()].flatMap(({ plan }) => (plan.local ?? []).map(({ key }) => key)),
        (all) => accept(call, all, settled),
      );
      if (clashes.size === 0) break;
      for (const [item, error] of clashes) settled.set(item, { error: await withStanding(context, error) });
      left = left.filter((item) => !clashes.has(item));
    }
    return settled;
  }

  /** Each item sees the local rows that the items before it would write. */
  async function planAll(call: Call, items: readonly Item[], reads: Reads, unsignedOnly: boolean) {
    const changes = new Map<string, unknown>();
    const planned = new Map<Item, Planned>();
    const refused = new Map<Item, Outcome>();
    const reader = overlaid(noting(readerOf(call.service.id, context), reads), changes);
    const author = await authorOf(context, call);
    const breathe = createBreather();
    for (const item of items) {
      await breathe();
      try {
        const one = await planItem(context, call, item.i, author, reader);
        if (unsignedOnly && one.entryIds.length > 0) throw new AppError('SIGNATURE_NEEDED');
        for (const { key, value } of one.plan.local ?? []) changes.set(key, value);
        planned.set(item, one);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refused.set(item, { error });
      }
    }
    return { planned, refused };
  }

  async function withoutRefused({
    planned,
    refused,
  }: Awaited<ReturnType<typeof planAll>>): Promise<PlannedAll> {
    await Promise.all(
      [...planned].map(async ([item, one]) => {
        const error = await ballotRefusal(one);
        if (error === undefined) return;
        planned.delete(item);
        refused.set(item, { error });
      }),
    );
    return { planned, refused };
  }

  /** Anybody may send ballots: one that the chain would refuse must not take a place in the queue. */
  async function ballotRefusal({ plan }: Planned): Promise<AppError | undefined> {
    for (const submission of plan.submissions) {
      if (submission.to !== 'casts') continue;
      const reason = await context.chain.refusalOf(submission, context.nowSec());
      if (reason !== 'None') return new AppError('BALLOT_REFUSED', { reason });
    }
    return undefined;
  }

  /** The items whose entries are somebody's already, if there are any: then nothing was accepted. */
  async function accept(
    { deadlineSec }: Call,
    { planned, refused }: PlannedAll,
    settled: Map<Item, Outcome>,
  ): Promise<ReadonlyMap<Item, AppError>> {
    const answers = new Map([...planned].map(([item, one]) => [item, answerOf(one)]));
    const ops = [...planned].flatMap(([item, one]): Op[] => [
      ...opsOf(context, one),
      { type: 'put', key: item.row, value: { hash: item.hash, answer: answers.get(item) } },
    ]);
    const groups: Group[] = [...planned.values()]
      .filter(({ plan }) => plan.submissions.length > 0)
      .map(({ plan }) => ({
        submissions: plan.submissions,
        ...(deadlineSec !== undefined && { deadlineSec }),
      }));
    try {
      if (planned.size > 0) await context.outbox.accept({ groups, ops });
    } catch (error) {
      if (!(error instanceof EntriesTaken)) throw error;
      const taken = new Map(error.all.map((one) => [one.details.entryId as Hex, one]));
      return new Map(
        [...planned].flatMap(([item, { entryIds }]) => {
          const id = entryIds.find((entryId) => taken.has(entryId));
          return id === undefined ? [] : [[item, taken.get(id)!] as const];
        }),
      );
    }
    for (const [item, outcome] of refused) settled.set(item, outcome);
    for (const [item, answer] of answers) settled.set(item, { answer, isReplay: false });
    return NONE;
  }

  return { perform };
}

function replayed(outcome: Outcome): Outcome {
  return 'answer' in outcome ? { ...outcome, isReplay: true } : outcome;
}

function reusedNow(row: string): Outcome {
  return { error: new AppError('IDEMPOTENCY_KEY_REUSED', { key: row.slice(row.lastIndexOf('/') + 1) }) };
}

async function reused(row: string): Promise<Outcome> {
  return reusedNow(row);
}

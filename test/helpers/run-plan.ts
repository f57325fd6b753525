/** A small world for rules: rows in memory, one block per step, every accepted submission answered by its event. */
import { z } from 'zod';
import type { ContractAddresses, RecordedEvent } from '../../server/core/abi.ts';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { AppError } from '../../server/core/errors.ts';
import { keccak256, sha256 } from '../../server/core/hash.ts';
import type { Submission } from '../../server/core/submission.ts';
import { entryIdOfSubmission } from '../../server/core/submission-id.ts';
import {
  type Actor,
  isRefused,
  type Known,
  type Plan,
  type Read,
  type Reading,
  type Refused,
  type Service,
} from '../../server/services/define.ts';
import { type ChainEvent, eventOf } from './events.ts';

const CHAIN_ID = 31_337;
const CONTRACTS: ContractAddresses = {
  Organisations: `0x${'01'.repeat(20)}`,
  Records: `0x${'02'.repeat(20)}`,
  Attestations: `0x${'03'.repeat(20)}`,
  Ballots: `0x${'04'.repeat(20)}`,
};

/** An action that describes no reply gives none. */
const NO_REPLY = z.strictObject({});

type Rows = Map<string, unknown>;

/** Drives a generator over rows held in memory, as the driver does over the store. Values pass through JSON, as they would there. */
export function runReading<T>(reading: Reading<T>, rows: ReadonlyMap<string, unknown>): T {
  const answer = (read: Read): unknown => {
    if ('get' in read) return clone(rows.get(read.get));
    const from = read.after ?? '';
    return [...rows]
      .filter(([key]) => key.startsWith(read.range) && key > from)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, read.limit)
      .map(([key, value]) => ({ key, value: clone(value) }));
  };
  let step = reading.next();
  while (!step.done) step = reading.next(answer(step.value));
  return step.value;
}

interface Acted {
  readonly entryId: Hex;
  readonly plan: Plan;
}

/** `seed` makes salts, keys and references; two worlds with one seed are alike. */
export class World {
  readonly rows: Rows = new Map();
  readonly events: RecordedEvent[] = [];
  nowSec: number;
  private readonly service: Service;
  private readonly seed: string;
  private readonly waiting: Submission[] = [];
  private requests = 0;
  private salts = 0;

  constructor(service: Service, nowSec: number, seed = 'world') {
    this.service = service;
    this.nowSec = nowSec;
    this.seed = seed;
  }

  known(actor: Actor, request = `${this.requests}`): Known {
    const hash = (text: string): Hex => toHex(keccak256(utf8(`${this.seed}\0${text}`)));
    return {
      actor,
      nowSec: this.nowSec,
      chainId: CHAIN_ID,
      contracts: CONTRACTS,
      idempotency: (n = 0) => hash(`idempotency\0${request}\0${n}`),
      subject: (kind, identifier) => toHex(sha256(utf8(`${this.seed}\0${kind}\0${identifier}`))),
      salt: () => hash(`salt\0${this.salts++}`).slice(0, 34) as Hex,
    };
  }

  /** Parses and plans; nothing is kept. @throws AppError INPUT_INVALID with the issues */
  plan(action: string, input: unknown, by: string): Plan | Refused {
    const { input: schema, plan } = this.service.actions[action]!;
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AppError('INPUT_INVALID', { issues: parsed.error.issues });
    return runReading(plan(parsed.data, this.known(actorOf(by))), this.rows);
  }

  /** Acknowledges an action without putting it on the chain yet. @throws AppError with the code of a refusal */
  accept(action: string, input: unknown, by: string): Acted {
    const outcome = this.plan(action, input, by);
    this.requests++;
    if (isRefused(outcome)) throw new AppError(outcome.refused, { ...outcome.details, field: outcome.field });
    const { reply = NO_REPLY, isLocal = false } = this.service.actions[action]!;
    requireFit(reply, outcome.reply ?? {}, action);
    if (isLocal !== (outcome.submissions.length === 0))
      throw new Error(`${action} says that it is ${isLocal ? '' : 'not '}local`);
    for (const { entryId, document, salt } of outcome.originals ?? [])
      this.rows.set(`original:${entryId}`, { document, salt });
    for (const { key, value } of outcome.local ?? [])
      if (value === undefined) this.rows.delete(key);
      else this.rows.set(key, value);
    for (const submission of outcome.submissions) {
      this.waiting.push(submission);
      this.rows.set(`entry:${entryIdOfSubmission(submission)}`, { state: 'accepted' });
    }
    const [first] = outcome.submissions;
    return { entryId: first === undefined ? '0x' : entryIdOfSubmission(first), plan: outcome };
  }

  /** Puts what waits on the chain and folds its events. */
  settle(): void {
    for (const submission of this.waiting.splice(0)) this.record(eventOf(submission, this.rows));
  }

  /** The chain refuses what waits. */
  refuseWaiting(): void {
    for (const submission of this.waiting.splice(0))
      this.rows.set(`entry:${entryIdOfSubmission(submission)}`, { state: 'refused' });
  }

  act(action: string, input: unknown, by: string): Acted {
    const acted = this.accept(action, input, by);
    this.settle();
    return acted;
  }

  /** Every answer is held to what the service says that it answers. */
  ask(query: string, input: unknown, by = 'anonymous'): unknown {
    const { input: schema, answer, output } = this.service.queries[query]!;
    const given = runReading(answer(schema.parse(input) as never, this.known(actorOf(by))), this.rows);
    if (given !== undefined) requireFit(output, given, query);
    return given;
  }

  /** An event as it would come from the chain, folded into the view. */
  record(event: ChainEvent): void {
    const recorded = {
      ...event,
      leafIndex: this.events.length,
      block: this.events.length + 1,
      timeSec: this.nowSec,
    };
    this.events.push(recorded as RecordedEvent);
    foldInto(this.service, recorded as RecordedEvent, this.rows);
  }
}

export function foldInto(service: Service, event: RecordedEvent, rows: Rows): void {
  for (const { key, value } of runReading(service.fold(event), rows))
    if (value === undefined) rows.delete(key);
    else rows.set(key, value);
}

/** `anonymous`, `city`, or the name of an organisation. */
function actorOf(by: string): Actor {
  return by === 'anonymous'
    ? { kind: 'anonymous' }
    : { kind: 'organisation', organisation: by, isCity: by === 'city' };
}

function requireFit(schema: z.ZodType, value: unknown, name: string): void {
  const { error } = schema.safeParse(clone(value));
  if (error !== undefined) throw new Error(`${name} does not answer as described: ${z.prettifyError(error)}`);
}

function clone(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

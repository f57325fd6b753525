/** The voting service over rows in memory, with a chain that does what Ballots.sol promises: record, or answer with a refusal. */
import type { RecordedEvent } from '../../server/core/abi.ts';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { AppError } from '../../server/core/errors.ts';
import { keccak256, sha256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { Submission } from '../../server/core/submission.ts';
import { entryIdOfSubmission } from '../../server/core/submission-id.ts';
import { isRefused, type Known, type Plan, type Refused } from '../../server/services/define.ts';
import { voting } from '../../server/services/voting/index.ts';
import { BALLOTS, CHAIN_ID } from './ballots.ts';
import { foldInto, runReading } from './run-plan.ts';

export const OFFICE = 'seoul.participation';
export const OPENS = 2_000_000_000;
export const CLOSES = OPENS + 3_600;
const at = (sec: number) => new Date(sec * 1000).toISOString().replace('.000Z', 'Z');

export const POLL = {
  title: { ko: '어떤 것이 좋을까요?', en: 'Which would be good?' },
  options: [{ ko: '가' }, { ko: '나', en: 'B' }, { ko: '다' }],
  minChoices: 1,
  maxChoices: 2,
  opensAt: at(OPENS),
  closesAt: at(CLOSES),
};

export type Rows = Map<string, unknown>;
type Event = Pick<RecordedEvent, 'name' | 'contract' | 'args'>;

export class PollingStation {
  readonly rows: Rows = new Map();
  readonly events: RecordedEvent[] = [];
  nowSec = OPENS - 3_600;
  private readonly waiting: Submission[] = [];
  private requests = 0;

  plan(action: string, input: unknown, by: string): Plan | Refused {
    const { input: schema, plan } = voting.actions[action]!;
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AppError('INPUT_INVALID', { issues: parsed.error.issues });
    return runReading(plan(parsed.data, this.known(by)), this.rows);
  }

  /** @throws AppError with the code of a refusal */
  accept(action: string, input: unknown, by = OFFICE): Plan {
    const outcome = this.plan(action, input, by);
    this.requests++;
    if (isRefused(outcome)) throw new AppError(outcome.refused, { ...outcome.details });
    for (const { entryId, document, salt } of outcome.originals ?? [])
      this.rows.set(`original:${entryId}`, { document, salt });
    for (const { key, value } of outcome.local ?? []) this.rows.set(key, JSON.parse(JSON.stringify(value)));
    this.waiting.push(...outcome.submissions);
    return outcome;
  }

  act(action: string, input: unknown, by = OFFICE): Plan {
    const plan = this.accept(action, input, by);
    this.settle();
    return plan;
  }

  settle(): void {
    for (const submission of this.waiting.splice(0)) this.record(eventOf(submission));
  }

  record(event: Event): void {
    const leafIndex = this.events.length;
    const recorded = { ...event, leafIndex, block: leafIndex + 1, timeSec: this.nowSec } as RecordedEvent;
    this.events.push(recorded);
    foldInto(voting, recorded, this.rows);
  }

  ask<T>(query: string, input: unknown, by = 'anonymous'): T {
    const { input: schema, answer } = voting.queries[query]!;
    return runReading(answer(schema.parse(input) as never, this.known(by)), this.rows) as T;
  }

  /** A recorded poll. */
  create(changes: Record<string, unknown> = {}): Hex {
    return this.act('create-poll', { ...POLL, ...changes }).reply!.pollId as Hex;
  }

  /** A recorded poll whose roll of `commitments` is frozen; the clock stands at its opening. */
  open(commitments: readonly string[], changes: Record<string, unknown> = {}): Hex {
    const pollId = this.create(changes);
    this.enrol(pollId, commitments);
    this.act('open-poll', { pollId });
    this.nowSec = Math.max(this.nowSec, OPENS);
    return pollId;
  }

  enrol(pollId: Hex, commitments: readonly string[]): void {
    const codes = commitments.map((_, i) => codeOfNumber(i));
    this.act('import-codes', { pollId, codes });
    for (const [i, commitment] of commitments.entries())
      this.act('enrol', { pollId, code: codes[i], commitment }, 'anonymous');
  }

  private known(by: string): Known {
    const hash = (text: string): Hex => toHex(keccak256(utf8(text)));
    const request = this.requests;
    return {
      actor:
        by === 'anonymous'
          ? { kind: 'anonymous' }
          : { kind: 'organisation', organisation: by, isCity: false },
      nowSec: this.nowSec,
      chainId: CHAIN_ID,
      contracts: { Organisations: BALLOTS, Records: BALLOTS, Attestations: BALLOTS, Ballots: BALLOTS },
      idempotency: (n = 0) => hash(`request ${request} ${n}`),
      subject: (kind, identifier) => toHex(sha256(utf8(`secret\0${kind}\0${identifier}`))),
      salt: () => hash(`salt ${request}`).slice(0, 34) as Hex,
    };
  }
}

export const codeOfNumber = (i: number): string => `CODE-${String(i).padStart(6, '0')}`;

/** Any proof: this chain takes it. */
export const anyProof = ['1', '2', '3', '4', '5', '6', '7', '8'];

function eventOf(submission: Submission): Event {
  const entryId = entryIdOfSubmission(submission);
  const contract = 'Ballots' as const;
  switch (submission.to) {
    case 'polls': {
      const {
        content,
        options,
        minChoices,
        maxChoices,
        opensAtSec: opensAt,
        closesAtSec: closesAt,
      } = submission;
      const organisation = nameToBytes32(submission.organisation);
      const args = {
        entryId,
        organisation,
        content,
        options,
        minChoices,
        maxChoices,
        opensAt,
        closesAt,
        mode: 0,
      };
      return { name: 'PollCreated', contract, args };
    }
    case 'rolls': {
      const { pollId, root, size } = submission;
      return { name: 'RollFrozen', contract, args: { entryId, pollId, root, size } };
    }
    case 'casts': {
      const { pollId, nullifier, choices } = submission;
      return { name: 'BallotCast', contract, args: { entryId, pollId, nullifier, choices } };
    }
    default:
      throw new Error(`voting does not write ${submission.to}`);
  }
}

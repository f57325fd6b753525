/**
 * What the gateway remembers of polls. From the chain's events, the same everywhere:
 * - `poll/<pollId>`             {@link PollRow}
 * - `newest/<rank>`             pollId, newest poll first
 * - `closing/<second>/<pollId>` pollId, by the second it closes
 * - `box/<pollId>/<number>`     {@link BallotRow}, in the order they were counted, from 1
 * - `cast/<entryId>`            number of that ballot
 */
import type { RecordedEvent } from '../../core/abi.ts';
import type { Hex } from '../../core/bytes.ts';
import { bytes32ToName } from '../../core/ids.ts';
import { type Reading, type Row, row, rows, type ViewChange } from '../define.ts';
import { choicesOf } from './ballot.ts';

export interface PollRow {
  readonly pollId: Hex;
  readonly organisation: string;
  readonly contentHash: Hex;
  readonly options: number;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly opensAtSec: number;
  readonly closesAtSec: number;
  readonly mode: 'open' | 'sealed';
  readonly createdAtSec: number;
  readonly leafIndex: number;
  readonly roll?: {
    readonly root: string;
    readonly size: number;
    readonly frozenAtSec: number;
    readonly entryId: Hex;
  };
  readonly turnout: number;
  /** Ballots per option, in the poll's order. */
  readonly tally: readonly number[];
}

export interface BallotRow {
  readonly entryId: Hex;
  /** Decimal. */
  readonly nullifier: string;
  /** Option numbers from 0, rising. */
  readonly choices: readonly number[];
  readonly leafIndex: number;
  readonly castAtSec: number;
}

const VIEW = 'view:voting/';
/** Above any leaf index, so that its complement sorts the newest first. */
const LAST_LEAF = 10 ** 12;

const pollKey = (pollId: Hex) => `${VIEW}poll/${pollId}`;
const closingPrefix = (closesAtSec: number) => `${VIEW}closing/${String(closesAtSec).padStart(15, '0')}/`;
const boxKey = (pollId: Hex, number: number) => `${VIEW}box/${pollId}/${String(number).padStart(8, '0')}`;

export function* pollRow(pollId: Hex): Reading<PollRow | undefined> {
  return yield* row<PollRow>(pollKey(pollId));
}

export function* newestPolls(limit: number, after?: string): Reading<readonly Row<Hex>[]> {
  return yield* rows<Hex>(
    `${VIEW}newest/`,
    limit,
    after === undefined ? undefined : `${VIEW}newest/${after}`,
  );
}

/** Polls that are not over at this second, the next to close first. */
export function* pollsClosingAfter(nowSec: number, limit: number): Reading<readonly PollRow[]> {
  // Every id of this second sorts below the end of its prefix.
  const found = yield* rows<Hex>(`${VIEW}closing/`, limit, `${closingPrefix(nowSec)}\uffff`);
  const polls: PollRow[] = [];
  for (const { value } of found) polls.push((yield* pollRow(value))!);
  return polls;
}

/** @param after number of the last ballot already known, 0 for none. */
export function* ballotsOf(pollId: Hex, after: number, limit: number): Reading<readonly BallotRow[]> {
  const found = yield* rows<BallotRow>(`${VIEW}box/${pollId}/`, limit, boxKey(pollId, after));
  return found.map(({ value }) => value);
}

export function* isCast(ballotId: Hex): Reading<boolean> {
  return (yield* row<number>(`${VIEW}cast/${ballotId}`)) !== undefined;
}

export function* fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
  switch (event.name) {
    case 'PollCreated':
      return created(event);
    case 'RollFrozen': {
      const poll = yield* pollRow(event.args.pollId);
      if (poll === undefined) return [];
      const { root, size, entryId } = event.args;
      return [
        {
          key: pollKey(poll.pollId),
          value: { ...poll, roll: { root, size, frozenAtSec: event.timeSec, entryId } },
        },
      ];
    }
    case 'BallotCast': {
      const poll = yield* pollRow(event.args.pollId);
      return poll === undefined ? [] : counted(event, poll);
    }
    default:
      return [];
  }
}

type Named<Name extends RecordedEvent['name']> = Extract<RecordedEvent, { name: Name }>;

function created({ args, leafIndex, timeSec }: Named<'PollCreated'>): ViewChange[] {
  const poll: PollRow = {
    pollId: args.entryId,
    organisation: readable(args.organisation),
    contentHash: args.content,
    options: args.options,
    minChoices: args.minChoices,
    maxChoices: args.maxChoices,
    opensAtSec: args.opensAt,
    closesAtSec: args.closesAt,
    mode: args.mode === 0 ? 'open' : 'sealed',
    createdAtSec: timeSec,
    leafIndex,
    turnout: 0,
    tally: Array<number>(args.options).fill(0),
  };
  return [
    { key: pollKey(poll.pollId), value: poll },
    { key: `${VIEW}newest/${String(LAST_LEAF - leafIndex).padStart(13, '0')}`, value: poll.pollId },
    { key: closingPrefix(poll.closesAtSec) + poll.pollId, value: poll.pollId },
  ];
}

function counted({ args, leafIndex, timeSec }: Named<'BallotCast'>, poll: PollRow): ViewChange[] {
  const choices = choicesOf(BigInt(args.choices));
  const turnout = poll.turnout + 1;
  const ballot: BallotRow = {
    entryId: args.entryId,
    nullifier: args.nullifier,
    choices,
    leafIndex,
    castAtSec: timeSec,
  };
  const tally = poll.tally.map((votes, option) => votes + (choices.includes(option) ? 1 : 0));
  return [
    { key: pollKey(poll.pollId), value: { ...poll, turnout, tally } },
    { key: boxKey(poll.pollId, turnout), value: ballot },
    { key: `${VIEW}cast/${args.entryId}`, value: turnout },
  ];
}

/** Any 32 bytes can be registered as an organisation; what is no name is shown as it is. */
function readable(bytes: Hex): string {
  try {
    return bytes32ToName(bytes);
  } catch {
    return bytes;
  }
}

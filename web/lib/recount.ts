/** Counting all public ballots again, with the rules of the poll, on the reader's own device. */
import type { Hex } from '../../server/core/bytes.ts';
import { askBallots, askPoll, type Poll, type PublicBallot } from './polls.ts';

export interface Counted {
  readonly ballots: number;
  readonly agrees: boolean;
  readonly twice: number;
  readonly invalid: number;
  /** Whether the shown text is the one whose hash is on record. */
  readonly isTextSame: boolean;
  /** Number of the reader's own ballot, from 1; 0 = not found; undefined = none was named. */
  readonly mine?: number;
}

export async function recount(pollId: Hex, onMore: (n: number) => void, mine?: Hex): Promise<Counted> {
  const ballots = await askBallots(pollId, onMore);
  // Asked after the ballots: what came in meanwhile is left out of the comparison by count below.
  const poll = await askPoll(pollId);
  if (!poll) throw new Error(pollId);
  const { contentHash } = await import('../../server/core/hash.ts');
  const known = ballots.length === poll.turnout ? poll : await pollAt(pollId, ballots, poll);
  const tally = tallyOf(ballots, poll.options);
  return {
    ballots: ballots.length,
    agrees: known.turnout === ballots.length && tally.every((votes, option) => votes === known.tally[option]),
    twice: ballots.length - new Set(ballots.map((ballot) => ballot.nullifier)).size,
    invalid: ballots.filter((ballot) => !isAllowed(ballot, poll)).length,
    isTextSame: poll.content !== null && contentHash(poll.content) === poll.contentHash,
    ...(mine === undefined ? {} : { mine: ballots.findIndex((ballot) => ballot.entryId === mine) + 1 }),
  };
}

/** Ballots arrived during the count: once more, until list and figures are of the same moment. */
async function pollAt(pollId: Hex, ballots: readonly PublicBallot[], poll: Poll): Promise<Poll> {
  const more = await askBallots(pollId, () => undefined);
  const late = more.slice(ballots.length, poll.turnout);
  const lateTally = tallyOf(late, poll.options);
  return {
    ...poll,
    turnout: poll.turnout - late.length,
    tally: poll.tally.map((votes, option) => votes - lateTally[option]!),
  };
}

function tallyOf(ballots: readonly PublicBallot[], options: number): number[] {
  const tally = Array<number>(options).fill(0);
  for (const { choices } of ballots) for (const option of choices) if (option < options) tally[option]!++;
  return tally;
}

function isAllowed({ choices }: PublicBallot, poll: Poll): boolean {
  const isKnown = choices.every((option) => option >= 0 && option < poll.options);
  const isCount = choices.length >= poll.minChoices && choices.length <= poll.maxChoices;
  return isKnown && isCount && new Set(choices).size === choices.length;
}

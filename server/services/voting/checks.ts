/** What a verifier adds for receipts of polls, rolls and ballots. */
import type { RecordedEvent } from '../../core/abi.ts';
import { type Check, failed, passed, skipped } from '../../verify/verdict.ts';
import { ballotIdOf, choicesOf, isAllowedChoice, isFieldElement } from './ballot.ts';
import { cast as castBallot, type PollContent } from './records.ts';
import { MIN_ROLL } from './roll.ts';

type Named<Name extends RecordedEvent['name']> = Extract<RecordedEvent, { name: Name }>;

/** @param document the poll's text, or the ballot as the voter's device kept it; both from anybody. */
export function checks(event: RecordedEvent, document: unknown): readonly Check[] {
  switch (event.name) {
    case 'PollCreated':
      return [pollRules(event, document)];
    case 'RollFrozen':
      return [rollSize(event)];
    case 'BallotCast':
      return [ballotId(event), ballotChoices(event, document), ballotMine(event, document)];
    default:
      return [];
  }
}

/** The rules that the chain enforces are the ones that the text promises. */
function pollRules({ args }: Named<'PollCreated'>, document: unknown): Check {
  const id = 'poll-rules-as-written';
  if (document === undefined) return skipped(id, 'no-text');
  const text = document as Partial<PollContent> | null;
  const same =
    text?.options?.length === args.options &&
    text.minChoices === args.minChoices &&
    text.maxChoices === args.maxChoices &&
    text.opensAtSec === args.opensAt &&
    text.closesAtSec === args.closesAt &&
    text.mode === (args.mode === 0 ? 'open' : 'sealed');
  return same
    ? passed(id, { opensAtSec: args.opensAt, closesAtSec: args.closesAt })
    : failed(id, 'other-rules');
}

function rollSize({ args }: Named<'RollFrozen'>): Check {
  const id = 'roll-hides-voters';
  return args.size >= MIN_ROLL
    ? passed(id, { size: args.size })
    : failed(id, 'too-small', { size: args.size });
}

function ballotId({ args }: Named<'BallotCast'>): Check {
  const id = 'ballot-counted-once';
  if (!isFieldElement(args.nullifier)) return failed(id, 'not-in-field');
  return ballotIdOf(args.pollId, BigInt(args.nullifier)) === args.entryId
    ? passed(id)
    : failed(id, 'other-id');
}

function ballotChoices({ args }: Named<'BallotCast'>, document: unknown): Check {
  const id = 'ballot-choices';
  const mask = BigInt(args.choices);
  // Numbers as on a ballot paper, from 1.
  const choices =
    choicesOf(mask)
      .map((option) => option + 1)
      .join(', ') || '-';
  const text = isPollText(document) ? document : undefined;
  if (text === undefined) return passed(id, { choices });
  const rules = { options: text.options.length, minChoices: text.minChoices, maxChoices: text.maxChoices };
  return isAllowedChoice(mask, rules) ? passed(id, { choices }) : failed(id, 'against-rules', { choices });
}

/** The ballot that the device kept is the one that was counted. */
function ballotMine({ args }: Named<'BallotCast'>, document: unknown): Check {
  const id = 'ballot-as-cast';
  if (document === undefined || isPollText(document)) return skipped(id, 'no-ballot');
  // A ballot and nothing beside it: what else stood in the document would look as if it were proved.
  const { data: kept } = castBallot.safeParse(document);
  const choices = choicesOf(BigInt(args.choices));
  const isSame =
    kept?.pollId === args.pollId &&
    kept.nullifier === args.nullifier &&
    kept.choices.length === choices.length &&
    choices.every((choice, i) => kept.choices[i] === choice);
  return isSame ? passed(id) : failed(id, 'other-ballot');
}

function isPollText(document: unknown): document is PollContent {
  const text = document as Partial<PollContent> | null | undefined;
  return (
    Array.isArray(text?.options) && Number.isInteger(text.minChoices) && Number.isInteger(text.maxChoices)
  );
}

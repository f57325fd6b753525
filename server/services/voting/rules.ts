/** May this be done now, and what does it change? The chain asks most of it again; what it cannot know is decided here alone. */
import type { Hex } from '../../core/bytes.ts';
import { contentHash, entryIdOf } from '../../core/hash.ts';
import { nameToBytes32 } from '../../core/ids.ts';
import { type Known, type Plan, type Reading, type Refused, row } from '../define.ts';
import { ballotIdOf, isAllowedChoice, maskOf } from './ballot.ts';
import { contentOf } from './content.ts';
import {
  type CodeRow,
  codeKey,
  type Draft,
  draftKey,
  draftRow,
  imageKey,
  memberKey,
  membersOf,
  ownKey,
  rollRowOf,
  rollRows,
} from './enrolment.ts';
import type { Cast, CreatePoll, Enrol, ImportCodes, OnePoll } from './records.ts';
import { MAX_ROLL, MIN_ROLL } from './roll.ts';
import { isCast, type PollRow, pollRow } from './view.ts';

type Outcome = Reading<Plan | Refused>;

export function* planPoll(input: CreatePoll, known: Known): Outcome {
  if (known.actor.kind !== 'organisation') return { refused: 'ORGANISATION_ONLY' };
  if (input.closesAt <= known.nowSec) return { refused: 'CLOSES_IN_PAST', field: 'closesAt' };
  const { organisation } = known.actor;
  const idempotency = known.idempotency();
  const pollId = entryIdOf(nameToBytes32(organisation), idempotency);
  const content = contentOf(input, organisation);
  const images = input.options.flatMap(({ image }, i) => (image === undefined ? [] : [i]));
  const draft: Draft = { content, codes: 0, enrolled: 0, isEnrolmentClosed: false };
  const { minChoices, maxChoices, opensAtSec, closesAtSec } = content;
  return {
    submissions: [
      {
        to: 'polls',
        organisation,
        content: contentHash(content),
        options: content.options.length,
        minChoices,
        maxChoices,
        opensAtSec,
        closesAtSec,
        mode: 'open',
        idempotency,
      },
    ],
    local: [
      { key: draftKey(pollId), value: draft },
      { key: ownKey(organisation, pollId), value: true },
      ...images.map((i) => ({ key: imageKey(pollId, i), value: input.options[i]!.image })),
    ],
    reply: { pollId },
  };
}

export function* planCodes({ pollId, codes }: ImportCodes, known: Known): Outcome {
  const draft = yield* ownDraft(pollId, known);
  if ('refused' in draft) return draft;
  const keys = codes.map((code) => codeKeyOf(pollId, code, known));
  const added: string[] = [];
  for (const key of keys) if ((yield* row<CodeRow>(key)) === undefined) added.push(key);
  if (draft.codes + added.length > MAX_ROLL)
    return { refused: 'ROLL_TOO_LARGE', details: { codes: draft.codes + added.length, max: MAX_ROLL } };
  return {
    submissions: [],
    local: [
      ...added.map((key) => ({ key, value: { isUsed: false } satisfies CodeRow })),
      { key: draftKey(pollId), value: { ...draft, codes: draft.codes + added.length } satisfies Draft },
    ],
    reply: {
      added: added.length,
      alreadyKnown: codes.length - added.length,
      codes: draft.codes + added.length,
    },
  };
}

/** Code and commitment meet only here: one is marked as used, the other joins the members, and no row holds both. */
export function* planEnrolment({ pollId, code, commitment }: Enrol, known: Known): Outcome {
  const draft = yield* openDraft(pollId, known);
  if ('refused' in draft) return draft;
  const codeAt = codeKeyOf(pollId, code, known);
  const found = yield* row<CodeRow>(codeAt);
  if (found === undefined) return { refused: 'CODE_UNKNOWN', field: 'code' };
  if (found.isUsed) return { refused: 'CODE_USED', field: 'code' };
  const memberAt = memberKey(pollId, commitment);
  if ((yield* row<true>(memberAt)) !== undefined) return { refused: 'ALREADY_ENROLLED', field: 'commitment' };
  const enrolled = draft.enrolled + 1;
  return {
    submissions: [],
    local: [
      { key: codeAt, value: { isUsed: true } satisfies CodeRow },
      { key: memberAt, value: true },
      { key: draftKey(pollId), value: { ...draft, enrolled } satisfies Draft },
    ],
    reply: { enrolled },
  };
}

/** Ends enrolment without touching the chain, so that a roll signed by hand cannot go stale under the signer's pen. */
export function* planClosure({ pollId }: OnePoll, known: Known): Outcome {
  const draft = yield* ownDraft(pollId, known);
  if ('refused' in draft) return draft;
  return {
    submissions: [],
    local: [{ key: draftKey(pollId), value: { ...draft, isEnrolmentClosed: true } satisfies Draft }],
    reply: { enrolled: draft.enrolled },
  };
}

/** May be asked again while the chain has no roll yet: no member joins any more, so the roll is the same. */
export function* planOpening({ pollId }: OnePoll, known: Known): Outcome {
  const draft = yield* ownDraft(pollId, known);
  if ('refused' in draft) return draft;
  const poll = yield* pollRow(pollId);
  if (poll === undefined) return { refused: 'POLL_NOT_RECORDED_YET' };
  const leaves = yield* membersOf(pollId);
  if (leaves.length < MIN_ROLL)
    return { refused: 'ROLL_TOO_SMALL', details: { members: leaves.length, min: MIN_ROLL } };
  const roll = rollRowOf(leaves);
  return {
    submissions: [
      {
        to: 'rolls',
        organisation: poll.organisation,
        pollId,
        root: roll.root,
        size: roll.size,
        idempotency: known.idempotency(),
      },
    ],
    local: [
      { key: draftKey(pollId), value: { ...draft, isEnrolmentClosed: true } satisfies Draft },
      ...rollRows(pollId, leaves, roll),
    ],
    reply: { size: roll.size },
  };
}

/** Reads only what everybody sees; the proof itself is checked by the chain. Kept with the ballot, it lets anybody recount. */
export function* planCast({ pollId, choices, nullifier, proof }: Cast, known: Known): Outcome {
  const poll = yield* pollRow(pollId);
  const refusal = ballotRefusal(poll, choices, known.nowSec);
  if (refusal !== undefined) return refusal;
  const entryId = ballotIdOf(pollId, BigInt(nullifier));
  if (yield* isCast(entryId)) return { refused: 'BALLOT_ALREADY_CAST', details: { entryId } };
  return {
    submissions: [{ to: 'casts', pollId, choices: maskOf(choices).toString(), nullifier, proof }],
    originals: [{ entryId, document: { pollId, choices, nullifier, proof }, salt: known.salt() }],
  };
}

/** undefined: these choices may be cast now. */
function ballotRefusal(
  poll: PollRow | undefined,
  choices: readonly number[],
  nowSec: number,
): Refused | undefined {
  if (poll === undefined) return { refused: 'POLL_UNKNOWN', field: 'pollId' };
  if (nowSec >= poll.closesAtSec)
    return { refused: 'POLL_CLOSED', details: { closesAtSec: poll.closesAtSec } };
  if (poll.roll === undefined) return { refused: 'ROLL_NOT_FROZEN' };
  if (nowSec < poll.opensAtSec) return { refused: 'POLL_NOT_OPEN', details: { opensAtSec: poll.opensAtSec } };
  const { options, minChoices, maxChoices } = poll;
  if (!isAllowedChoice(maskOf(choices), poll))
    return { refused: 'CHOICE_NOT_ALLOWED', field: 'choices', details: { options, minChoices, maxChoices } };
  return undefined;
}

function* ownDraft(pollId: Hex, known: Known): Reading<Draft | Refused> {
  const draft = yield* draftRow(pollId);
  if (draft === undefined) return { refused: 'POLL_UNKNOWN', field: 'pollId' };
  const { actor } = known;
  if (actor.kind !== 'organisation' || actor.organisation !== draft.content.organisation)
    return { refused: 'NOT_YOUR_POLL', field: 'pollId' };
  const poll = yield* pollRow(pollId);
  return rollRefusal(poll, draft, known) ?? draft;
}

function* openDraft(pollId: Hex, known: Known): Reading<Draft | Refused> {
  const draft = yield* draftRow(pollId);
  if (draft === undefined) return { refused: 'POLL_UNKNOWN', field: 'pollId' };
  const poll = yield* pollRow(pollId);
  if (draft.isEnrolmentClosed) return { refused: 'ENROLMENT_CLOSED' };
  return rollRefusal(poll, draft, known) ?? draft;
}

function rollRefusal(poll: PollRow | undefined, draft: Draft, { nowSec }: Known): Refused | undefined {
  if (poll?.roll !== undefined) return { refused: 'ROLL_FROZEN' };
  const { closesAtSec } = draft.content;
  return nowSec >= closesAtSec ? { refused: 'POLL_CLOSED', details: { closesAtSec } } : undefined;
}

/** Keyed by the city's secret and the poll: a stolen disk gives no codes, and one code in two polls gives no link. */
function codeKeyOf(pollId: Hex, code: string, known: Known): string {
  return codeKey(pollId, known.subject('voting.code', `${pollId}/${code}`));
}

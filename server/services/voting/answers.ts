/** What may be asked of polls. Everything but the list of own drafts is public and needs no account. */
import { z } from 'zod';
import type { Hex } from '../../core/bytes.ts';
import { contentHash } from '../../core/hash.ts';
import { type Known, type Original, type Reading, row } from '../define.ts';
import { entryId, field } from '../fields.ts';
import { isFieldElement } from './ballot.ts';
import {
  chunkRow,
  type Draft,
  draftRow,
  imageKey,
  ownPolls,
  type RollRow,
  rollRow,
  someMembers,
} from './enrolment.ts';
import { publishedPicture, publishedText } from './publishes.ts';
import type { PollContent } from './records.ts';
import { publishedChunk, publishedRoll } from './roll-copies.ts';
import { type BallotRow, ballotsOf, newestPolls, type PollRow, pollRow } from './view.ts';

/** Fewer ballots than this and single voters may be guessed from the live result. */
const FEW_BALLOTS = 20;
const MAX_PAGE = 200;
const MAX_MEMBERS = 5_000;

export type PollState = 'draft' | 'enrolling' | 'scheduled' | 'open' | 'closed';
export type PollNotice = 'FEW_BALLOTS' | 'TEXT_MISSING' | 'TEXT_ALTERED' | 'MORE_BALLOTS_THAN_VOTERS';

/** One poll as its page shows it. */
export interface PollAnswer {
  readonly pollId: Hex;
  readonly state: PollState;
  readonly notices: readonly PollNotice[];
  readonly organisation: string;
  /** null: this gateway does not hold the text, only its hash. */
  readonly content: PollContent | null;
  readonly contentHash: Hex;
  readonly options: number;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly opensAtSec: number;
  readonly closesAtSec: number;
  readonly mode: 'open' | 'sealed';
  /** null: not on the chain yet. */
  readonly createdAtSec: number | null;
  readonly leafIndex: number | null;
  /** null: not frozen yet. */
  readonly roll: {
    readonly root: string;
    readonly size: number;
    readonly frozenAtSec: number;
    readonly entryId: Hex;
  } | null;
  /** null: enrolment is not at this gateway. */
  readonly enrolment: { readonly enrolled: number; readonly isOpen: boolean } | null;
  readonly turnout: number;
  readonly tally: readonly number[];
  /** Of the gateway's clock, for countdowns. */
  readonly nowSec: number;
}

const page = {
  limit: field(z.coerce.number().int().min(1).max(MAX_PAGE).default(50), '개수', 'How many'),
};

export const listInput = z.strictObject({
  ...page,
  after: field(z.string().regex(/^[0-9]{13}$/), '이어서', 'Continue after').optional(),
});
export const ownInput = z.strictObject({ ...page, after: entryId('이어서', 'Continue after').optional() });
export const pollInput = z.strictObject({ pollId: entryId('투표', 'Poll') });
export const chunkInput = z.strictObject({
  pollId: entryId('투표', 'Poll'),
  chunk: field(z.coerce.number().int().min(0).max(1023), '묶음 번호', 'Chunk'),
});
export const membersInput = z.strictObject({
  pollId: entryId('투표', 'Poll'),
  limit: field(z.coerce.number().int().min(1).max(MAX_MEMBERS).default(MAX_MEMBERS), '개수', 'How many'),
  after: field(z.string().refine(isFieldElement), '이어서', 'Continue after').optional(),
});
export const ballotsInput = z.strictObject({
  pollId: entryId('투표', 'Poll'),
  ...page,
  after: field(z.coerce.number().int().min(0).default(0), '이어서', 'Continue after ballot number'),
});

export function* answerList(input: z.infer<typeof listInput>, known: Known): Reading<unknown> {
  const found = yield* newestPolls(input.limit, input.after);
  const polls: PollAnswer[] = [];
  for (const { value } of found) {
    const poll = yield* answerPoll({ pollId: value }, known);
    if (poll !== undefined) polls.push(poll);
  }
  const last = found.length < input.limit ? undefined : found.at(-1)!.key;
  return { polls, next: last === undefined ? null : last.slice(last.lastIndexOf('/') + 1) };
}

export function* answerOwn(input: z.infer<typeof ownInput>, known: Known): Reading<unknown> {
  if (known.actor.kind !== 'organisation') return undefined;
  const ids = yield* ownPolls(known.actor.organisation, input.limit, input.after);
  const polls: (PollAnswer & { readonly codes: number })[] = [];
  for (const pollId of ids) {
    const poll = yield* answerPoll({ pollId }, known);
    const draft = yield* draftRow(pollId);
    if (poll !== undefined && draft !== undefined) polls.push({ ...poll, codes: draft.codes });
  }
  return { polls, next: ids.length < input.limit ? null : ids.at(-1)! };
}

export function* answerPoll({ pollId }: { pollId: Hex }, { nowSec }: Known): Reading<PollAnswer | undefined> {
  const poll = yield* pollRow(pollId);
  const draft = yield* draftRow(pollId);
  if (poll === undefined) return draft === undefined ? undefined : draftAnswer(pollId, draft, nowSec);
  const state = stateOf(poll, nowSec);
  const content = yield* textOf(poll, draft);
  return {
    ...poll,
    state,
    notices: noticesOf(poll, content),
    content: content ?? null,
    roll: poll.roll ?? null,
    enrolment: draft === undefined ? null : enrolmentOf(draft, state === 'enrolling'),
    nowSec,
  };
}

export function* answerImages({ pollId }: { pollId: Hex }): Reading<unknown> {
  const poll = yield* pollRow(pollId);
  const draft = yield* draftRow(pollId);
  const content = poll === undefined ? draft?.content : yield* textOf(poll, draft);
  if (content === undefined) return undefined;
  const images: { option: number; image: string | null }[] = [];
  for (const [option, { image: named }] of content.options.entries()) {
    if (named === undefined) continue;
    const picture =
      (yield* publishedPicture(named.sha256, named.mediaType)) ??
      (yield* row<string>(imageKey(pollId, option)));
    images.push({ option, image: picture ?? null });
  }
  return { images };
}

export function* answerRoll({ pollId }: { pollId: Hex }): Reading<RollRow | undefined> {
  const poll = yield* pollRow(pollId);
  // Before the freeze the roll may still change: a path into it would be worthless.
  if (poll?.roll === undefined) return undefined;
  return (yield* rollRow(pollId)) ?? (yield* publishedRoll(poll.roll));
}

export function* answerChunk({ pollId, chunk }: z.infer<typeof chunkInput>): Reading<unknown> {
  const poll = yield* pollRow(pollId);
  if (poll?.roll === undefined) return undefined;
  const leaves = (yield* chunkRow(pollId, chunk)) ?? (yield* publishedChunk(poll.roll.root, chunk));
  return leaves === undefined ? undefined : { chunk, leaves };
}

/**
 * Public values of the members, for the official's page: it makes the root again that it is asked to sign. Only once enrolment is
 * closed, so that nobody sees who comes when.
 */
export function* answerMembers(input: z.infer<typeof membersInput>, { actor }: Known): Reading<unknown> {
  const draft = yield* draftRow(input.pollId);
  if (draft === undefined || !draft.isEnrolmentClosed) return undefined;
  if (actor.kind !== 'organisation' || actor.organisation !== draft.content.organisation) return undefined;
  const after = input.after === undefined ? undefined : BigInt(input.after);
  const members = (yield* someMembers(input.pollId, input.limit, after)).map(String);
  return { members, next: members.length < input.limit ? null : members.at(-1)! };
}

/** Every ballot with its proof, in the order of counting: all that a recount needs beside the chain. */
export function* answerBallots(input: z.infer<typeof ballotsInput>): Reading<unknown> {
  const poll = yield* pollRow(input.pollId);
  if (poll === undefined) return undefined;
  const found = yield* ballotsOf(input.pollId, input.after, input.limit);
  const ballots: (BallotRow & { readonly proof: readonly string[] | null })[] = [];
  for (const ballot of found) {
    const original = yield* row<Original>(`original:${ballot.entryId}`);
    // Ballots that another gateway took in are proven in the chain's transactions only.
    const proof = (original?.document as { proof?: readonly string[] } | undefined)?.proof ?? null;
    ballots.push({ ...ballot, proof });
  }
  const next = found.length < input.limit ? null : input.after + found.length;
  return { pollId: input.pollId, turnout: poll.turnout, tally: poll.tally, ballots, next };
}

function stateOf(poll: PollRow, nowSec: number): PollState {
  if (nowSec >= poll.closesAtSec) return 'closed';
  if (poll.roll === undefined) return 'enrolling';
  return nowSec < poll.opensAtSec ? 'scheduled' : 'open';
}

/** The copy that was compared with the chain's hash, at whichever gateway; until it is made, the draft that lies here. */
function* textOf(poll: PollRow, draft: Draft | undefined): Reading<PollContent | undefined> {
  return (yield* publishedText(poll.contentHash)) ?? draft?.content;
}

function noticesOf(poll: PollRow, content: PollContent | undefined): PollNotice[] {
  const notices: PollNotice[] = [];
  if (poll.roll !== undefined && poll.turnout < FEW_BALLOTS) notices.push('FEW_BALLOTS');
  if (content === undefined) notices.push('TEXT_MISSING');
  else if (contentHash(content) !== poll.contentHash) notices.push('TEXT_ALTERED');
  if (poll.roll !== undefined && poll.turnout > poll.roll.size) notices.push('MORE_BALLOTS_THAN_VOTERS');
  return notices;
}

function enrolmentOf(draft: Draft, mayEnrol: boolean): PollAnswer['enrolment'] {
  return { enrolled: draft.enrolled, isOpen: mayEnrol && !draft.isEnrolmentClosed };
}

/** Accepted here, not on the chain yet. */
function draftAnswer(pollId: Hex, draft: Draft, nowSec: number): PollAnswer {
  const { content } = draft;
  const { organisation, minChoices, maxChoices, opensAtSec, closesAtSec, mode } = content;
  return {
    pollId,
    state: 'draft',
    notices: [],
    organisation,
    content,
    contentHash: contentHash(content),
    options: content.options.length,
    minChoices,
    maxChoices,
    opensAtSec,
    closesAtSec,
    mode,
    createdAtSec: null,
    leafIndex: null,
    roll: null,
    enrolment: enrolmentOf(draft, nowSec < closesAtSec),
    turnout: 0,
    tally: content.options.map(() => 0),
    nowSec,
  };
}

/** Folds the events of final blocks into the entries they settle. */
import type { DecodedEvent } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { REFUSALS } from '../core/contracts.generated.ts';
import type { LedgerEvent } from '../core/event.ts';
import { bytes32ToName, nameToBytes32 } from '../core/ids.ts';
import { type AttestationSubmission, ENTRY_KINDS, type Submission } from '../core/submission.ts';
import { ATTESTATION_STATUSES } from '../core/typed-data.ts';
import type { Op } from '../store/level.ts';
import { attestedOps, buildTree } from './batch.ts';
import type { Desk } from './desk.ts';
import { type Outcome, outcomeOps, settleItems } from './outcome.ts';
import { type EntryRow, entryKey, SETTLED, UNUSED } from './rows.ts';
import { type Item, isOpen } from './work.ts';

export interface SettledEvent {
  readonly event: DecodedEvent;
  readonly ledger: LedgerEvent;
  /** Absent for refusals, which are no leaves. */
  readonly leafIndex?: number;
}

export interface Settlement {
  /** To be committed together with the cursor. */
  readonly ops: readonly Op[];
  /** Call once that commit is durable: frees the lanes and wakes those who wait. Not called = nothing happened. */
  committed(): void;
  /** Call when that commit failed. The turn stays until these events come again; who takes one of their ids in meanwhile is not kept waiting. */
  dropped(): void;
}

export interface SettlingTurn {
  letIn(): void;
  end(): void;
}

/** From here to its end nothing is accepted that others recorded in these events; what is being accepted now is open before. */
export async function takeTurn(desk: Desk, events: readonly SettledEvent[]): Promise<SettlingTurn> {
  const endTurn = await desk.turns.take();
  const foreign = events.flatMap(({ event: { args }, leafIndex }) =>
    leafIndex !== undefined && 'entryId' in args && !desk.open.has(args.entryId) ? [args.entryId] : [],
  );
  const held = Promise.withResolvers<() => void>();
  void desk.arrivals.hold(foreign, () => new Promise<void>((free) => held.resolve(free)));
  const letIn = await held.promise;
  return {
    letIn,
    end: () => {
      letIn();
      endTurn();
    },
  };
}

/** @param until number of the last block that the events come from */
export async function settleBlock(
  desk: Desk,
  events: readonly SettledEvent[],
  until: number,
): Promise<Omit<Settlement, 'dropped'>> {
  const outcomes = new Map<Item, Outcome>();
  const ops: Op[] = [];
  for (const { event, ledger, leafIndex } of events) {
    const { block } = ledger;
    if (!('entryId' in event.args) && event.name !== 'BundleRefused') continue;
    const members = membersOf(desk, event);
    if ('reason' in event.args) {
      // The chain answers a second delivery with a refusal too; what is settled stays as it is.
      const refusal = { code: REFUSALS[event.args.reason] ?? `Refusal${event.args.reason}`, details: {} };
      for (const item of members)
        if (isOpen(item) && !outcomes.has(item))
          outcomes.set(item, { item, state: 'refused', refusal, block });
    } else if (leafIndex !== undefined && 'entryId' in event.args) {
      for (const item of members)
        if (isOpen(item) && !outcomes.has(item)) outcomes.set(item, recorded(item, event, leafIndex, block));
      if (!members.some(({ entryId }) => entryId === (event.args as { entryId: Hex }).entryId))
        ops.push(foreignRow(event, event.args.entryId, leafIndex, block));
      if (event.name === 'BatchAnchored' && members.length > 0)
        ops.push(...(await proofsAgain(desk, event.args.entryId, members)));
    }
  }
  for (const outcome of outcomes.values())
    if (outcome.state === 'final' && outcome.elsewhere)
      ops.push({ type: 'put', key: UNUSED + outcome.item.entryId, value: true });
  ops.push(...outcomeOps([...outcomes.values()]), { type: 'put', key: SETTLED, value: { block: until } });
  return {
    ops,
    committed: () => {
      settleItems(desk, [...outcomes.values()]);
      desk.settledBlock = until;
    },
  };
}

/** A bundle is named by its digest, a batch by its id; both stand for all that they carry. */
function membersOf(desk: Desk, { args }: DecodedEvent): readonly Item[] {
  if ('digest' in args && 'reason' in args) return desk.units.get(args.digest) ?? [];
  if (!('entryId' in args)) return [];
  const item = desk.open.get(args.entryId);
  return item !== undefined ? [item] : (desk.units.get(args.entryId) ?? []);
}

/** The rows of proofs are those of the bytes that were stored last; the chain may have taken earlier ones, with another batch. */
async function proofsAgain(desk: Desk, id: Hex, members: readonly Item[]): Promise<Op[]> {
  const { transaction } = members[0]!;
  if (transaction === undefined || transaction.units.some((unit) => unit.id === id)) return [];
  const submissions = members.map(({ submission }) => submission as AttestationSubmission);
  return attestedOps(id, members, await buildTree(submissions, desk.chainId, desk.contracts.Attestations));
}

/**
 * The id is taken. It is ours if the chain holds under it what was submitted here. What differs only by its commitment is most
 * likely the same request, sent to two gateways: each salts anew, so that nobody can tell, and the caller is told so.
 * Anything else can never be recorded.
 */
function recorded(item: Item, event: DecodedEvent, leafIndex: number, block: number): Outcome {
  if (holds(event, item.submission)) return { item, state: 'final', leafIndex, block };
  const { submission } = item;
  if (
    event.name === 'EntryRecorded' &&
    submission.to === 'records' &&
    holds({ ...event, args: { ...event.args, commitment: submission.commitment } }, submission)
  )
    return { item, state: 'final', leafIndex, block, elsewhere: true };
  return { item, state: 'refused', refusal: { code: 'DuplicateEntry', details: { leafIndex } }, block };
}

function holds(event: DecodedEvent, submission: Submission): boolean {
  switch (event.name) {
    case 'EntryRecorded': {
      const { args } = event;
      return (
        submission.to === 'records' &&
        args.commitment === submission.commitment &&
        args.subject === submission.subject &&
        args.refersTo === submission.refersTo &&
        args.schema === nameToBytes32(submission.schema) &&
        args.service === nameToBytes32(submission.service) &&
        args.kind === ENTRY_KINDS.indexOf(submission.kind) + 1 &&
        args.occurredAt === submission.occurredAtSec
      );
    }
    case 'BallotCast':
      return submission.to === 'casts' && BigInt(event.args.choices) === BigInt(submission.choices);
    case 'PollCreated':
      return (
        submission.to === 'polls' &&
        event.args.content === submission.content &&
        event.args.opensAt === submission.opensAtSec &&
        event.args.closesAt === submission.closesAtSec
      );
    case 'RollFrozen':
      return submission.to === 'rolls' && BigInt(event.args.root) === BigInt(submission.root);
    case 'AttestationStatusChanged':
      return (
        submission.to === 'attestation-status' &&
        event.args.batchId === submission.batchId &&
        event.args.status === ATTESTATION_STATUSES.indexOf(submission.status) &&
        String(event.args.indexes) === String(submission.indexes)
      );
    case 'BatchAnchored':
      return submission.to === 'attestations';
    default:
      return false;
  }
}

/** Recorded through another gateway, or before this store began: a second submission must find the id taken. */
function foreignRow(event: DecodedEvent, entryId: Hex, leafIndex: number, block: number): Op {
  const { args } = event;
  const author = 'organisation' in args ? args.organisation : 'issuer' in args ? args.issuer : undefined;
  const value: EntryRow = {
    state: 'final',
    leafIndex,
    block,
    ...('service' in args && { service: nameOf(args.service) }),
    ...(author !== undefined && { organisation: nameOf(author) }),
  };
  return { type: 'put', key: entryKey(entryId), value };
}

/** Others may write names by other rules. */
function nameOf(word: Hex): string {
  try {
    return bytes32ToName(word);
  } catch {
    return word;
  }
}

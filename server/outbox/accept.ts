/** Takes submissions in: nothing is answered before it is on the disk. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Op } from '../store/level.ts';
import { checkGroup } from './check.ts';
import { isMember } from './claims.ts';
import type { Desk } from './desk.ts';
import { worksOf } from './load.ts';
import type { Reservations } from './reservations.ts';
import { type AcceptedRow, acceptedKey, type EntryRow, entryKey, type Group } from './rows.ts';
import { EntriesTaken } from './taken.ts';
import type { Accepted, Item } from './work.ts';

const MAX_RETRY_AFTER_SEC = 60;

export type Accept = (request: {
  readonly groups: readonly Group[];
  readonly ops: readonly Op[];
}) => Promise<Hex[]>;

export function acceptGroups(desk: Desk, firstSeq: number, reservations: Reservations): Accept {
  let nextSeq = firstSeq;
  const startedAtMs = desk.nowMs();

  /** Time in which the queue empties by half at the rate so far. */
  function mustHaveRoom(): void {
    if (desk.open.size + reservations.size <= desk.limits.open) return;
    const perSec = (1_000 * desk.settledCount) / Math.max(1, desk.nowMs() - startedAtMs);
    const seconds = Math.ceil(desk.limits.open / 2 / Math.max(perSec, 1));
    throw new AppError('QUEUE_FULL', { retryAfterSec: Math.min(MAX_RETRY_AFTER_SEC, Math.max(1, seconds)) });
  }

  async function mustHaveKeys(groups: readonly Group[]): Promise<void> {
    const organisations = new Set<string>();
    for (const { submissions, authorisation } of groups)
      for (const submission of submissions)
        if (authorisation === undefined && submission.to !== 'casts')
          organisations.add(submission.organisation);
    for (const organisation of organisations)
      if ((await desk.signerOf(organisation)) === undefined)
        throw new AppError('KEY_MISSING', { organisation });
  }

  /** @throws AppError ENTRY_ELSEWHERE; those of a gateway that does not get an answer */
  async function claimMembers(items: readonly Item[]): Promise<void> {
    const members = items.filter(isMember).map(({ entryId }) => entryId);
    if (members.length === 0) return;
    const taken = await desk.claim(members);
    mustBeFree(taken.map((one) => new AppError('ENTRY_ELSEWHERE', { ...one })));
  }

  return async ({ groups, ops }) => {
    for (const group of groups) {
      checkGroup(group);
      const { deadlineSec } = group;
      if (deadlineSec !== undefined && deadlineSec * 1_000 < desk.nowMs())
        throw new AppError('DEADLINE_PASSED', { deadlineSec });
    }
    await mustHaveKeys(groups);
    const accepted: Accepted = { seq: nextSeq++, atMs: desk.nowMs(), open: 0 };
    const works = worksOf({ groups }, accepted);
    const items = works.flatMap((work) => work.items);
    const entryIds = items.map(({ entryId }) => entryId);
    const unique = new Set(entryIds);
    if (unique.size < entryIds.length)
      throw new AppError('SUBMISSION_INVALID', { reason: 'the same entry twice' });
    const takeIn = async () => {
      mustBeFree(items.filter(({ entryId }) => desk.open.has(entryId)).map(existing));
      mustHaveRoom();
      const rows = await desk.store.getMany<EntryRow>(entryIds.map(entryKey));
      mustBeFree(
        items.filter((item, i) => rows[i] !== undefined && !mayComeAgain(item, rows[i])).map(existing),
      );
      await claimMembers(items);
      const again = items.filter((_, i) => rows[i] !== undefined);
      const row: AcceptedRow = { atMs: accepted.atMs, groups };
      desk.fault('before-accept-commit');
      await desk.store.commit([
        ...ops,
        { type: 'put', key: acceptedKey(accepted.seq), value: row },
        ...again.map(({ entryId }): Op => ({ type: 'del', key: entryKey(entryId) })),
      ]);
      desk.fault('after-accept-commit');
      accepted.open = items.length;
      for (const item of items) desk.open.set(item.entryId, item);
      for (const work of works) {
        if (work.deadlineSec !== undefined) desk.deadlines.add(work);
        desk.queue.push(work);
      }
    };
    // A request that lost the race finds what became of the winner.
    await reservations.hold(entryIds, () => desk.arrivals.hold(entryIds, takeIn));
    desk.pump();
    return entryIds;
  };
}

/** A ballot's id belongs to its voter and not to a request: one that the chain refused may be cast again, as a new entry. */
function mayComeAgain({ submission }: Item, { state }: EntryRow): boolean {
  return submission.to === 'casts' && state === 'refused';
}

function existing({ entryId }: Item): AppError {
  return new AppError('ENTRY_EXISTS', { entryId });
}

function mustBeFree([first, ...others]: readonly AppError[]): void {
  if (first !== undefined) throw new EntriesTaken([first, ...others]);
}

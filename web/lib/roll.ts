/** The roll that an official is asked to freeze, made again on the own device from its members. */
import type { Hex } from '../../server/core/bytes.ts';
import { askJson } from './api.ts';
import type { VotingMembersAnswer } from './client/services.generated.ts';

export interface OwnRoll {
  /** Decimal. */
  readonly root: string;
  readonly size: number;
}

/** To be asked once enrolment is closed. @param onMore hears how many members have been hashed */
export async function rollOf(pollId: Hex, onMore: (n: number) => void): Promise<OwnRoll> {
  const members: bigint[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: VotingMembersAnswer = await askJson(
      `/v1/voting/polls/${pollId}/members${after === '' ? '' : `?after=${after}`}`,
    );
    members.push(...page.members.map(BigInt));
    after = page.next;
  }
  return rollOfMembers(members, onMore);
}

/** @throws AppError ROLL_INVALID when one stands there twice or out of order */
async function rollOfMembers(members: readonly bigint[], onMore: (n: number) => void): Promise<OwnRoll> {
  const { assertRollOrder, CHUNK_LEAVES, chunkRootsOf, rollRootOf } = await import(
    '../../server/services/voting/roll.ts'
  );
  assertRollOrder(members);
  const roots: bigint[] = [];
  for (let at = 0; at < members.length; at += CHUNK_LEAVES) {
    roots.push(...chunkRootsOf(members.slice(at, at + CHUNK_LEAVES)));
    onMore(Math.min(members.length, at + CHUNK_LEAVES));
    // Hashing takes a tenth of a second for each thousand: the page goes on moving.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { root: rollRootOf(roots).toString(), size: members.length };
}

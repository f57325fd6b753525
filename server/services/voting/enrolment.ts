/**
 * What only this gateway knows of a poll before its roll is frozen, and the roll it then made. Nothing here names a person, and
 * nothing links a code to the voting key that was enrolled with it:
 * - `draft/<pollId>`                 {@link Draft}
 * - `own/<organisation>/<pollId>`    true
 * - `image/<pollId>/<option>`        picture of an option as a data URL
 * - `code/<pollId>/<reference>`      {@link CodeRow}, by keyed hash of the code
 * - `member/<pollId>/<commitment>`   true, commitment as 64 hexadecimal digits: key order is the roll's order
 * - `roll/<pollId>`                  {@link RollRow}
 * - `chunk/<pollId>/<number>`        leaves of one chunk, decimal
 */
import type { Hex } from '../../core/bytes.ts';
import { type Plan, type Reading, row, rows } from '../define.ts';
import type { PollContent } from './records.ts';
import { CHUNK_LEAVES, chunkRootsOf, rollRootOf } from './roll.ts';

export interface Draft {
  readonly content: PollContent;
  readonly codes: number;
  readonly enrolled: number;
  readonly isEnrolmentClosed: boolean;
}

export interface CodeRow {
  readonly isUsed: boolean;
}

export interface RollRow {
  /** Decimal. */
  readonly root: string;
  readonly size: number;
  readonly chunkRoots: readonly string[];
  /** First leaf of each chunk: a device finds its own chunk without telling which. */
  readonly firstLeaves: readonly string[];
}

type LocalRow = NonNullable<Plan['local']>[number];

const LOCAL = 'local:voting/';
const PAGE = 1_000;

export const chunkRange = (pollId: Hex): string => `${LOCAL}chunk/${pollId}/`;
const chunkKey = (pollId: Hex, chunk: number) => chunkRange(pollId) + String(chunk).padStart(4, '0');
const memberRange = (pollId: Hex) => `${LOCAL}member/${pollId}/`;
export const draftKey = (pollId: Hex): string => `${LOCAL}draft/${pollId}`;
export const ownKey = (organisation: string, pollId: Hex): string => `${LOCAL}own/${organisation}/${pollId}`;
export const imageKey = (pollId: Hex, option: number): string => `${LOCAL}image/${pollId}/${option}`;
export const codeKey = (pollId: Hex, reference: Hex): string => `${LOCAL}code/${pollId}/${reference}`;
export const memberKey = (pollId: Hex, commitment: string): string =>
  memberRange(pollId) + BigInt(commitment).toString(16).padStart(64, '0');

export function* draftRow(pollId: Hex): Reading<Draft | undefined> {
  return yield* row<Draft>(draftKey(pollId));
}

/** Polls that the organisation created here, in no particular order. */
export function* ownPolls(organisation: string, limit: number, after?: Hex): Reading<readonly Hex[]> {
  const range = `${LOCAL}own/${organisation}/`;
  const found = yield* rows<true>(range, limit, after === undefined ? undefined : range + after);
  return found.map(({ key }) => key.slice(range.length) as Hex);
}

/** Members so far, in the roll's order. */
export function* membersOf(pollId: Hex): Reading<readonly bigint[]> {
  const members: bigint[] = [];
  for (;;) {
    const page = yield* someMembers(pollId, PAGE, members.at(-1));
    members.push(...page);
    if (page.length < PAGE) return members;
  }
}

/** @param after the last member already known */
export function* someMembers(pollId: Hex, limit: number, after?: bigint): Reading<readonly bigint[]> {
  const range = memberRange(pollId);
  const last = after === undefined ? undefined : memberKey(pollId, after.toString());
  const page = yield* rows<true>(range, limit, last);
  return page.map(({ key }) => BigInt(`0x${key.slice(range.length)}`));
}

export function rollRowOf(leaves: readonly bigint[]): RollRow {
  const chunkRoots = chunkRootsOf(leaves);
  return {
    root: rollRootOf(chunkRoots).toString(),
    size: leaves.length,
    chunkRoots: chunkRoots.map(String),
    firstLeaves: chunkRoots.map((_, chunk) => leaves[chunk * CHUNK_LEAVES]!.toString()),
  };
}

export function rollRows(pollId: Hex, leaves: readonly bigint[], roll: RollRow): LocalRow[] {
  const chunks = roll.chunkRoots.map((_, chunk) => ({
    key: chunkKey(pollId, chunk),
    value: leaves.slice(chunk * CHUNK_LEAVES, (chunk + 1) * CHUNK_LEAVES).map(String),
  }));
  return [...chunks, { key: `${LOCAL}roll/${pollId}`, value: roll }];
}

export function* rollRow(pollId: Hex): Reading<RollRow | undefined> {
  return yield* row<RollRow>(`${LOCAL}roll/${pollId}`);
}

export function* chunkRow(pollId: Hex, chunk: number): Reading<readonly string[] | undefined> {
  return yield* row<readonly string[]>(chunkKey(pollId, chunk));
}

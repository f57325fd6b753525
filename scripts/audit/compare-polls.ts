/** What this gateway publishes of polls, text, pictures and roll, against what the chain bound every ballot to. */
import type { EventArgs, RecordedEvent } from '../../server/core/abi.ts';
import { toHex } from '../../server/core/bytes.ts';
import { contentHash, sha256 } from '../../server/core/hash.ts';
import {
  chunkRange,
  type Draft,
  draftKey,
  imageKey,
  rollRowOf,
} from '../../server/services/voting/enrolment.ts';
import { imageOf } from '../../server/services/voting/records.ts';
import type { Store } from '../../server/store/level.ts';
import { pages } from './compare-rows.ts';
import { type CheckReport, Comparison } from './finding.ts';

/** A poll of another gateway has no text here: nothing is claimed of it. */
export async function comparePolls(kept: Store, events: readonly RecordedEvent[]): Promise<CheckReport> {
  const comparison = new Comparison('polls');
  for (const event of events) {
    if (event.name === 'PollCreated') await compareText(comparison, kept, event.args);
    if (event.name === 'RollFrozen') await compareRoll(comparison, kept, event.args);
  }
  return comparison.report();
}

async function compareText(
  comparison: Comparison,
  kept: Store,
  { entryId: pollId, content }: EventArgs['PollCreated'],
): Promise<void> {
  const draft = await kept.get<Draft>(draftKey(pollId));
  if (draft === undefined) return;
  comparison.equal(`text of poll ${pollId}`, content, contentHash(draft.content));
  for (const [option, { image }] of draft.content.options.entries()) {
    if (image === undefined) continue;
    const shown = imageOf((await kept.get<string>(imageKey(pollId, option))) ?? '');
    const where = `picture of option ${option} of poll ${pollId}`;
    comparison.equal(where, image.sha256, shown && toHex(sha256(shown.bytes)));
  }
}

async function compareRoll(
  comparison: Comparison,
  kept: Store,
  { pollId, root, size }: EventArgs['RollFrozen'],
): Promise<void> {
  const leaves: bigint[] = [];
  for await (const { value } of pages<readonly string[]>(kept, chunkRange(pollId)))
    leaves.push(...value.map(BigInt));
  if (leaves.length === 0) return;
  comparison.equal(`roll of poll ${pollId}`, { root, size }, rootOf(leaves));
}

function rootOf(leaves: readonly bigint[]): { root: string; size: number } | string {
  try {
    const { root, size } = rollRowOf(leaves);
    return { root, size };
  } catch {
    return 'no roll: members out of order, twice, or none';
  }
}

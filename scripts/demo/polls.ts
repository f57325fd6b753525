/** Real polls, and one of them replayed: every ballot with a zero-knowledge proof of its own, counted by the chain. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from '../../server/core/bytes.ts';
import type { Client } from '../../web/lib/client/client.ts';
import { type BallotOrder, commitmentOfKey, newVotingKey } from '../../web/lib/prove.ts';
import { showProgress } from '../lib/progress.ts';
import { proveAll } from '../lib/prover.ts';
import type { Outcome } from './outcome.ts';

interface PollFacts {
  readonly id: string;
  readonly title: { readonly ko: string; readonly en: string };
  readonly choose: { readonly min: number; readonly max: number };
  readonly options: readonly { readonly id: string; readonly ko: string; readonly en?: string }[];
  readonly optionsCount?: number;
  readonly replay?: Readonly<Record<string, number>>;
}

const FACTS: readonly PollFacts[] = JSON.parse(
  readFileSync(new URL('./data/polls.json', import.meta.url), 'utf8'),
).polls;
const OPEN_FOR_MS = 24 * 3600 * 1000;
const AT_ONCE = 32;

export async function replayPolls(
  official: Client,
  citizen: Client,
  ballots: number | 'all',
): Promise<Outcome> {
  const entryIds: string[] = [];
  const tallies: string[] = [];
  let isRight = true;
  for (const facts of FACTS) {
    const { pollId } = await createPoll(official, facts);
    entryIds.push(pollId);
    if (facts.replay === undefined) continue;
    const expected = proportional(Object.values(facts.replay), ballots);
    const cast = await runPoll(official, citizen, facts, pollId, expected);
    entryIds.push(...cast.entryIds);
    const { turnout, tally } = await citizen.voting.poll({ pollId });
    const total = expected.reduce((sum, count) => sum + count, 0);
    isRight &&= turnout === total && tally.join() === expected.join();
    tallies.push(`${tally.join(':')} of ${turnout}, input ${expected.join(':')} of ${total}`);
  }
  return { name: 'polls', entryIds, isRight, says: `${FACTS.length} polls; tally ${tallies.join('; ')}` };
}

function createPoll(official: Client, facts: PollFacts): Promise<{ readonly pollId: Hex }> {
  const unknown = (facts.optionsCount ?? facts.options.length) - facts.options.length;
  const unpublished = Array.from({ length: unknown }, (_, i) => {
    const number = facts.options.length + i + 1;
    return { ko: `${number}번 후보(이름 미공개)`, en: `Story ${number} (name not published)` };
  });
  return official.voting.createPoll(
    {
      title: facts.title,
      options: [
        ...facts.options.map(({ ko, en }) => (en === undefined ? { ko } : { ko, en })),
        ...unpublished,
      ],
      minChoices: facts.choose.min,
      maxChoices: facts.choose.max,
      opensAt: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
      closesAt: new Date(Math.floor((Date.now() + OPEN_FOR_MS) / 1000) * 1000).toISOString(),
    },
    { waitSec: 30 },
  );
}

/** All counts at full size, or `ballots` shared out by the largest remainders. */
function proportional(counts: readonly number[], ballots: number | 'all'): number[] {
  if (ballots === 'all') return [...counts];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count * ballots) / total);
  const shares = exact.map(Math.floor);
  const order = exact.map((_, i) => i).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!));
  const missing = ballots - shares.reduce((sum, share) => sum + share, 0);
  for (const i of order.slice(0, missing)) shares[i]! += 1;
  return shares;
}

async function runPoll(
  official: Client,
  citizen: Client,
  facts: PollFacts,
  pollId: Hex,
  counts: readonly number[],
): Promise<{ entryIds: string[] }> {
  const choices = counts.flatMap((count, option) => Array<number>(count).fill(option));
  const keys = choices.map(() => newVotingKey());
  await enrolAll(official, citizen, pollId, keys);
  await official.voting.openPoll({ pollId }, { waitSec: 30 });
  const orders = await ballotOrders(citizen, pollId, keys, choices);
  const proving = showProgress(`${facts.id}: proving`, orders.length);
  const proven = await proveAll(orders, () => proving.add());
  proving.done();
  const casting = showProgress(`${facts.id}: casting`, proven.length);
  const entryIds = await inParallel(proven, async (ballot) => {
    const { entryId } = await citizen.voting.cast(ballot, { waitSec: 30 });
    casting.add();
    return entryId;
  });
  casting.done();
  return { entryIds };
}

/** Every citizen gets a one-time code on paper and enrols a key that was made on the own device. */
async function enrolAll(
  official: Client,
  citizen: Client,
  pollId: Hex,
  keys: readonly string[],
): Promise<void> {
  const codes = keys.map(() => randomBytes(10).toString('hex').toUpperCase());
  await official.voting.importCodes({ pollId, codes });
  await inParallel(keys, (key, i) =>
    citizen.voting.enrol({ pollId, code: codes[i]!, commitment: commitmentOfKey(key) }),
  );
}

async function ballotOrders(
  citizen: Client,
  pollId: Hex,
  keys: readonly string[],
  choices: readonly number[],
): Promise<BallotOrder[]> {
  const { chainId, contracts } = await citizen.trust();
  const poll = await citizen.voting.poll({ pollId });
  const roll = await citizen.voting.roll({ pollId });
  const chunks = await Promise.all(
    roll.chunkRoots.map((_, i) => citizen.voting.rollChunk({ pollId, chunk: i })),
  );
  const leaves = chunks.map((chunk) => chunk.leaves.map(BigInt));
  if (poll.opensAtSec > poll.nowSec) await sleep(1000 * (poll.opensAtSec - poll.nowSec));
  return keys.map((votingKey, i) => {
    const commitment = BigInt(commitmentOfKey(votingKey));
    const index = leaves.findIndex((chunk) => chunk.includes(commitment));
    return {
      votingKey,
      place: { chainId, contract: contracts.Ballots, pollId },
      choices: [choices[i]!],
      rollRoot: BigInt(roll.root),
      chunk: { index, leaves: leaves[index]! },
      chunkRoots: roll.chunkRoots.map(BigInt),
    };
  });
}

/** As many at once as a busy evening would bring. */
async function inParallel<T, R>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await run(items[i]!, i);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

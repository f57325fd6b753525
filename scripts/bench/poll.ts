/** An open poll at the gateway with a ballot proven for everybody on its roll. */
import type { Hex } from '../../server/core/bytes.ts';
import { type Client, createClient } from '../../web/lib/client/client.ts';
import { type BallotOrder, commitmentOfKey, newVotingKey, type ProvenBallot } from '../../web/lib/prove.ts';
import { proveAll } from '../lib/prover.ts';
import type { BenchGateway } from './gateway.ts';
import { closedLoop } from './load.ts';
import { timed } from './measure.ts';

export interface OpenPoll {
  readonly orders: readonly BallotOrder[];
  readonly ballots: readonly ProvenBallot[];
  readonly provenPerSec: number;
}

const OPTIONS = 3;
const AT_ONCE = 16;
const DAY_MS = 24 * 3600 * 1000;

export async function openPoll(
  gateway: Pick<BenchGateway, 'url' | 'key'>,
  voters: number,
): Promise<OpenPoll> {
  const official = createClient({ url: gateway.url, apiKey: gateway.key });
  const { pollId } = await official.voting.createPoll(
    {
      title: { ko: '성능 시험', en: 'Bench' },
      options: Array.from({ length: OPTIONS }, (_, i) => ({ ko: `선택지 ${i + 1}` })),
      opensAt: wholeSeconds(Date.now()),
      closesAt: wholeSeconds(Date.now() + DAY_MS),
    },
    { waitSec: 30 },
  );
  const keys = Array.from({ length: voters }, newVotingKey);
  const codes = keys.map((_, i) => String(100_000_000 + i));
  await official.voting.importCodes({ pollId, codes });
  await closedLoop(voters, AT_ONCE, (i) =>
    official.voting.enrol({ pollId, code: codes[i]!, commitment: commitmentOfKey(keys[i]!) }),
  );
  await official.voting.openPoll({ pollId }, { waitSec: 30 });
  const orders = await ordersFor(official, pollId, keys);
  const { seconds, result } = await timed(() => proveAll(orders));
  return { orders, ballots: result, provenPerSec: voters / seconds };
}

async function ordersFor(client: Client, pollId: Hex, keys: readonly string[]): Promise<BallotOrder[]> {
  const { chainId, contracts } = await client.trust();
  const { root, chunkRoots } = await client.voting.roll({ pollId });
  // Fewer voters than one chunk of the roll holds.
  const { leaves } = await client.voting.rollChunk({ pollId, chunk: 0 });
  return keys.map((votingKey, i) => ({
    votingKey,
    place: { chainId, contract: contracts.Ballots, pollId },
    choices: [i % OPTIONS],
    rollRoot: BigInt(root),
    chunk: { index: 0, leaves: leaves.map(BigInt) },
    chunkRoots: chunkRoots.map(BigInt),
  }));
}

function wholeSeconds(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString();
}

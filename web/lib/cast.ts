/** From a choice to an acknowledged ballot: roll, proof in a worker, sending until the gateway has it. */
import type { Hex } from '../../server/core/bytes.ts';
import { ApiError, askJson } from './api.ts';
import type { VotingRollAnswer, VotingRollChunkAnswer } from './client/services.generated.ts';
import { askBallots, type Poll } from './polls.ts';
import type { BallotOrder, ProvenBallot } from './prove.ts';
import type { ProveAnswer, ProveRequest } from './prove-worker.ts';
import { trustAtHand } from './trust.ts';
import { keepVoter, type Voter } from './voter.ts';
import { commitmentOfKey } from './voting-key.ts';

export type CastStep =
  | { readonly at: 'roll' }
  | { readonly at: 'load'; readonly loadedBytes: number }
  | { readonly at: 'prove' }
  | { readonly at: 'send' }
  | { readonly at: 'queued' };

/** Circuit and key of depth 20 together, uncompressed. */
export const PROVER_BYTES = 5_740_000;

export class CastFailed extends Error {
  override readonly name = 'CastFailed';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

let worker: Worker | undefined;

function prover(): Worker {
  worker ??= new Worker(new URL('./prove-worker.ts', import.meta.url), { type: 'module' });
  return worker;
}

const folder = () => `${location.origin}/semaphore/`;

/** Fetches the prover's files while the voter is still reading. */
export function warmUp(): void {
  prover().postMessage({ folder: folder() } satisfies ProveRequest);
}

export async function proveChoice(
  poll: Poll,
  voter: Voter,
  choices: readonly number[],
  onStep: (step: CastStep) => void,
): Promise<ProvenBallot> {
  onStep({ at: 'roll' });
  const order = await orderOf(poll, voter, choices);
  return new Promise((resolve, reject) => {
    const at = prover();
    at.onmessage = ({ data }: MessageEvent<ProveAnswer>) => {
      if (data.kind === 'loading') onStep({ at: 'load', loadedBytes: data.loadedBytes });
      if (data.kind === 'proving') onStep({ at: 'prove' });
      if (data.kind === 'proven') resolve(data.ballot);
      if (data.kind === 'failed') reject(new CastFailed(data.code, data.message));
    };
    at.onerror = (event) => reject(new CastFailed('PROOF_FAILED', event.message));
    at.postMessage({ folder: folder(), order } satisfies ProveRequest);
  });
}

/** Keeps the ballot on the device until the gateway has answered for it. */
export async function sendBallot(
  pollId: Hex,
  voter: Voter,
  ballot: ProvenBallot,
  onStep: (step: CastStep) => void,
  signal: AbortSignal,
): Promise<Hex> {
  keepVoter(pollId, { ...voter, waiting: ballot });
  for (;;) {
    onStep({ at: 'send' });
    try {
      const entryId = await sendOnce(ballot);
      keepVoter(pollId, { votingKey: voter.votingKey, entryId });
      return entryId;
    } catch (error) {
      if (!isPassing(error)) {
        const known =
          error instanceof CastFailed && error.code === 'ALREADY_CAST'
            ? { entryId: error.message as Hex }
            : {};
        keepVoter(pollId, { votingKey: voter.votingKey, ...known });
        throw error;
      }
      onStep({ at: 'queued' });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      signal.throwIfAborted();
    }
  }
}

async function sendOnce(ballot: ProvenBallot): Promise<Hex> {
  try {
    const { entryId } = await askJson<{ entryId: Hex }>('/v1/voting/cast', {
      method: 'POST',
      body: ballot,
      headers: { 'idempotency-key': keyOf(ballot) },
      isAnonymous: true,
    });
    return entryId;
  } catch (error) {
    const isCast = error instanceof ApiError && error.problem.code === 'BALLOT_ALREADY_CAST';
    const entryId = isCast ? error.problem.details?.entryId : undefined;
    if (typeof entryId !== 'string') throw error;
    if (await isCounted(ballot, entryId as Hex)) return entryId as Hex;
    throw new CastFailed('ALREADY_CAST', entryId);
  }
}

/** The same ballot sent twice is the same request; a new proof, made after a refusal, is another one. */
function keyOf({ nullifier, proof }: ProvenBallot): string {
  return `ballot-${nullifier.slice(0, 45)}-${proof[0]?.slice(0, 45)}`;
}

/** Whether the ballot on record chooses the same: another device with the same key may have been faster. */
async function isCounted({ pollId, choices }: ProvenBallot, entryId: Hex): Promise<boolean> {
  const ballots = await askBallots(pollId, () => undefined);
  return ballots.find((one) => one.entryId === entryId)?.choices.join() === choices.join();
}

/** No network, a full queue or a restarting gateway: worth waiting for. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.problem.status === undefined || error.problem.status >= 500 || error.problem.status === 429)
  );
}

/** Only the chunk that holds the own leaf is asked for: the question tells "one of these 1,024". */
async function orderOf(poll: Poll, voter: Voter, choices: readonly number[]): Promise<BallotOrder> {
  const ask = <T>(path: string) => askJson<T>(path, { isAnonymous: true });
  const { trust } = await trustAtHand();
  const roll = await ask<VotingRollAnswer>(`/v1/voting/polls/${poll.pollId}/roll`);
  const commitment = BigInt(await commitmentOfKey(voter.votingKey));
  const index = roll.firstLeaves.findLastIndex((leaf) => BigInt(leaf) <= commitment);
  if (index < 0 || poll.roll === null) throw new CastFailed('NOT_ON_ROLL', 'below the first leaf');
  const { leaves } = await ask<VotingRollChunkAnswer>(`/v1/voting/polls/${poll.pollId}/roll/${index}`);
  return {
    votingKey: voter.votingKey,
    place: { chainId: trust.chainId, contract: trust.contracts.Ballots, pollId: poll.pollId },
    choices: choices.toSorted((a, b) => a - b),
    rollRoot: BigInt(poll.roll.root),
    chunk: { index, leaves: leaves.map(BigInt) },
    chunkRoots: roll.chunkRoots.map(BigInt),
  };
}

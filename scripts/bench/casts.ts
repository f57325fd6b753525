/**
 * Anonymous ballots, each with a proof that the chain verifies. A proof holds for one poll on one chain: the same ballots go
 * first to copies of the chain, without the gateway, then through the gateway.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { castCalldata } from '../../server/chain/calldata.ts';
import { signTransaction } from '../../server/chain/transaction.ts';
import { interfaces } from '../../server/core/abi.ts';
import type { Hex } from '../../server/core/bytes.ts';
import type { CastSubmission } from '../../server/core/submission.ts';
import { maskOf } from '../../server/services/voting/ballot.ts';
import type { ProvenBallot } from '../../web/lib/prove.ts';
import { benchSigner, type City, EMBEDDED_GAS, startChain } from './city.ts';
import { benchGateway } from './gateway.ts';
import { closedLoop } from './load.ts';
import type { Bench, Measure, Row } from './measure.ts';
import { openPoll } from './poll.ts';
import { type Lane, sendAll } from './send.ts';
import { through } from './through.ts';

const AT_ONCE = 32;
/** What the chain's cap on gas lets into one transaction. */
const PER_TRANSACTION = 40;
const LIMIT = 'casts.presigned';
export const CAST = interfaces.Ballots.getEvent('BallotCast')!.topicHash;

export const casts: Measure = {
  id: 'casts',
  what: 'anonymous ballots: proofs, the chain alone, and through HTTP',
  async run(bench) {
    const gateway = await benchGateway(bench);
    bench.say(`proving ${bench.counts.casts} ballots`);
    const { orders, ballots, provenPerSec } = await openPoll(gateway, bench.counts.casts);
    await gateway.process().stop();
    const contract = orders[0]!.place.contract;
    const alone = await onCopy(bench, gateway.data, contract, ballots, 1);
    const batched = await onCopy(bench, gateway.data, contract, ballots, PER_TRANSACTION);
    await gateway.restart();
    bench.say(`casting ${ballots.length} through HTTP`);
    const bodies = ballots.map((ballot) => JSON.stringify(ballot));
    const { recorded, seconds, ...times } = await through(gateway.load, () =>
      closedLoop(bodies.length, AT_ONCE, (i) => gateway.load.post('/v1/voting/cast', bodies[i]!)),
    );
    return [
      {
        id: 'casts.proofs',
        what: 'ballots proven, all processors',
        count: ballots.length,
        value: provenPerSec,
        unit: '/s',
      },
      rate(LIMIT, `casts presigned, up to ${PER_TRANSACTION} per transaction`, batched),
      {
        id: 'casts.http',
        what: `ours, casts through HTTP, ${AT_ONCE} at once`,
        count: recorded,
        value: recorded / seconds,
        unit: '/s',
        ...times,
        limits: [LIMIT],
        budgets: [{ on: 'value', atLeast: 50 }],
      },
      gas('gas.cast-1', 'gas of a cast, 1 per transaction', alone),
      gas(`gas.cast-${PER_TRANSACTION}`, `gas of a cast, up to ${PER_TRANSACTION} per transaction`, batched),
    ];
  },
};

interface OnCopy {
  readonly count: number;
  readonly seconds: number;
  readonly gas: number;
}

async function onCopy(
  bench: Bench,
  data: string,
  contract: Hex,
  ballots: readonly ProvenBallot[],
  perTransaction: number,
): Promise<OnCopy> {
  const folder = join(await bench.folder('copy'), 'chain');
  await cp(join(data, 'chain'), folder, { recursive: true });
  const network = await startChain(bench, folder);
  const { seconds, gas, events } = await sendAll(
    network,
    [await castLane({ network, gas: EMBEDDED_GAS }, contract, ballots, perTransaction)],
    10,
  );
  return { count: events.filter(({ topics }) => topics[0] === CAST).length, seconds, gas };
}

export async function castLane(
  { network, gas }: Pick<City, 'network' | 'gas'>,
  to: Hex,
  ballots: readonly ProvenBallot[],
  perTransaction: number,
): Promise<Lane> {
  const submissions = ballots.map(submission);
  const signer = benchSigner(`casts ${perTransaction}`);
  const transactions = [];
  for (let at = 0; at < submissions.length; at += perTransaction) {
    const part = submissions.slice(at, at + perTransaction);
    transactions.push(
      await signTransaction(signer, {
        chainId: network.chainId,
        nonce: transactions.length,
        to,
        gas: gas.transaction + part.length * gas.cast,
        data: castCalldata(part),
      }),
    );
  }
  return { address: signer.address, transactions };
}

function submission({ pollId, choices, nullifier, proof }: ProvenBallot): CastSubmission {
  return { to: 'casts', pollId, choices: maskOf(choices).toString(), nullifier, proof };
}

function rate(id: string, what: string, { count, seconds }: OnCopy): Row {
  return { id, what, count, value: count / seconds, unit: '/s', limits: [id] };
}

function gas(id: string, what: string, { count, gas: total }: OnCopy): Row {
  return { id, what, count, value: total / count, unit: 'gas' };
}

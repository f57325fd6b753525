/** Gas of what is neither a record nor a cast, from receipts of a fresh chain. */
import {
  anchorCalldata,
  changeStatusCalldata,
  createPollsCalldata,
  freezeRollsCalldata,
} from '../../server/chain/calldata.ts';
import { signTransaction } from '../../server/chain/transaction.ts';
import { interfaces, REFUSAL_EVENTS } from '../../server/core/abi.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { entryIdOf } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import { digestOf, type ToSign, typedDataOf } from '../../server/core/typed-data.ts';
import { benchSigner, type City, hashOf, makeCity, ORGANISATION } from './city.ts';
import type { Measure } from './measure.ts';
import { sendAll } from './send.ts';

const REFUSALS = new Set(
  Object.values(interfaces).flatMap((contract) =>
    REFUSAL_EVENTS.flatMap((name) => contract.getEvent(name)?.topicHash ?? []),
  ),
);
const LEAVES = 1_000;
const NOW_SEC = Math.floor(Date.now() / 1000);
const batchKey = hashOf('batch');
const pollKey = hashOf('poll');
const idOf = (idempotency: Hex): Hex => entryIdOf(nameToBytes32(ORGANISATION), idempotency);

const common = { organisation: ORGANISATION, service: 'credentials' } as const;
const anchoring = {
  ...common,
  to: 'batch',
  schema: 'credentials.course.1',
  root: hashOf('root'),
  count: LEAVES,
  idempotency: batchKey,
} as const;
const revocation = {
  ...common,
  to: 'attestation-status',
  batchId: idOf(batchKey),
  indexes: [7],
  status: 'revoked',
  idempotency: hashOf('revocation'),
} as const;
const poll = {
  to: 'polls',
  organisation: ORGANISATION,
  content: hashOf('content'),
  options: 3,
  minChoices: 1,
  maxChoices: 1,
  opensAtSec: NOW_SEC,
  closesAtSec: NOW_SEC + 86_400,
  mode: 'open',
  idempotency: pollKey,
} as const;
const roll = {
  to: 'rolls',
  organisation: ORGANISATION,
  pollId: idOf(pollKey),
  root: '12345',
  size: LEAVES,
  idempotency: hashOf('roll'),
} as const;

export const gas: Measure = {
  id: 'gas',
  what: 'gas of attestations, status changes, polls and rolls',
  async run(bench) {
    const city = await makeCity(bench);
    const sign = async (item: ToSign) => ({
      key: city.author.key,
      signature: await city.author.sign(digestOf(typedDataOf(item, city.network.chainId, city.contracts))),
    });
    const { Attestations, Ballots } = city.contracts;
    const send = sender(city);
    // The first batch of an issuer pays for a fresh counter, so the second one is what a batch costs.
    const first = { ...anchoring, root: hashOf('first root'), idempotency: hashOf('first batch') };
    await send(Attestations, anchorCalldata([{ ...first, ...(await sign(first)) }]));
    const batch = await send(Attestations, anchorCalldata([{ ...anchoring, ...(await sign(anchoring)) }]));
    const change = await send(
      Attestations,
      changeStatusCalldata([{ ...revocation, ...(await sign(revocation)) }]),
    );
    const creation = await send(Ballots, createPollsCalldata([{ ...poll, ...(await sign(poll)) }]));
    const freezing = await send(Ballots, freezeRollsCalldata([{ ...roll, ...(await sign(roll)) }]));
    const row = (id: string, what: string, count: number, value: number) =>
      ({ id: `gas.${id}`, what, count, value, unit: 'gas' }) as const;
    return [
      {
        ...row('attestation', `gas of an attestation, ${LEAVES} per batch`, LEAVES, batch / LEAVES),
        budgets: [{ on: 'value', atMost: 100 }],
      },
      row('revocation', 'gas of a revocation', 1, change),
      row('poll', 'gas of a poll', 1, creation),
      row('roll', 'gas of a roll', 1, freezing),
    ];
  },
};

/** One transaction after another, each of one item. @throws Error when the contract refused */
function sender({ network }: City): (to: Hex, data: Hex) => Promise<number> {
  const signer = benchSigner('gas lane');
  let nonce = 0;
  return async (to, data) => {
    const signed = await signTransaction(signer, {
      chainId: network.chainId,
      nonce: nonce++,
      to,
      gas: 1_000_000,
      data,
    });
    const transactions = [signed];
    const { gas: used, events } = await sendAll(
      network,
      [{ address: signer.address, transactions, from: nonce - 1 }],
      1,
    );
    if (events.some(({ topics }) => REFUSALS.has(topics[0]!))) throw new Error('the chain refused it');
    return used;
  };
}

/** Processes that die, alone and together: rows R12, R13 and R34, and kill -9 of each kind of process at random. */

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { send } from '../../helpers/gateway.ts';
import { headOf } from '../books.ts';
import { type City, city, QUEUE_MAX, underLoad, until } from './city.ts';
import { randomsOf } from './randoms.ts';

const DEATHS = 12;
const LONGEST_MS = 2_000;

interface Mortal {
  start(): Promise<void>;
  kill(): Promise<void>;
}

describe('processes that die under load', () => {
  let all: City;

  before(async () => {
    all = await city();
  });

  it('loses and doubles nothing when validators, witnesses, the gateway and its standby are killed at random', async () => {
    const { network, standby } = all;
    const randoms = randomsOf('deaths');
    const kinds = [network.nodes, network.witnesses, network.gateways, [standby]] as const;
    await underLoad(all, async (clients) => {
      for (let death = 0; death < DEATHS; death++) {
        // Each kind is met as often as the others.
        const part = randoms.one<Mortal>(kinds[death % kinds.length]!);
        await part.kill();
        if (randoms.below(2) === 0) await pause(randoms.below(LONGEST_MS));
        await part.start();
        await clients.more(3);
      }
    });
  });

  it('goes on with three of four city servers', async () => {
    const { nodes, witnesses } = all.network;
    await underLoad(all, async (clients) => {
      await Promise.all([nodes[1]!.kill(), witnesses[1]!.kill()]);
      // Each of the others has its turn, and so has the dead one.
      await clients.receipted(40);
      await nodes[1]!.start();
      // A witness ends when its node does not answer yet.
      await witnesses[1]!.start();
    });
  });

  it('takes in what the queue holds while two of four are down, makes nothing final, and then catches up', async () => {
    const { nodes, witnesses, gateways } = all.network;
    const { url } = gateways[0]!;
    const left = nodes.slice(0, 2);
    const heads = () => Promise.all(left.map(({ rpcUrl }) => headOf(rpcUrl)));
    await underLoad(all, async (clients) => {
      await Promise.all([nodes[2]!, nodes[3]!, witnesses[2]!, witnesses[3]!].map((part) => part.kill()));
      clients.restMs = 0;
      const refused = () => clients.refusals.get('QUEUE_FULL') ?? 0;
      await until(() => refused() > 0 && clients.acknowledged.length >= QUEUE_MAX);
      await until(async () => (await send(`${url}/readyz`)).status === 503);
      // What was in flight at the kills comes a little later, and is seen by the clients later still.
      let before: readonly number[] = [];
      let receipts = -1;
      for (;;) {
        const [now, seen] = [await heads(), receiptedBy(clients)];
        if (String(now) === String(before) && seen === receipts) break;
        [before, receipts] = [now, seen];
        await clients.looked();
      }
      expect((await send(`${url}/v1/services`)).status).to.equal(200);
      const sofar = refused();
      await until(() => refused() > sofar + 100);
      expect(await heads()).to.deep.equal(before);
      expect(receiptedBy(clients)).to.equal(receipts);
      clients.restMs = 400;
      const startedAtMs = Date.now();
      await Promise.all([nodes[2]!, nodes[3]!].map((part) => part.start()));
      await until(async () => (await heads()).every((head, i) => head > before[i]!));
      console.log(
        `      blocks again ${Math.round((Date.now() - startedAtMs) / 1000)} s after the start of the two`,
      );
      await Promise.all([witnesses[2]!, witnesses[3]!].map((part) => part.start()));
      await until(async () => (await send(`${url}/readyz`)).status === 200);
    });
  });
});

function receiptedBy({
  journal,
}: {
  readonly journal: readonly { readonly shown: readonly string[] }[];
}): number {
  return journal.filter(({ shown }) => shown.at(-1) === 'receipted').length;
}

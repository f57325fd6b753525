/** Links that are slow, cut or answer no more: between the validators, and from the gateway to the nodes. Rows R14 and R15. */
import { expect } from 'chai';
import { ask } from '../../../scripts/network/rpc.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { headOf } from '../books.ts';
import { type City, city, endpointsOf, underLoad, until } from './city.ts';
import type { Link, Toxic } from './toxiproxy.ts';

const everyone = [0, 1, 2, 3];
const SILENCE: Toxic = { type: 'timeout', attributes: { timeout: 0 } };

describe('links that fail under load', () => {
  let all: City;

  before(async () => {
    all = await city();
  });

  /** Links between two groups of validators, both ways. */
  const between = (a: readonly number[], b: readonly number[]): Link[] =>
    a.flatMap((one) => b.flatMap((other) => [all.peers(one, other), all.peers(other, one)]));
  const each = (links: readonly Link[], act: (link: Link) => Promise<void>) => Promise.all(links.map(act));
  const headsOf = (numbers: readonly number[]) =>
    Promise.all(numbers.map((i) => headOf(all.network.nodes[i]!.rpcUrl)));

  it('turns from a node that is cut off from the others to one that is not', async () => {
    await underLoad(all, async (clients) => {
      const lonely = (await endpointsOf(all)).findIndex(({ isCurrent }) => isCurrent);
      const others = everyone.filter((i) => i !== lonely);
      await each(between([lonely], others), (link) => link.poison(SILENCE));
      await until(async () => !(await endpointsOf(all))[lonely]!.isCurrent);
      await clients.receipted(20);
      await each(between([lonely], others), (link) => link.heal());
    });
  });

  it('stands still when two validators are cut off from the other two, without a fork, and goes on when they meet', async () => {
    await underLoad(all, async (clients) => {
      const cut = between([0, 1], [2, 3]);
      await each(cut, (link) => link.poison(SILENCE));
      // What was under way when the links broke may still become a block, on either side; nothing may after that.
      let heads: readonly number[] = [];
      for (let now = await headsOf(everyone); String(now) !== String(heads); now = await headsOf(everyone)) {
        heads = now;
        await clients.more(30);
      }
      const shared = Math.min(...heads);
      const blocks = await Promise.all(
        all.network.nodes.map(({ rpcUrl }) =>
          ask<{ hash: Hex }>(rpcUrl, 'eth_getBlockByNumber', `0x${shared.toString(16)}`, false),
        ),
      );
      expect(new Set(blocks.map(({ hash }) => hash)).size).to.equal(1);
      const healedAtMs = Date.now();
      await each(cut, (link) => link.heal());
      await until(async () => (await headsOf(everyone)).every((head) => head > Math.max(...heads)));
      console.log(
        `      blocks again ${Math.round((Date.now() - healedAtMs) / 1000)} s after the links came back`,
      );
    });
  });

  it('bears slow and crumbling links between the validators and to the nodes', async () => {
    const peers = between([0, 1], [2, 3]);
    await underLoad(all, async (clients) => {
      await each(peers, (link) => link.poison({ type: 'latency', attributes: { latency: 150, jitter: 50 } }));
      await each(all.rpc, (link) =>
        link.poison({ type: 'latency', attributes: { latency: 100, jitter: 50 } }),
      );
      await all.cosigning[0]!.poison({ type: 'latency', attributes: { latency: 2_000, jitter: 0 } });
      const crumbs = { average_size: 64, size_variation: 32, delay: 200 };
      await all.cosigning[1]!.poison({ type: 'slicer', attributes: crumbs });
      await clients.receipted(25);
      await each([...peers, ...all.rpc, ...all.cosigning], (link) => link.heal());
    });
  });

  const spoilt: readonly [string, Toxic | 'cut'][] = [
    [
      'the answers of all nodes are lost, though they did what was asked',
      { ...SILENCE, stream: 'downstream' },
    ],
    ['all connections to the nodes are reset', { type: 'reset_peer', attributes: { timeout: 0 } }],
    [
      'answers of the nodes end in their middle',
      { type: 'limit_data', attributes: { bytes: 300 }, stream: 'downstream' },
    ],
    ['all nodes refuse connections', 'cut'],
  ];
  for (const [what, toxic] of spoilt)
    it(`takes entries in while ${what}, and records each once`, async () => {
      await underLoad(all, async (clients) => {
        await each(all.rpc, (link) => (toxic === 'cut' ? link.cut() : link.poison(toxic)));
        await clients.more(40);
        await each(all.rpc, (link) => link.heal());
        await clients.receipted(10);
      });
    });

  it('turns from a node whose answers are lost to one that answers', async () => {
    await underLoad(all, async (clients) => {
      const current = (await endpointsOf(all)).findIndex(({ isCurrent }) => isCurrent);
      await all.rpc[current]!.poison({ ...SILENCE, stream: 'downstream' });
      await until(async () => !(await endpointsOf(all))[current]!.isCurrent);
      await clients.receipted(20);
      await all.rpc[current]!.heal();
    });
  });
});

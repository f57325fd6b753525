/** Nodes that answer wrongly: row R16. One of four may, as Istanbul BFT allows: what two of them show alike counts. */
import type { Hex } from '../../../server/core/bytes.ts';
import type { EndpointState } from '../../../server/core/operator-state.ts';
import { type Lie, type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import { type City, city, endpointsOf, underLoad, until } from './city.ts';

interface Block {
  readonly number: Hex;
  readonly hash: Hex;
}

/** How an old head is told: so many blocks behind, for ever the same. */
const OLD = '0x1';
const OTHER = `0x${'cd'.repeat(32)}`;

const LIES: readonly {
  readonly says: string;
  /** eth_getBlockByNumber with the block behind it. */
  readonly method: RegExp;
  readonly lie: (result: unknown) => unknown;
  readonly standing?: EndpointState['standing'];
}[] = [
  {
    says: 'says of every transaction that it has no receipt',
    method: /^eth_getTransactionReceipt$/,
    lie: () => null,
  },
  {
    says: 'shows an old head',
    method: /^eth_(blockNumber|getBlockByNumber latest)$/,
    lie: (result) => (typeof result === 'string' ? OLD : { ...(result as Block), number: OLD }),
    standing: 'behind',
  },
  {
    says: 'withholds what happened',
    method: /^eth_getLogs$/,
    lie: () => [],
  },
  {
    says: 'tells of a transaction less in each block',
    method: /^eth_getLogs$/,
    lie: (result) => (result as unknown[]).slice(1),
    standing: 'lying',
  },
  {
    says: 'shows other blocks',
    method: /^eth_(getLogs|getBlockByNumber 0x)/,
    lie: (result) => {
      if (Array.isArray(result)) return result.map((log) => ({ ...log, blockHash: OTHER }));
      return Number((result as Block).number) === 0 ? result : { ...(result as Block), hash: OTHER };
    },
    standing: 'lying',
  },
];

describe('a node that lies under load', () => {
  let all: City;
  const nodes: LyingNode[] = [];

  before(async () => {
    all = await city();
    // From the beginning, so that a lie breaks no connection.
    for (const [i, { rpcUrl }] of all.network.nodes.entries()) {
      nodes.push(await startLyingNode(rpcUrl));
      await all.rpc[i]!.redirect(new URL(nodes[i]!.url).host);
    }
  });
  after(async () => {
    for (const link of all.rpc) await link.heal();
    await Promise.all(nodes.map((node) => node.close()));
  });

  for (const { says, method, lie, standing } of LIES)
    it(`is not believed when it ${says}`, async () => {
      await underLoad(all, async (clients) => {
        const liar = (await endpointsOf(all)).findIndex(({ isCurrent }) => isCurrent);
        nodes[liar]!.lie = ({ method: asked, params }): Lie => {
          const block = asked === 'eth_getBlockByNumber' ? ` ${params[0]}` : '';
          return method.test(asked + block) ? lie : 'pass';
        };
        await clients.receipted(20);
        if (standing !== undefined)
          await until(async () => (await endpointsOf(all))[liar]!.standing === standing);
        nodes[liar]!.lie = () => 'pass';
      });
      // A liar once found stays one until the gateway starts again.
      const [gateway] = all.network.gateways;
      await gateway!.stop();
      await gateway!.start();
    });
});

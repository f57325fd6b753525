import { expect } from 'chai';
import { administration } from '../../../server/chain/contracts.ts';
import { type Network, openNetwork } from '../../../server/chain/network.ts';
import { transact } from '../../../server/chain/transact.ts';
import { type FinalBlock, watchEvents } from '../../../server/chain/watcher.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { openVault, type Vault } from '../../../server/vault/vault.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import { type City, makeCity, PASSPHRASE } from '../../helpers/outbox.ts';

describe('the watcher', () => {
  let city: City;
  let store: Store;
  let vault: Vault;
  let node: LyingNode;
  let network: Network;
  let registered = 0;

  before(async () => {
    city = await makeCity();
    store = await openStore(`${city.folder}/watcher`);
    vault = await openVault({ folder: `${city.folder}/vault`, passphrase: PASSPHRASE, store });
  });
  after(async () => {
    await store?.close();
    await city?.close();
  });
  beforeEach(async () => {
    node = await startLyingNode(city.chain.url);
    network = await openNetwork({ url: node.url, timeoutMs: 10_000 });
  });
  afterEach(async () => {
    network.close();
    await node.close();
  });

  /** One block with one event. */
  async function makeBlock(): Promise<void> {
    const act = administration(city.deployment.contracts).register(`o${registered++}`, 'company', 'O');
    await transact(city.network, await vault.signer('administrator'), act);
  }

  /** Follows until a block that `isLast` was handed over. */
  async function follow(
    fromBlock: number,
    isLast: (block: FinalBlock) => boolean,
    options: { onBlock?: (block: FinalBlock) => Promise<void>; confirmations?: number } = {},
  ): Promise<{ blocks: FinalBlock[]; troubles: string[] }> {
    const blocks: FinalBlock[] = [];
    const troubles: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = watchEvents({
      network,
      contracts: city.deployment.contracts,
      fromBlock,
      isBusy: () => true,
      ...(options.confirmations && { confirmations: options.confirmations }),
      onTrouble: (error) => troubles.push(String((error as Error).message)),
      onBlock: async (block) => {
        await options.onBlock?.(block);
        blocks.push(block);
        if (isLast(block)) resolve();
      },
    });
    await promise;
    await watcher.stop();
    return { blocks, troubles };
  }

  const head = async () => Number(await city.network.send('eth_blockNumber', []));

  it('hands over every event once and in order, from the start and from anywhere', async () => {
    const last = await head();
    const { blocks } = await follow(0, ({ number }) => number === last);
    const numbers = blocks.map(({ number }) => number);
    expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b));
    const places = blocks.flatMap(({ events }) =>
      events.map(({ block, logIndex }) => block * 1_000 + logIndex),
    );
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    const events = blocks.flatMap((block) => block.events);
    const half = events[events.length >> 1]!.block;
    const rest = await follow(half, ({ number }) => number === last);
    expect(rest.blocks.flatMap((block) => block.events)).to.deep.equal(
      events.filter(({ block }) => block >= half),
    );
  });

  it('hands over the same block again after a failure, and none after it before', async () => {
    await makeBlock();
    await makeBlock();
    const last = await head();
    let failures = 2;
    const seen: number[] = [];
    const { blocks, troubles } = await follow(last - 1, ({ number }) => number === last, {
      onBlock: async ({ number }) => {
        seen.push(number);
        if (failures-- > 0) throw new Error('disk full');
      },
    });
    expect(seen).to.deep.equal([last, last, last]);
    expect(blocks.map(({ number, events }) => [number, events.map(({ block }) => block)])).to.deep.equal([
      [last, [last - 1, last]],
    ]);
    expect(troubles).to.deep.equal(['disk full', 'disk full']);
  });

  it('waits with a block until enough others stand upon it', async () => {
    await makeBlock();
    const newest = await head();
    const { blocks } = await follow(newest - 4, ({ number }) => number === newest - 2, { confirmations: 2 });
    expect(blocks.at(-1)!.number).to.equal(newest - 2);
  });

  it('stops at a block that does not stand upon the one before', async () => {
    await makeBlock();
    const fork = await head();
    let isForked = true;
    node.lie = ({ method, params }) =>
      isForked && method === 'eth_getBlockByNumber' && Number(params[0]) === fork
        ? (block) => ({ ...(block as object), parentHash: `0x${'ee'.repeat(32)}` })
        : 'pass';
    const following = follow(fork - 3, ({ number }) => number === fork);
    await node.asked('eth_getLogs', 4);
    isForked = false;
    const { blocks, troubles } = await following;
    expect(troubles.some((message) => message.startsWith('CHAIN_FORKED'))).to.equal(true);
    expect(blocks.map(({ number }) => number).filter((number) => number === fork)).to.have.length(1);
  });

  it('does not take logs for those of a block that it was not shown', async () => {
    await makeBlock();
    const last = await head();
    let isMixed = true;
    node.lie = ({ method }) =>
      isMixed && method === 'eth_getLogs'
        ? (logs) => (logs as object[]).map((log) => ({ ...log, blockHash: `0x${'dd'.repeat(32)}` }))
        : 'pass';
    const following = follow(last, ({ number }) => number === last);
    await node.asked('eth_getLogs', 2);
    isMixed = false;
    const { blocks } = await following;
    expect(blocks).to.have.length(1);
    expect(blocks[0]!.events).to.have.length(1);
  });
});

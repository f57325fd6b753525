import { expect } from 'chai';
import { administration } from '../../../server/chain/contracts.ts';
import { type Alarm, type Endpoints, openEndpoints } from '../../../server/chain/endpoints.ts';
import type { Network } from '../../../server/chain/network.ts';
import { transact } from '../../../server/chain/transact.ts';
import { type FinalBlock, watchEvents } from '../../../server/chain/watcher.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { openVault, type Vault } from '../../../server/vault/vault.ts';
import { type Call, type Lie, type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import { type City, hashOf, makeCity, PASSPHRASE } from '../../helpers/outbox.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const isHead = ({ method, params }: Call) => method === 'eth_getBlockByNumber' && params[0] === 'latest';

/** Shows the chain as it was at a block. */
const stuckAt =
  (old: Hex, block: unknown) =>
  (call: Call): Lie => {
    if (call.method === 'eth_blockNumber') return { result: old };
    if (isHead(call)) return { result: block };
    return call.method === 'eth_getBlockByNumber' && Number(call.params[0]) > Number(old)
      ? { result: null }
      : 'pass';
  };

/** Another history since a block: other hashes, and events that nobody emitted. */
const otherSince =
  (block: number) =>
  ({ method, params }: Call): Lie => {
    const other = (hash: unknown) => hashOf(`other ${hash}`);
    if (method === 'eth_getBlockByNumber' && Number(params[0]) > block)
      return (found) => found && { ...found, hash: other((found as { hash: Hex }).hash) };
    if (method === 'eth_getLogs')
      return (logs) =>
        (logs as { blockHash: Hex; data: Hex; blockNumber: Hex }[]).map((log) =>
          Number(log.blockNumber) > block
            ? { ...log, blockHash: other(log.blockHash), data: `${log.data.slice(0, -1)}1` }
            : log,
        );
    return 'pass';
  };

const headerOf = (block: number) => async (node: Network) => {
  const tag = `0x${block.toString(16)}`;
  const header = await node.send<{ hash: Hex } | null>('eth_getBlockByNumber', [tag, false]);
  if (header === null) throw new AppError('CHAIN_LAGS', { block });
  return header;
};

describe('several nodes', () => {
  let city: City;
  let store: Store;
  let vault: Vault;
  let nodes: LyingNode[];
  let network: Endpoints | undefined;
  let alarms: Alarm[];
  let registered = 0;

  before(async () => {
    city = await makeCity();
    store = await openStore(`${city.folder}/endpoints`);
    vault = await openVault({ folder: `${city.folder}/vault`, passphrase: PASSPHRASE, store });
  });
  after(async () => {
    await store?.close();
    await city?.close();
  });
  beforeEach(async () => {
    nodes = await Promise.all([1, 2, 3, 4].map(() => startLyingNode(city.chain.url)));
    alarms = [];
  });
  afterEach(async () => {
    network?.close();
    network = undefined;
    await Promise.all(nodes.map((node) => node.close()));
  });

  async function open(
    count = 4,
    change: Partial<Parameters<typeof openEndpoints>[0]> = {},
  ): Promise<Endpoints> {
    const urls = nodes.slice(0, count).map(({ url }) => url);
    const onAlarm = (alarm: Alarm) => alarms.push(alarm);
    network = await openEndpoints({
      urls,
      timeoutMs: 5_000,
      lookEveryMs: 60,
      patienceMs: 1_000,
      onAlarm,
      ...change,
    });
    return network;
  }
  const standings = () => network!.endpoints().map(({ standing }) => standing);
  const current = () => network!.endpoints().findIndex(({ isCurrent }) => isCurrent);
  const codes = () => alarms.map(({ code }) => code);

  async function until(what: () => boolean): Promise<void> {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  /** One block with one event. */
  async function makeBlock(): Promise<void> {
    const act = administration(city.deployment.contracts).register(`e${registered++}`, 'company', 'E');
    await transact(city.network, await vault.signer('administrator'), act);
  }
  const headOf = async () => Number(await city.network.send<Hex>('eth_blockNumber', []));

  /** Hands over blocks until `last` was handed over. */
  async function follow(fromBlock: number, last: number): Promise<FinalBlock[]> {
    const blocks: FinalBlock[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = watchEvents({
      network: network!,
      contracts: city.deployment.contracts,
      fromBlock,
      isBusy: () => true,
      onBlock: async (block) => {
        blocks.push(block);
        if (block.number >= last) resolve();
      },
    });
    await promise;
    await watcher.stop();
    return blocks;
  }

  it('stays with one of them, and goes on with the next when it dies in the middle of a request', async () => {
    const several = await open();
    await several.send('eth_chainId', []);
    expect(current()).to.equal(0);
    nodes[0]!.lie = () => 'ignore';
    expect(Number(await several.send<Hex>('eth_blockNumber', []))).to.equal(await headOf());
    expect(standings()[0]).to.equal('silent');
    expect(current()).to.equal(1);
    expect(codes()).to.deep.equal(['ENDPOINT_CHANGED']);
    nodes[0]!.lie = () => 'pass';
    await until(() => standings()[0] === 'good');
    expect(current(), 'it stays with the one it changed to').to.equal(1);
  });

  it('leaves one that does not answer in time, without the caller noticing more than the wait', async () => {
    const several = await open(4, { timeoutMs: 2_000 });
    nodes[0]!.lie = () => 'hang';
    expect(Number(await several.send<Hex>('eth_blockNumber', []))).to.equal(await headOf());
    expect(current()).to.equal(1);
  });

  it('leaves one that is behind the others, as on the small side of a partition', async () => {
    await open();
    const old = await city.network.send<Hex>('eth_blockNumber', []);
    const block = await city.network.send('eth_getBlockByNumber', [old, false]);
    nodes[0]!.lie = stuckAt(old, block);
    for (let i = 0; i < 4; i++) await makeBlock();
    await until(() => standings()[0] === 'behind' && current() === 1);
    const state = network!.endpoints()[0]!;
    expect(state.head).to.equal(Number(old));
    nodes[0]!.lie = () => 'pass';
    await until(() => standings()[0] === 'good');
  });

  it('does not run after one that is far ahead of all others', async () => {
    await open();
    const head = `0x${((await headOf()) + 1_000).toString(16)}`;
    nodes[0]!.lie = (call) =>
      call.method === 'eth_blockNumber'
        ? { result: head }
        : isHead(call)
          ? (block) => ({ ...(block as object), number: head })
          : 'pass';
    await until(() => standings()[0] === 'ahead' && current() === 1);
    const last = await headOf();
    expect((await follow(last - 3, last)).at(-1)!.number).to.equal(last);
  });

  it('counts a block when two of four show it, whatever the third shows and though the fourth is dead', async () => {
    const before = await headOf();
    await open();
    nodes[0]!.lie = otherSince(before);
    nodes[3]!.lie = () => 'ignore';
    for (let i = 0; i < 3; i++) await makeBlock();
    const last = await headOf();
    const seen = await follow(before + 1, last);
    const { hash } = await city.network.send<{ hash: Hex }>('eth_getBlockByNumber', [
      `0x${last.toString(16)}`,
      false,
    ]);
    expect(seen.at(-1)!.hash).to.equal(hash);
    expect(seen.flatMap(({ events }) => events)).to.have.length(3);
    expect(seen.flatMap(({ events }) => events).every(({ data }) => !data.endsWith('1'))).to.equal(true);
    expect(standings()[0]).to.equal('lying');
    expect(current()).to.be.oneOf([1, 2]);
    expect(codes()).to.include('ENDPOINT_LYING');
    nodes[0]!.lie = () => 'pass';
    await network!.send('eth_chainId', []);
    expect(standings()[0], 'a liar stays out').to.equal('lying');
  });

  it('takes nothing for final while fewer than two of four show the same', async () => {
    const before = await headOf();
    const several = await open();
    nodes[0]!.lie = otherSince(before);
    nodes[2]!.lie = () => 'ignore';
    nodes[3]!.lie = () => 'ignore';
    await makeBlock();
    const last = await headOf();
    const read = headerOf(last);
    expect(await several.agreed(read, last).catch(codeOf)).to.equal('CHAIN_UNCONFIRMED');
    nodes[2]!.lie = () => 'pass';
    await until(() => standings()[2] === 'good');
    expect((await several.agreed(read, last)).hash).to.equal((await read(city.network)).hash);
  });

  it('asks for what rules need a node that is as new as what was read', async () => {
    const old = await city.network.send<Hex>('eth_blockNumber', []);
    const block = await city.network.send('eth_getBlockByNumber', [old, false]);
    const several = await open(4, { lookEveryMs: 60_000 });
    nodes[0]!.lie = stuckAt(old, block);
    await makeBlock();
    const last = await headOf();
    await several.agreed(
      (node) => node.send('eth_getBlockByNumber', [`0x${last.toString(16)}`, false]),
      last,
    );
    let asked = 0;
    nodes[0]!.lie = (call) =>
      call.method === 'eth_call' && asked++ >= 0 ? 'pass' : stuckAt(old, block)(call);
    const { Organisations } = city.deployment.contracts;
    if (several.endpoints()[0]!.head < last) {
      await several.send('eth_call', [{ to: Organisations, data: '0x' }, 'latest']).catch(codeOf);
      expect(asked).to.equal(0);
    }
  });

  it('leaves out one of another chain, at the start and when it comes back, and says so loudly', async () => {
    const other = (call: Call): Lie =>
      call.method === 'eth_getBlockByNumber' && call.params[0] === '0x0'
        ? (block) => ({ ...(block as object), hash: hashOf('other') })
        : 'pass';
    nodes[0]!.lie = other;
    const several = await open();
    expect(standings()).to.deep.equal(['foreign', 'good', 'good', 'good']);
    expect(codes()).to.deep.equal(['CHAIN_MISMATCH']);
    expect(several.genesisHash).to.equal(city.network.genesisHash);
    nodes[1]!.lie = () => 'ignore';
    await until(() => standings()[1] === 'silent');
    nodes[1]!.lie = other;
    await until(() => standings()[1] === 'foreign');
    expect(codes().filter((code) => code === 'CHAIN_MISMATCH')).to.have.length(2);
    expect(current()).to.be.oneOf([2, 3]);
  });

  it('leaves out one that comes back with other code in the place of a contract', async () => {
    const several = await open();
    several.pin(city.deployment.codeHashes);
    nodes[0]!.lie = () => 'ignore';
    await until(() => standings()[0] === 'silent');
    nodes[0]!.lie = ({ method }) => (method === 'eth_getCode' ? { result: '0x6001' } : 'pass');
    await until(() => standings()[0] === 'foreign');
    expect(codes()).to.include('CHAIN_MISMATCH');
  });

  it('writes nothing when none of them is of this chain any more', async () => {
    const several = await open();
    for (const node of nodes) node.lie = () => 'ignore';
    await until(() => standings().every((standing) => standing === 'silent'));
    for (const node of nodes)
      node.lie = ({ method, params }) =>
        method === 'eth_getBlockByNumber' && params[0] === '0x0'
          ? (block) => ({ ...(block as object), hash: hashOf('reset') })
          : 'pass';
    await until(() => standings().every((standing) => standing === 'foreign'));
    expect(await several.send('eth_sendRawTransaction', ['0x01']).catch(codeOf)).to.equal('CHAIN_MISMATCH');
    expect(nodes.flatMap(({ seen }) => seen)).to.deep.equal([]);
  });

  it('starts while one of four is down, and takes it in when it comes', async () => {
    nodes[0]!.lie = () => 'ignore';
    await open();
    expect(standings()).to.deep.equal(['silent', 'good', 'good', 'good']);
    nodes[0]!.lie = () => 'pass';
    await until(() => standings()[0] === 'good');
  });

  it('does not start when fewer than enough answer, or when they belong to different chains', async () => {
    for (const node of nodes.slice(1)) node.lie = () => 'ignore';
    expect(await open().catch(codeOf)).to.equal('CHAIN_UNREACHABLE');
    for (const [i, node] of nodes.entries())
      node.lie = ({ method }) => (method === 'eth_chainId' ? { result: `0x${i + 1}` } : 'pass');
    expect(await open().catch(codeOf)).to.equal('CHAIN_MISMATCH');
  });

  it('shows addresses without what may stand in them beside the host', async () => {
    const urls = nodes.map(({ url }) => `${url.replace('http://', 'http://user:secret@')}/token`);
    await open(4, { urls });
    expect(JSON.stringify(network!.endpoints())).not.to.match(/secret|token/);
  });
});

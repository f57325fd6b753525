import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { administration } from '../../../server/chain/contracts.ts';
import { type Network, openNetwork } from '../../../server/chain/network.ts';
import { transact } from '../../../server/chain/transact.ts';
import type { AppError } from '../../../server/core/errors.ts';
import { openTree, type Tree } from '../../../server/log/tree.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { openVault, type Vault } from '../../../server/vault/vault.ts';
import { type Derivation, openDerivation } from '../../../server/witness/derive.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import { type City, makeCity, PASSPHRASE } from '../../helpers/outbox.ts';
import { LONG_MS } from '../../helpers/patience.ts';

describe('The log as a witness derives it', () => {
  let city: City;
  let vault: Vault;
  let vaultStore: Store;
  let node: LyingNode;
  let network: Network;
  let store: Store;
  let tree: Tree;
  let derivation: Derivation;
  let conflicts: AppError[];
  let registered = 0;
  let folder: string;

  before(async () => {
    city = await makeCity();
    vaultStore = await openStore(join(city.folder, 'vault-store'));
    vault = await openVault({
      folder: join(city.folder, 'vault'),
      passphrase: PASSPHRASE,
      store: vaultStore,
    });
  });
  after(async () => {
    await vaultStore.close();
    await city.close();
  });
  beforeEach(async () => {
    conflicts = [];
    folder = join(city.folder, 'derivation');
    node = await startLyingNode(city.chain.url);
    network = await openNetwork({ url: node.url });
    await open();
  });
  afterEach(async () => {
    await shut();
    network.close();
    await node.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<void> {
    store = await openStore(join(folder, 'store'));
    tree = await openTree(join(folder, 'log'));
    derivation = await openDerivation({
      ...{ network, contracts: city.deployment.contracts, fromBlock: 0, store, tree },
      report: () => {},
      onConflict: (conflict) => conflicts.push(conflict),
    });
  }

  async function shut(): Promise<void> {
    await derivation.stop();
    await tree.close();
    await store.close();
  }

  /** @returns its number */
  async function makeBlock(): Promise<number> {
    const act = administration(city.deployment.contracts).register(`o${registered++}`, 'company', 'O');
    await transact(city.network, await vault.signer('administrator'), act);
    return Number(await city.network.send('eth_blockNumber', []));
  }

  /** The node has another block in the place of the newest one that was read. */
  function rewrite(next: number): void {
    node.lie = ({ method, params }) =>
      method === 'eth_getBlockByNumber' && Number(params[0]) === next
        ? (block) => ({ ...(block as object), parentHash: `0x${'ee'.repeat(32)}` })
        : 'pass';
  }

  async function codeOf(reaching: Promise<void>): Promise<string> {
    return reaching.then(
      () => 'reached',
      ({ code }: AppError) => code,
    );
  }

  it('goes on over a restart while the node shows one history', async () => {
    const size = await readUntil(await makeBlock());
    await shut();
    await open();
    await makeBlock();
    expect(await codeOf(derivation.reach(size + 1, LONG_MS))).to.equal('reached');
    expect(conflicts).to.deep.equal([]);
  });

  it('goes on when the node has contradicted itself once', async () => {
    const last = await makeBlock();
    const size = await readUntil(last);
    rewrite(last + 1);
    await makeBlock();
    await node.asked('eth_getBlockByNumber', 1);
    node.lie = () => 'pass';
    expect(await codeOf(derivation.reach(size + 1, LONG_MS))).to.equal('reached');
    expect(conflicts).to.deep.equal([]);
  });

  for (const isStopped of [false, true])
    it(`is at an end, also after restarts, when the node changes what was read before, while it ${isStopped ? 'is stopped' : 'runs'}`, async () => {
      const last = await makeBlock();
      const size = await readUntil(last);
      if (isStopped) await shut();
      rewrite(last + 1);
      await makeBlock();
      if (isStopped) await open();
      expect(await codeOf(derivation.reach(size + 1, LONG_MS))).to.equal('CHAIN_FORKED');
      expect(await codeOf(derivation.reach(1, LONG_MS)), 'what it knows already').to.equal('CHAIN_FORKED');
      expect(conflicts.map(({ code, details }) => [code, details.block])).to.deep.equal([
        ['CHAIN_FORKED', last + 1],
      ]);
      await shut();
      await open();
      expect(await codeOf(derivation.reach(size + 1, LONG_MS))).to.equal('CHAIN_FORKED');
      expect(tree.size).to.equal(size);
    });

  /** @returns leaves by then */
  async function readUntil(block: number): Promise<number> {
    while (derivation.status().block <= block) await pause(10);
    return tree.size;
  }
});

import { expect } from 'chai';
import { askAgreed } from '../../../server/chain/agreement.ts';
import { administration, readContracts } from '../../../server/chain/contracts.ts';
import { checkDeployment, deployContracts } from '../../../server/chain/deploy.ts';
import { type Network, openNetwork } from '../../../server/chain/network.ts';
import { transact } from '../../../server/chain/transact.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { openVault, type Vault } from '../../../server/vault/vault.ts';
import { ARTIFACTS, type City, hashOf, makeCity, PASSPHRASE } from '../../helpers/outbox.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('deploying the contracts', () => {
  let city: City;
  let store: Store;
  let vault: Vault;
  before(async () => {
    city = await makeCity();
    store = await openStore(`${city.folder}/deploy`);
    vault = await openVault({ folder: `${city.folder}/vault`, passphrase: PASSPHRASE, store });
  });
  after(async () => {
    await store?.close();
    await city?.close();
  });

  const administrator = () => vault.signer('administrator');

  it('waits for a node that is a block behind, and believes nothing that it shows meanwhile', async () => {
    const deployer = await vault.signer('deployer.behind');
    let asked = 0;
    const behind: Network = {
      ...city.network,
      send: async (method, params) => {
        const answer = await city.network.send(method, params);
        if (method !== 'eth_getTransactionCount' || asked++ > 2) return answer as never;
        return `0x${(Number(answer) - 1).toString(16)}` as never;
      },
      call: (...args) => {
        expect(asked, 'asked for roles while it was behind').to.be.above(3);
        return city.network.call(...args);
      },
    };
    const both: Network = {
      ...city.network,
      agreed: async (read) => (await askAgreed([behind, city.network], 2, read)).value,
    };
    const options = { deployer, administrator: (await administrator()).address, artifacts: ARTIFACTS };
    const deployment = await deployContracts({ ...options, network: both });
    expect(asked).to.equal(4);
    await checkDeployment(city.network, deployment);
  });

  it('continues where it was interrupted, however often, and ends as if it had not been', async () => {
    const deployer = await vault.signer('deployer.interrupted');
    const options = { deployer, administrator: (await administrator()).address, artifacts: ARTIFACTS };
    /** Dies after each transaction, before it learns what became of it. */
    const dying: Network = {
      ...city.network,
      agreed: (read) => read(dying),
      send: (method, params) =>
        method === 'eth_getTransactionReceipt'
          ? Promise.reject(new Error('died'))
          : city.network.send(method, params),
    };
    let deaths = 0;
    let deployment = await deployContracts({ ...options, network: dying }).catch(() => undefined);
    for (; deployment === undefined && deaths < 50; deaths++)
      deployment = await deployContracts({ ...options, network: dying }).catch(() => undefined);
    expect(deaths).to.be.within(8, 40);
    const sent = Number(
      await city.network.send<Hex>('eth_getTransactionCount', [deployer.address, 'latest']),
    );
    expect(sent).to.equal(12);
    expect(await deployContracts({ ...options, network: city.network })).to.deep.equal(deployment);
    expect(deployment!.codeHashes).to.have.all.keys(Object.keys(deployment!.codeHashes));
    expect(
      Object.values(deployment!.contracts).every((address) => address in deployment!.codeHashes),
    ).to.equal(true);
    await checkDeployment(city.network, deployment!);
    const acts = administration(deployment!.contracts);
    await transact(city.network, await administrator(), acts.register('city', 'city', 'The City'));
    const reads = readContracts(city.network, deployment!.contracts);
    expect(await reads.organisationOf('city')).to.deep.equal({
      organisation: 'city',
      kind: 'city',
      status: 'active',
      name: 'The City',
    });
    expect(await reads.organisationOf('nobody')).to.equal(undefined);
  });

  it('leaves the deployer without a word to say', async () => {
    const act = administration(city.deployment.contracts).register('mine', 'company', 'Mine');
    const error = await transact(city.network, await vault.signer('deployer'), act).catch((reason) => reason);
    expect(codeOf(error)).to.equal('CONTRACT_REFUSED');
    expect(await readContracts(city.network, city.deployment.contracts).organisationOf('mine')).to.equal(
      undefined,
    );
  });

  it('does not take the deployment of one administrator for that of another', async () => {
    const deployer = await vault.signer('deployer');
    const stranger = (await vault.signer('stranger')).address;
    const again = deployContracts({
      network: city.network,
      deployer,
      administrator: stranger,
      artifacts: ARTIFACTS,
    });
    expect(await again.catch(codeOf)).to.equal('DEPLOYMENT_FAILED');
  });

  it('is recognised by chain, genesis and code, and by nothing less', async () => {
    const { deployment, network } = city;
    await checkDeployment(network, deployment);
    const [address] = Object.keys(deployment.codeHashes);
    for (const changed of [
      { ...deployment, chainId: 1 },
      { ...deployment, genesisHash: hashOf('other') },
      { ...deployment, codeHashes: { ...deployment.codeHashes, [address!]: hashOf('other') } },
    ])
      expect(await checkDeployment(network, changed).catch(codeOf)).to.equal('CHAIN_MISMATCH');
  });

  it('tells the contract’s own reason when it refuses an act', async () => {
    const act = administration(city.deployment.contracts).register('dealer', 'company', 'Dealer');
    const error = await transact(city.network, await administrator(), act).catch((reason) => reason);
    expect(error.details.name).to.equal('OrganisationAlreadyRegistered');
  });

  it('runs the acts of one key one after another', async () => {
    const acts = administration(city.deployment.contracts);
    const signer = await administrator();
    const names = Array.from({ length: 12 }, (_, i) => `parallel-${i}`);
    await Promise.all(
      names.map((name) => transact(city.network, signer, acts.register(name, 'company', name))),
    );
    const reads = readContracts(city.network, city.deployment.contracts);
    for (const name of names) expect((await reads.organisationOf(name))?.name).to.equal(name);
  });

  it('refuses a chain of another id or genesis when it connects', async () => {
    const { url } = city.chain;
    expect(await openNetwork({ url, chainId: 1 }).catch(codeOf)).to.equal('CHAIN_MISMATCH');
    expect(await openNetwork({ url, genesisHash: hashOf('other') }).catch(codeOf)).to.equal('CHAIN_MISMATCH');
    expect(await openNetwork({ url: 'http://127.0.0.1:9' }).catch(codeOf)).to.equal('CHAIN_UNREACHABLE');
  });
});

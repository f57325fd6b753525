/** The chain at the start: a given node or an embedded one, and the contracts on it. */
import { fileURLToPath } from 'node:url';
import { readJsonFile, writeJsonFile } from '../actions/data-folder.ts';
import { checkDeployment, type Deployment, deployContracts, isDeployment } from '../chain/deploy.ts';
import { startEmbeddedChain } from '../chain/embedded/start.ts';
import { type Network, openNetwork } from '../chain/network.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { Start } from './start.ts';

const ARTIFACTS = fileURLToPath(new URL('../../artifacts', import.meta.url));
/** Chain id of embedded chains: the year from which the annals of the Joseon dynasty were compiled. */
const EMBEDDED_CHAIN_ID = 1413;

export interface Chain {
  readonly network: Network;
  readonly deployment: Deployment;
  readonly administrator: Signer;
  /** When the node last answered anything. */
  heardAtMs(): number;
}

/** @throws AppError CHAIN_* | DEPLOYMENT_* | FILE_* */
export async function openChain(start: Start): Promise<Chain> {
  const { folder, vault, nowMs, say } = start;
  const deployed = await readJsonFile<Deployment>(folder.deployment, isDeployment);
  const network = await openNode(start);
  let heardAtMs = nowMs();
  const heard: Network = {
    ...network,
    async send<T>(method: string, params: readonly unknown[]) {
      const answer = await network.send<T>(method, params);
      heardAtMs = nowMs();
      return answer;
    },
  };
  say('deploying the contracts');
  const administrator = await vault.signer('administrator');
  if (deployed !== undefined) await checkDeployment(heard, deployed);
  const deployment = deployed ?? (await deploy(start, heard, administrator));
  return { network: heard, deployment, administrator, heardAtMs: () => heardAtMs };
}

/** A node that is behind catches up; a folder does not, and would write other blocks under numbers that were read already. */
export async function requireHead(network: Network, read: number): Promise<void> {
  const head = Number(await network.send<string>('eth_blockNumber', []));
  if (head < read) throw new AppError('CHAIN_OLDER', { head, read });
}

async function openNode({ config, folder, stops, say, fail }: Start): Promise<Network> {
  const { rpcUrl, chainId } = config;
  if (rpcUrl !== undefined) {
    say('asking the node');
    const network = await openNetwork({ url: rpcUrl, ...(chainId !== undefined && { chainId }) });
    stops.add(network.close);
    return network;
  }
  say('replaying the chain');
  const chain = await startEmbeddedChain({
    folder: folder.chain,
    chainId: chainId ?? EMBEDDED_CHAIN_ID,
    onProgress: (done, total) => say(`replaying ${done} of ${total}`),
  });
  stops.add(chain.stop);
  void chain.exited.then(({ reason }) => reason !== undefined && fail(reason));
  await chain.ready;
  const network = await openNetwork({ url: chain.url });
  stops.add(network.close);
  return network;
}

async function deploy(
  { folder, vault }: Start,
  network: Network,
  administrator: Signer,
): Promise<Deployment> {
  const deployment = await deployContracts({
    network,
    deployer: await vault.signer('deployer'),
    administrator: administrator.address,
    artifacts: ARTIFACTS,
  });
  await writeJsonFile(folder.deployment, deployment);
  return deployment;
}

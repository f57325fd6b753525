/** The chain at the start: given nodes or an embedded one, and the contracts on it. */
import { fileURLToPath } from 'node:url';
import { readJsonFile, writeJsonFile } from '../actions/data-folder.ts';
import { checkDeployment, type Deployment, deployContracts, isDeployment } from '../chain/deploy.ts';
import { startEmbeddedChain } from '../chain/embedded/start.ts';
import { type Alarm, type Endpoints, type OpenEndpoints, openEndpoints } from '../chain/endpoints.ts';
import { eip1559, type Fees, FREE } from '../chain/fees.ts';
import type { Network } from '../chain/network.ts';
import { checkPool, profileOf } from '../chain/profile.ts';
import type { Config } from '../config.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { Limits } from '../outbox/outbox.ts';
import type { Start } from './start.ts';

const ARTIFACTS = fileURLToPath(new URL('../../artifacts', import.meta.url));
/** Chain id of embedded chains: the year from which the annals of the Joseon dynasty were compiled. */
const EMBEDDED_CHAIN_ID = 1413;

export interface Chain {
  readonly network: Endpoints;
  readonly deployment: Deployment;
  readonly administrator: Signer;
  readonly fees: Fees;
  /** What the engine bounds or makes dearer. */
  readonly limits: Pick<Limits, 'inFlightPerLane' | 'gasPerByte' | 'maxTxBytes'>;
}

/** Of a transaction, beside its calldata: numbers, address, signature. */
const ENVELOPE_BYTES = 512;
const MAX_CALLDATA = 120_000;

/** @throws AppError CHAIN_* | DEPLOYMENT_* | FILE_* */
export async function openChain(start: Start): Promise<Chain> {
  const { config, folder, vault, logger, say } = start;
  const onAlarm = (alarm: Alarm) => {
    const isLoud = alarm.code === 'CHAIN_MISMATCH' || alarm.code === 'ENDPOINT_LYING';
    logger[isLoud ? 'error' : 'warn'](alarm, 'nodes');
  };
  const deployed = await readJsonFile<Deployment>(folder.deployment, isDeployment);
  const network = await openNodes(start, deployed, onAlarm);
  const fees = config.feeBound === undefined ? FREE : eip1559(network, config.feeBound);
  const limits = await limitsOf(network, config, onAlarm);
  say('deploying the contracts');
  const administrator = await vault.signer('administrator');
  if (deployed !== undefined) await checkDeployment(network, deployed);
  if (config.feeBound !== undefined) await mustOwn(start, network, deployed === undefined);
  const deployment = deployed ?? (await deploy(start, network, administrator, fees));
  return { network, deployment, administrator, fees, limits };
}

/** Who owns nothing cannot send: better said at once than after a while of waiting. @throws AppError ACCOUNT_EMPTY {name, account} */
async function mustOwn({ config, vault }: Start, network: Network, isFirst: boolean): Promise<void> {
  const lanes = Array.from({ length: config.lanes }, (_, i) => `lane-${i}`);
  for (const name of [...(isFirst ? ['deployer'] : []), 'administrator', ...lanes]) {
    const { address: account } = await vault.signer(name);
    if (BigInt(await network.send<Hex>('eth_getBalance', [account, 'latest'])) === 0n)
      throw new AppError('ACCOUNT_EMPTY', { name, account });
  }
}

async function limitsOf(
  network: Network,
  { lanes, inFlight: inFlightPerLane, poolPerSender: perSender }: Config,
  onAlarm: (alarm: Alarm) => void,
): Promise<Chain['limits']> {
  const profile = await profileOf(network);
  const { engine, gasPerByte, maxTxBytes, poolSlots } = profile;
  if (!checkPool(profile, { lanes, inFlightPerLane, perSender }))
    onAlarm({ code: 'POOL_TIGHT', details: { engine, lanes, inFlightPerLane, poolSlots } });
  return { inFlightPerLane, gasPerByte, maxTxBytes: Math.min(MAX_CALLDATA, maxTxBytes - ENVELOPE_BYTES) };
}

async function openNodes(
  { config, folder, stops, say, fail, nowMs }: Start,
  deployed: Deployment | undefined,
  onAlarm: (alarm: Alarm) => void,
): Promise<Endpoints> {
  const { rpcUrls, chainId } = config;
  const open = async (urls: readonly string[], known: Pick<OpenEndpoints, 'chainId' | 'genesisHash'>) => {
    const network = await openEndpoints({ urls, ...known, onAlarm, nowMs });
    stops.add(network.close);
    return network;
  };
  if (rpcUrls.length > 0) {
    say(rpcUrls.length === 1 ? 'asking the node' : 'asking the nodes');
    // One node that is not of this chain is told apart by checkDeployment, which says more.
    const genesisHash = rpcUrls.length > 1 ? deployed?.genesisHash : undefined;
    return open(rpcUrls, {
      ...(genesisHash !== undefined && { genesisHash }),
      ...(chainId !== undefined && { chainId }),
    });
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
  return open([chain.url], {});
}

async function deploy(
  { folder, vault }: Start,
  network: Network,
  administrator: Signer,
  fees: Fees,
): Promise<Deployment> {
  const deployment = await deployContracts({
    network,
    deployer: await vault.signer('deployer'),
    administrator: administrator.address,
    artifacts: ARTIFACTS,
    fees,
  });
  await writeJsonFile(folder.deployment, deployment);
  return deployment;
}

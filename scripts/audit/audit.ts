/** Recomputes everything from the chain and compares it with what a stopped gateway kept. */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDataFolder, readJsonFile, readPassphrase } from '../../server/actions/data-folder.ts';
import type { Cursor } from '../../server/actions/ingest.ts';
import { checkDeployment, type Deployment } from '../../server/chain/deploy.ts';
import { startEmbeddedChain } from '../../server/chain/embedded/start.ts';
import { type Network, openNetwork } from '../../server/chain/network.ts';
import { AppError } from '../../server/core/errors.ts';
import type { Service } from '../../server/services/define.ts';
import { openStore } from '../../server/store/level.ts';
import { openVault } from '../../server/vault/vault.ts';
import { parseTrust } from '../../server/verify/trust.ts';
import { compareContracts } from './compare-contracts.ts';
import { compareCheckpoint, compareLogFiles } from './compare-log.ts';
import { compareOriginals } from './compare-originals.ts';
import { comparePolls } from './compare-polls.ts';
import { comparePublications } from './compare-publications.ts';
import { compareEntries, compareRows } from './compare-rows.ts';
import { type CheckReport, Comparison } from './finding.ts';
import { replayChain } from './replay.ts';

export interface AuditOptions {
  readonly data: string;
  /** A node of the auditor's own choice; absent = the embedded chain in the data folder. */
  readonly rpcUrl?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly services: readonly Service[];
  readonly onProgress?: (block: number, of: number) => void;
}

/** @throws AppError DATA_MISSING | STORE_LOCKED | CHAIN_* */
export async function auditData(options: AuditOptions): Promise<CheckReport[]> {
  const closing: (() => unknown)[] = [];
  try {
    return await compareAll(options, closing);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function compareAll(options: AuditOptions, closing: (() => unknown)[]): Promise<CheckReport[]> {
  // Opening a folder makes it: an audit of nothing must not leave an empty ledger behind.
  const given = resolve(options.data);
  await access(join(given, 'deployment.json')).catch((cause: unknown) => {
    throw new AppError('DATA_MISSING', { folder: given }, cause);
  });
  const folder = await openDataFolder(given);
  const store = await openStore(folder.store);
  closing.push(store.close);
  const passphrase = await readPassphrase(folder, options.passphraseFile);
  const vault = await openVault({ folder: folder.vault, passphrase, store });
  const deployment = (await readJsonFile<Deployment>(folder.deployment))!;
  const trust = parseTrust(await readJsonFile(folder.trust));
  const { chainId, contracts } = deployment;
  const network = await openChain(options.rpcUrl, folder.chain, chainId, closing);

  const code = new Comparison('contract-code');
  code.equal('code of the contracts', 'as deployed', await codeOutcome(network, deployment));
  const cursor = await store.get<Cursor>('cursor');
  const toBlock = (cursor?.block ?? 0) - 1;
  const temporary = await mkdtemp(join(tmpdir(), 'sillok-audit-'));
  closing.push(() => rm(temporary, { recursive: true, force: true }));
  const replay = await replayChain({
    network,
    contracts,
    services: options.services,
    toBlock,
    folder: temporary,
    onProgress: (block) => options.onProgress?.(block, toBlock),
  });
  closing.push(replay.close);
  const { events, tree, rows } = replay;
  const publicFolder = join(folder.log, 'public');
  return [
    code.report(),
    await compareLogFiles(publicFolder, tree),
    await compareCheckpoint(publicFolder, tree, trust),
    await compareRows(store, rows),
    await compareEntries(store, rows),
    await compareContracts(network, contracts, events),
    await compareOriginals({ kept: store, vault, chainId, contracts, events }),
    await comparePublications(store, options.services, events),
    await comparePolls(store, events),
  ];
}

async function openChain(
  rpcUrl: string | undefined,
  folder: string,
  chainId: number,
  closing: (() => unknown)[],
): Promise<Network> {
  let url = rpcUrl;
  if (url === undefined) {
    const chain = await startEmbeddedChain({ folder, chainId });
    closing.push(chain.stop);
    await chain.ready;
    url = chain.url;
  }
  const network = await openNetwork({ url, chainId });
  closing.push(network.close);
  return network;
}

async function codeOutcome(network: Network, deployment: Deployment): Promise<string> {
  try {
    await checkDeployment(network, deployment);
    return 'as deployed';
  } catch (error) {
    if (error instanceof AppError && error.code === 'CHAIN_MISMATCH') return error.message;
    throw error;
  }
}

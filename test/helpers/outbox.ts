/** A ledger with everything from the outbox to the embedded chain, and the smallest ingest that settles what the chain says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { administration } from '../../server/chain/contracts.ts';
import { type Deployment, deployContracts } from '../../server/chain/deploy.ts';
import { type EmbeddedChain, startEmbeddedChain } from '../../server/chain/embedded/start.ts';
import { type Endpoints, openEndpoints } from '../../server/chain/endpoints.ts';
import { type Fees, FREE } from '../../server/chain/fees.ts';
import { type Network, openNetwork } from '../../server/chain/network.ts';
import { transact } from '../../server/chain/transact.ts';
import { type FinalBlock, type Watcher, watchEvents } from '../../server/chain/watcher.ts';
import { type DecodedEvent, decodeEvent, isLeaf } from '../../server/core/abi.ts';
import { fromHex, type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { keccak256 } from '../../server/core/hash.ts';
import type { RecordSubmission } from '../../server/core/submission.ts';
import { type OpenOutbox, type Outbox, openOutbox } from '../../server/outbox/outbox.ts';
import { type Op, openStore, type Store } from '../../server/store/level.ts';
import { openVault, type Vault } from '../../server/vault/vault.ts';

export const ARTIFACTS = fileURLToPath(new URL('../../artifacts', import.meta.url));
export const CHAIN_ID = 4217;
/** The shape of a generated one, so that key files open fast. */
export const PASSPHRASE = '5a'.repeat(32);
export const ZERO: Hex = `0x${'00'.repeat(32)}`;

export const hashOf = (text: string): Hex => toHex(keccak256(utf8(text)));

/** A record of the dealer; `name` makes its idempotency key. */
export function record(name: string, change: Partial<RecordSubmission> = {}): RecordSubmission {
  return {
    to: 'records',
    organisation: 'dealer',
    service: 'vehicles',
    schema: 'vehicles.sale.1',
    subject: hashOf('car'),
    commitment: hashOf(`document ${name}`),
    refersTo: ZERO,
    kind: 'create',
    occurredAtSec: 1_700_000_000,
    idempotency: hashOf(name),
    ...change,
  };
}

export interface City {
  readonly folder: string;
  readonly chain: Pick<EmbeddedChain, 'url' | 'stop'>;
  readonly network: Network;
  readonly deployment: Deployment;
  /** Ends the chain and removes everything. */
  close(): Promise<void>;
}

async function openEmbedded(folder: string): Promise<City['chain']> {
  const chain = await startEmbeddedChain({ folder: join(folder, 'chain'), chainId: CHAIN_ID });
  await chain.ready;
  return chain;
}

export interface MakeCity {
  readonly open?: (folder: string) => Promise<City['chain']>;
  /** Called with every account that sends, before it does. */
  readonly fund?: (account: Hex) => Promise<void>;
  readonly fees?: (network: Network) => Fees;
}

/** A fresh chain with the contracts, and two organisations whose keys lie in the vault of `folder`. */
export async function makeCity({ open = openEmbedded, fund, fees: feesOf }: MakeCity = {}): Promise<City> {
  const folder = await mkdtemp(join(tmpdir(), 'sillok-outbox-'));
  const chain = await open(folder);
  const network = await openNetwork({ url: chain.url });
  const store = await openStore(join(folder, 'keys'));
  const vault = await openVault({ folder: join(folder, 'vault'), passphrase: PASSPHRASE, store });
  const administrator = await vault.signer('administrator');
  const fees = feesOf?.(network) ?? FREE;
  for (const name of ['deployer', 'administrator']) await fund?.((await vault.signer(name)).address);
  const deployment = await deployContracts({
    network,
    deployer: await vault.signer('deployer'),
    administrator: administrator.address,
    artifacts: ARTIFACTS,
    fees,
  });
  const acts = administration(deployment.contracts);
  for (const organisation of ['dealer', 'rival']) {
    const { address } = await vault.signer(`organisation.${organisation}`);
    for (const act of [
      acts.register(organisation, 'company', organisation),
      acts.addKey(organisation, address, 1, 0),
      acts.accredit(organisation, 'vehicles', 1, 0),
      acts.accredit(organisation, 'credentials', 1, 0),
    ])
      await transact(network, administrator, act, { fees });
  }
  await store.close();
  return {
    folder,
    chain,
    network,
    deployment,
    close: async () => {
      network.close();
      await chain.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Gateway {
  readonly store: Store;
  readonly vault: Vault;
  readonly network: Endpoints;
  readonly outbox: Outbox;
  readonly watcher: Watcher;
  readonly alarms: string[];
  close(): Promise<void>;
}

export interface OpenGateway extends Partial<Pick<OpenOutbox, 'limits' | 'fault' | 'nowMs'>> {
  readonly city: Pick<City, 'folder' | 'deployment'>;
  /** Below the city's folder. */
  readonly name: string;
  /** One node, or several. */
  readonly url: string | readonly string[];
  readonly lanes?: number;
  readonly fees?: (network: Network) => Fees;
  readonly onTrouble?: (error: unknown) => void;
}

/** Opens, or opens again, the gateway of this name. */
export async function openGateway(options: OpenGateway): Promise<Gateway> {
  const { city, name, url, lanes = 2, limits = {}, onTrouble = () => {} } = options;
  const { contracts, codeHashes } = city.deployment;
  const store = await openStore(join(city.folder, name));
  const vault = await openVault({ folder: join(city.folder, 'vault'), passphrase: PASSPHRASE, store });
  const alarms: string[] = [];
  const network = await openEndpoints({
    urls: [url].flat(),
    timeoutMs: 5_000,
    lookEveryMs: 150,
    onAlarm: ({ code }) => alarms.push(code),
  });
  network.pin(codeHashes);
  const signers = await Promise.all(
    Array.from({ length: lanes }, (_, i) => vault.signer(`${name}.lane-${i}`)),
  );
  const outbox = await openOutbox({
    store,
    network,
    contracts,
    lanes: signers,
    signerOf: async (organisation) => {
      const key = `organisation.${organisation}`;
      return (await vault.hasKey(key)) ? vault.signer(key) : undefined;
    },
    onAlarm: ({ code }) => alarms.push(code),
    fees: options.fees?.(network) ?? FREE,
    limits: { stallMs: 400, ...limits },
    ...(options.fault && { fault: options.fault }),
    ...(options.nowMs && { nowMs: options.nowMs }),
  });
  const cursor = (await store.get<{ block: number; size: number }>('cursor')) ?? { block: 0, size: 0 };
  let { size } = cursor;

  async function ingest(block: FinalBlock): Promise<void> {
    const decoded: { event: DecodedEvent; ledger: (typeof block.events)[number] }[] = [];
    for (const ledger of block.events) {
      const event = decodeEvent(ledger, contracts);
      if (event !== undefined) decoded.push({ event, ledger });
    }
    let next = size;
    const settled = decoded.map((part) => (isLeaf(part.event) ? { ...part, leafIndex: next++ } : part));
    const settlement = await outbox.settle(settled, block);
    const ops: Op[] = [{ type: 'put', key: 'cursor', value: { block: block.number + 1, size: next } }];
    await store.commit([...settlement.ops, ...ops]).catch((error) => {
      settlement.dropped();
      throw error;
    });
    settlement.committed();
    size = next;
  }

  const watcher = watchEvents({
    network,
    contracts,
    fromBlock: cursor.block,
    onBlock: ingest,
    isBusy: outbox.isBusy,
    onTrouble,
  });
  return {
    store,
    vault,
    network,
    outbox,
    watcher,
    alarms,
    close: async () => {
      await watcher.stop();
      await outbox.close();
      await store.close();
      network.close();
    },
  };
}

/** What the chain itself holds: how often each entry was recorded or refused, from its events alone. */
export async function chainEvents(city: City): Promise<Map<Hex, string[]>> {
  const found = new Map<Hex, string[]>();
  const { contracts } = city.deployment;
  const range = { address: Object.values(contracts), fromBlock: '0x0', toBlock: 'latest' };
  const logs = await city.network.send<{ address: Hex; topics: Hex[]; data: Hex }[]>('eth_getLogs', [range]);
  for (const log of logs) {
    const event = decodeEvent({ ...log, chainId: CHAIN_ID, block: 0, timeSec: 0, logIndex: 0 }, contracts);
    if (event === undefined || !('entryId' in event.args)) continue;
    const { entryId } = event.args;
    found.set(entryId, [...(found.get(entryId) ?? []), event.name]);
  }
  return found;
}

/** An ERC-7913 key of a plain account. */
export function keyOf(address: Hex): Hex {
  return toHex(keccak256(fromHex(address)));
}

/** A gateway and four witnesses that are processes of their own, beside one embedded chain: a receipt needs three of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { startWitness, type Witness, type WitnessOptions } from '../../../server/witness/start.ts';
import type { WitnessStatus } from '../../../server/witness/status.ts';
import { makeBranch, startOwn, type TestGateway } from '../../helpers/gateway.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';

export interface Server {
  readonly folder: string;
  /** Its own node: passes on what the chain says, or what a test wants. */
  readonly node: LyingNode;
  readonly options: WitnessOptions;
  /** undefined while it is down. */
  witness: Witness | undefined;
  kill(): Promise<void>;
  start(): Promise<void>;
  status(): Promise<WitnessStatus>;
}

export interface Four {
  readonly gateway: TestGateway;
  /** API key of an organisation that issues library cards. */
  readonly key: string;
  readonly servers: readonly Server[];
  stop(): Promise<void>;
}

export async function startFour(): Promise<Four> {
  const folder = await mkdtemp(join(tmpdir(), 'sillok-four-'));
  const chain: EmbeddedChain = await startEmbeddedChain({ folder: join(folder, 'chain'), chainId: 1413 });
  await chain.ready;
  // Contracts and the log's key are there before the witnesses that need them.
  const data = join(folder, 'data');
  const first = await startOwn({ SILLOK_RPC_URL: chain.url }, data);
  const { key } = await makeBranch(first);
  await first.stop();
  const servers = await Promise.all([1, 2, 3, 4].map((n) => openServer(n, folder, chain.url, first)));
  const gateway = await startOwn(
    {
      SILLOK_RPC_URL: chain.url,
      SILLOK_WITNESSES: servers.map(({ witness }) => `${witness!.key}@${witness!.url}`).join(','),
      SILLOK_WITNESS_THRESHOLD: '3',
    },
    data,
  );
  return {
    gateway,
    key,
    servers,
    async stop() {
      await gateway.stop();
      for (const { witness, node } of servers) {
        await witness?.stop();
        await node.close();
      }
      await chain.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openServer(
  n: number,
  folder: string,
  rpcUrl: string,
  { trust }: TestGateway,
): Promise<Server> {
  const node = await startLyingNode(rpcUrl);
  const options: WitnessOptions = {
    folder: join(folder, `witness-${n}`),
    name: `server-${n}.sillok.example/witness`,
    rpcUrl: node.url,
    chainId: trust.chainId,
    contracts: trust.contracts,
    fromBlock: trust.deployment!.fromBlock,
    logKey: trust.logKey,
    passphrase: `of server ${n}`,
    port: 0,
  };
  const started = await startWitness(options);
  const port = Number(new URL(started.url).port);
  const server: Server = {
    folder: options.folder,
    node,
    options,
    witness: started,
    async kill() {
      process.kill(server.witness!.pid, 'SIGKILL');
      await server.witness!.exited;
      server.witness = undefined;
    },
    async start() {
      server.witness = await startWitness({ ...options, port });
    },
    async status() {
      return (await fetch(`${server.witness!.url}/status`)).json() as Promise<WitnessStatus>;
    },
  };
  return server;
}

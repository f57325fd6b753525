/**
 * One network of four city servers for all fault tests of a run. The gateway reaches nodes and witnesses, and each validator the
 * others, through links that a test can spoil.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { initNetwork } from '../../../scripts/network/init.ts';
import { type RunningNetwork, startNetwork } from '../../../scripts/network/network.ts';
import { freePorts } from '../../../scripts/network/ports.ts';
import type { HealthStatus } from '../../../server/http/health.ts';
import { healthOf } from '../../helpers/gateway.ts';
import { newToken, type RunningStandby, startStandby } from '../../helpers/standby.ts';
import { expectBooksToAgree, headOf } from '../books.ts';
import { Clients } from '../clients.ts';
import { type Link, startToxiproxy, type Toxiproxy } from './toxiproxy.ts';

/** Small, so that a test can fill it. */
export const QUEUE_MAX = 300;

interface Standby {
  readonly data: string;
  readonly url: string;
  /** Nothing happens when it runs. */
  start(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
}

export interface City {
  readonly network: RunningNetwork;
  /** Holds a copy of every commit before it counts. */
  readonly standby: Standby;
  readonly tokenFile: string;
  /** An empty one in the place of the standby, which keeps running; the gateway reads of it at its next start. */
  replaceStandby(): Promise<void>;
  /** From the gateway, one per city server. */
  readonly rpc: readonly Link[];
  readonly cosigning: readonly Link[];
  /** From one validator to another, as one of them dials. */
  peers(from: number, to: number): Link;
  /** Of the gateway, besides those in its file; a test may change what counts from its next start on. */
  readonly variables: Record<string, string>;
}

const REST_MS = 400;

let running: { readonly clients: Clients; readonly network: RunningNetwork } | undefined;
/** By name, all there are. */
const links = new Map<string, Link>();
let started: Promise<City> | undefined;
let toxiproxy: Toxiproxy | undefined;
/** The last one is in use. */
const standbys: Standby[] = [];
let folder: string | undefined;

/** The shared one; stopped after the last test of the run. */
export function city(): Promise<City> {
  started ??= start();
  return started;
}

afterEach(async function () {
  if (running === undefined || this.currentTest?.state !== 'failed') return;
  const { clients, network } = running;
  const states = Map.groupBy(clients.journal, ({ shown }) => shown.at(-1) ?? 'not acknowledged');
  console.log(
    '      journal:',
    Object.fromEntries([...states].map(([state, { length }]) => [state, length])),
  );
  console.log(this.currentTest.err?.message);
  for (const { name, pid } of network.parts) if (pid === undefined) console.log(`      ${name} is down`);
  console.log(
    '      nodes show',
    await Promise.all(network.nodes.map((node) => headOf(node.rpcUrl).catch(String))),
  );
  console.log((await readFile(network.gateways[0]!.log, 'utf8')).slice(-2_000));
  await clients.stop();
  running = undefined;
  // The next fault is judged by itself.
  for (const link of links.values()) await link.heal();
  await standbys.at(-1)?.start();
  for (const part of [...network.gateways, ...network.witnesses]) await part.stop();
  for (const part of network.parts) await part.start();
  await until(async () => (await statusOf(network)).outbox.open === 0);
});

after(async () => {
  await closeCity();
});

/** Makes room for another network. */
export async function closeCity(): Promise<void> {
  const { network } = (await started?.catch(() => undefined)) ?? {};
  started = undefined;
  running = undefined;
  await network?.stop();
  for (const standby of standbys.splice(0)) await standby.kill();
  await toxiproxy?.stop();
  links.clear();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

async function start(): Promise<City> {
  folder = await mkdtemp(join(tmpdir(), 'sillok-faults-'));
  const place = join(folder, 'network');
  toxiproxy = await startToxiproxy();
  const { cities } = await initNetwork({ folder: place, portBase: 0, gatewayPort: 0 });
  for (const [i, from] of cities.entries()) {
    const file = join(place, 'hosts', from.name, 'node/klay/static-nodes.json');
    let text = await readFile(file, 'utf8');
    for (const [j, to] of cities.entries()) {
      if (i === j) continue;
      const link = await open(`peers-${i}-${j}`, to.host, to.p2pPort);
      text = text.replace(`@${to.host}:${to.p2pPort}?`, `@${link.address}?`);
    }
    await writeFile(file, text);
  }
  const rpc: Link[] = [];
  const cosigning: Link[] = [];
  for (const { name, host, rpcPort, witnessPort } of cities) {
    rpc.push(await open(`rpc-${name}`, host, rpcPort));
    cosigning.push(await open(`cosigning-${name}`, host, witnessPort));
  }
  const tokenFile = (await newToken(folder)).file;
  const variables: Record<string, string> = {
    SILLOK_STANDBYS: (await addStandby(folder, tokenFile)).url,
    SILLOK_STANDBY_TOKEN_FILE: tokenFile,
    SILLOK_RPC_URL: rpc.map(({ address }) => `http://${address}`).join(','),
    SILLOK_WITNESSES: cities.map(({ witness }, i) => `${witness}@http://${cosigning[i]!.address}`).join(','),
    SILLOK_QUEUE_MAX: String(QUEUE_MAX),
    SILLOK_ANONYMOUS_PER_MINUTE: '1000000',
  };
  const network = await startNetwork({ folder: place, variables });
  return {
    network,
    get standby() {
      return standbys.at(-1)!;
    },
    tokenFile,
    async replaceStandby() {
      variables.SILLOK_STANDBYS = (await addStandby(folder!, tokenFile)).url;
    },
    rpc,
    cosigning,
    peers: (from, to) => links.get(`peers-${from}-${to}`)!,
    variables,
  };
}

async function addStandby(root: string, tokenFile: string): Promise<Standby> {
  const [port] = await freePorts(1);
  const data = join(root, `standby-${standbys.length + 1}`);
  let process: RunningStandby | undefined;
  const standby = {
    data,
    url: `http://127.0.0.1:${port}`,
    async start() {
      process ??= await startStandby(data, tokenFile, port);
    },
    async kill() {
      await process?.end('SIGKILL');
      process = undefined;
    },
  };
  await standby.start();
  standbys.push(standby);
  return standby;
}

async function open(name: string, host: string, port: number): Promise<Link> {
  const link = await toxiproxy!.link(name, `${host}:${port}`);
  links.set(name, link);
  return link;
}

/**
 * Clients write before, while and after `fault` runs, which has to mend what it breaks; then all books are compared. A wait in vain
 * ends with the test's own limit, and is told apart by what is printed then.
 */
export async function underLoad(
  { network }: Pick<City, 'network'>,
  fault: (clients: Clients) => Promise<void>,
): Promise<void> {
  const { clients, fromBlock } = await withClients({ network }, fault);
  await expectBooksToAgree({ clients, gateway: network.gateways[0]!.url, nodes: urlsOf(network), fromBlock });
  running = undefined;
}

/** The same without the books. `fromBlock` is the first that may hold what these clients asked for. */
export async function withClients(
  { network }: Pick<City, 'network'>,
  fault: (clients: Clients) => Promise<void>,
): Promise<{ readonly clients: Clients; readonly fromBlock: number }> {
  const gateway = network.gateways[0]!;
  const fromBlock = 1 + Math.max(...(await Promise.all(urlsOf(network).map(headOf))));
  const clients = new Clients({ urls: [gateway.url], key: gateway.adminKey(), restMs: REST_MS });
  running = { clients, network };
  clients.start();
  try {
    await clients.more(12);
    await fault(clients);
    await clients.more(12);
  } finally {
    await clients.stop();
  }
  return { clients, fromBlock };
}

export function urlsOf({ nodes }: RunningNetwork): string[] {
  return nodes.map(({ rpcUrl }) => rpcUrl);
}

/** Polls; the test's own limit ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(100);
}

/** The nodes as the gateway sees them. */
export async function endpointsOf({ network }: City): Promise<HealthStatus['chain']['endpoints']> {
  return (await statusOf(network)).chain.endpoints;
}

export async function statusOf({ gateways }: RunningNetwork): Promise<HealthStatus> {
  const gateway = gateways[0]!;
  return healthOf(gateway.url, gateway.adminKey());
}

export function canPartition(): boolean {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return isRoot && spawnSync('ip', ['netns', 'list']).status === 0;
}

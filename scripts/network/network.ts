/**
 * A whole network as a value, for the command, for tests and for the bench:
 *   const network = await startNetwork({ folder, ports: 'free' });
 *   await network.nodes[0].kill(); await network.nodes[0].start();
 *   await network.stop();
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from '../../server/core/bytes.ts';
import { adminKeyFile, keepAdminKey, takeAdminKey } from './admin-key.ts';
import { findEngine } from './engine.ts';
import { NetworkFailure } from './failure.ts';
import { initNetwork } from './init.ts';
import { hasLayout, type Layout, readLayout, thresholdOf } from './layout.ts';
import { closeNamespaces, heal, namespaceOf, openNamespaces, partition } from './namespaces.ts';
import { halt, launch, logFile, pidOf, whenReady } from './processes.ts';
import {
  gatewayData,
  gatewayFolder,
  type Kind,
  type Program,
  programsOf,
  ROUND_VOTE,
  root,
  socketOf,
} from './programs.ts';
import { ask, askOperator } from './rpc.ts';

export interface NetworkOptions {
  /** Made when it is not there; a network that is there is started as it is. */
  readonly folder: string;
  /** 4 */
  readonly validators?: number;
  /** 1 */
  readonly gateways?: number;
  /** City servers that keep a copy of each gateway's store; 0. */
  readonly standbys?: number;
  readonly hosts?: 'loopback' | 'namespaces';
  /** `free`: any that are free, for tests. `usual` when absent. */
  readonly ports?: 'usual' | 'free';
  /** Further SILLOK_ variables of the gateways, for this start. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Only these kinds are started; all when absent. */
  readonly kinds?: readonly Kind[];
  /** Kills everything when the calling process ends, however it does but by kill -9: for tests. */
  readonly isOwned?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** One process of the network. */
export interface Part {
  /** city-1/node, city-1/witness, city-1/standby-gateway-1, gateway-1 */
  readonly name: string;
  readonly kind: Kind;
  readonly url: string;
  /** File of what it says. */
  readonly log: string;
  /** undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it answers; one that runs is not started again. */
  start(): Promise<void>;
  /** As an operator ends it. */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
}

export interface NodePart extends Part {
  readonly rpcUrl: string;
  /** Its socket, for what only its operator may. */
  readonly ipc: string;
  readonly validator: Hex;
}

export interface WitnessPart extends Part {
  /** Verifier key. */
  readonly key: string;
}

export interface GatewayPart extends Part {
  /** SILLOK_DATA */
  readonly data: string;
  /** Of the administrator; there from the first start on. */
  readonly adminKeyFile: string;
  adminKey(): string;
}

export interface RunningNetwork {
  readonly folder: string;
  readonly layout: Layout;
  /** Cosignatures that make a receipt. */
  readonly threshold: number;
  readonly nodes: readonly NodePart[];
  readonly witnesses: readonly WitnessPart[];
  /** Each holds a copy of one gateway's store. */
  readonly standbys: readonly Part[];
  readonly gateways: readonly GatewayPart[];
  readonly parts: readonly Part[];
  /**
   * `namespaces` only: groups of names (`city-1`, `gateway-1`) that no longer reach each other; whoever is in no group stays with
   * the first. The caller still reaches all.
   */
  partition(groups: readonly (readonly string[])[]): void;
  heal(): void;
  /** Gateways first, nodes last; with the namespaces, when there are any. */
  stop(): Promise<void>;
}

/** Resolves when every process answers and blocks are made. @throws NetworkFailure; what was started by then keeps running */
export async function startNetwork(options: NetworkOptions): Promise<RunningNetwork> {
  const folder = resolve(options.folder);
  const { ports = 'usual', onProgress = () => {}, validators, gateways, standbys, hosts } = options;
  if (!hasLayout(folder)) {
    onProgress(`making keys and genesis in ${folder}`);
    await initNetwork({
      folder,
      ...(validators !== undefined && { validators }),
      ...(gateways !== undefined && { gateways }),
      ...(standbys !== undefined && { standbys }),
      ...(hosts !== undefined && { hosts }),
      ...(ports === 'free' && { portBase: 0, gatewayPort: 0 }),
    });
  }
  const network = await openNetwork(folder, options.variables);
  const { layout, nodes } = network;
  if (options.isOwned) endWithCaller(network);
  if (layout.hosts === 'separate')
    throw new NetworkFailure(
      `The parts of ${folder} run on hosts of their own: see scripts/network/README.md.`,
    );
  if (layout.hosts === 'namespaces') openNamespaces(layout);
  for (const kind of ['node', 'witness', 'standby', 'gateway'] as const) {
    if (options.kinds !== undefined && !options.kinds.includes(kind)) continue;
    const parts = network.parts.filter((part) => part.kind === kind && part.pid === undefined);
    if (parts.length > 0) onProgress(`starting ${parts.map(({ name }) => name).join(', ')}`);
    // Gateways one after another: the first of a new network brings the contracts. One that runs may not have been heard to its end.
    if (kind === 'gateway') for (const part of network.gateways) await part.start();
    else await Promise.all(parts.map((part) => part.start()));
    if (kind === 'node') await firstBlock(nodes, onProgress);
  }
  return network;
}

function endWithCaller({ parts, layout }: RunningNetwork): void {
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', () => {
    const running = parts.flatMap(({ pid }) => pid ?? []);
    for (const pid of running) process.kill(pid, 'SIGKILL');
    if (layout.hosts === 'namespaces' && running.length > 0) closeNamespaces(layout);
  });
}

/** The network of a folder, running or not. @throws NetworkFailure */
export async function openNetwork(
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningNetwork> {
  const layout = readLayout(folder);
  const kscn = layout.hosts === 'separate' ? 'kscn' : await findEngine();
  const programs = programsOf(layout, folder, { kscn, node: process.execPath, code: root });
  const context: Context = { folder, layout, variables, kscn };
  const nodes: NodePart[] = [];
  const witnesses: WitnessPart[] = [];
  const standbys: Part[] = [];
  const gateways: GatewayPart[] = [];
  for (const program of programs) {
    const city = layout.cities.find(({ name }) => name === program.place);
    if (program.kind === 'node') {
      const more = { rpcUrl: program.url, ipc: socketOf(program), validator: city!.validator };
      nodes.push(extend(partOf(context, program), more));
    } else if (program.kind === 'witness')
      witnesses.push(extend(partOf(context, program), { key: city!.witness }));
    else if (program.kind === 'standby') standbys.push(partOf(context, program));
    else {
      const keyFile = adminKeyFile(folder, program);
      const adminKey = () => readFileSync(keyFile, 'utf8').trim();
      const gateway = layout.gateways.find(({ name }) => name === program.name)!;
      const data = gatewayData(gateway, (one) => gatewayFolder(folder, one));
      gateways.push(extend(partOf(context, program), { data, adminKeyFile: keyFile, adminKey }));
    }
  }
  const parts: Part[] = [...nodes, ...witnesses, ...standbys, ...gateways];
  return {
    folder,
    layout,
    threshold: thresholdOf(layout.cities.length),
    nodes,
    witnesses,
    standbys,
    gateways,
    parts,
    partition: (groups) => partition(layout, groups),
    heal: () => heal(layout),
    async stop() {
      for (const group of [gateways, standbys, witnesses, nodes])
        await Promise.all(group.map((part: Part) => part.stop()));
      if (layout.hosts === 'namespaces') closeNamespaces(layout);
    },
  };
}

interface Context {
  readonly folder: string;
  readonly layout: Layout;
  readonly variables: Readonly<Record<string, string>>;
  readonly kscn: string;
}

/** Keeps `pid` the question that it is. */
function extend<T extends object>(part: Part, more: T): Part & T {
  return Object.defineProperties(part, Object.getOwnPropertyDescriptors(more)) as Part & T;
}

function partOf({ folder, layout, variables, kscn }: Context, program: Program): Part {
  const { name, kind, url } = program;
  const namespace = layout.hosts === 'namespaces' ? namespaceOf(layout, program.place) : undefined;
  return {
    name,
    kind,
    url,
    log: logFile(folder, name),
    get pid() {
      return pidOf(folder, program);
    },
    async start() {
      if (kind === 'node') writeGenesis(folder, program, kscn);
      // A start throws away what the process before said.
      if (kind === 'gateway') takeAdminKey(folder, program);
      const isNew = await launch({
        folder,
        program,
        namespace,
        variables: kind === 'gateway' ? variables : {},
      });
      await whenReady(folder, program);
      if (kind === 'node') await askOperator(socketOf(program), ...ROUND_VOTE);
      if (kind === 'gateway') await keepAdminKey(folder, program, isNew);
    },
    stop: () => halt(folder, program, 'SIGTERM'),
    kill: () => halt(folder, program, 'SIGKILL'),
  };
}

/** Changes nothing where it is the first block already; a running node holds its database. @throws NetworkFailure when the node has another one */
function writeGenesis(folder: string, program: Program, kscn: string): void {
  if (pidOf(folder, program) !== undefined) return;
  const { name, cwd } = program;
  const args = ['--datadir', cwd, '--verbosity', '1', 'init', join(folder, 'genesis.json')];
  const { status, stderr } = spawnSync(kscn, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = stderr.trim().split('\n').at(-1);
  throw new NetworkFailure(`${name} does not take the genesis: ${reason}`);
}

const FIRST_BLOCK_MS = 120_000;

/** The validators find each other in their second round or so. */
async function firstBlock(nodes: readonly NodePart[], onProgress: (line: string) => void): Promise<void> {
  const head = () => ask<string>(nodes[0]!.rpcUrl, 'eth_blockNumber').then(Number, () => 0);
  if ((await head()) > 0) return;
  onProgress('waiting for the first block');
  for (const until = Date.now() + FIRST_BLOCK_MS; (await head()) === 0; await sleep(200))
    if (Date.now() > until)
      throw new NetworkFailure('The validators make no blocks; see the logs of the nodes.');
}

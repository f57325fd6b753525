/** What a network consists of: network.json, written by init and changed by add and remove only. Holds no secret. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from '../../server/core/bytes.ts';
import { mayFail } from '../../server/core/faults.ts';
import { NetworkFailure } from './failure.ts';

/**
 * - `loopback`: all on this machine, ports apart
 * - `namespaces`: all on this machine, each city server and gateway behind an own network card (Linux, root)
 * - `separate`: machines of their own; this one only makes their folders
 */
export type Hosts = 'loopback' | 'namespaces' | 'separate';

/** A validator and the witness beside it. */
export interface CityServer {
  readonly name: string;
  readonly host: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly witnessPort: number;
  /** Ports of the copies that are kept on this server, by the name of the gateway whose store it is. */
  readonly standbyPorts?: Readonly<Record<string, number>>;
  /** The account that seals blocks. */
  readonly validator: Hex;
  readonly nodeId: string;
  /** Verifier key of the witness. */
  readonly witness: string;
}

export interface GatewayPlace {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** City server on whose machine it goes on, with the copy that was promoted there. */
  readonly copy?: string;
  /** City servers on which it went on before: their copies are older stores of its own, and take no commits. */
  readonly left?: readonly string[];
}

export interface Layout {
  readonly sillok: 'network.2';
  /** Tells the networks of one machine apart. */
  readonly id: string;
  readonly hosts: Hosts;
  readonly chainId: number;
  /** Name of the log. */
  readonly origin: string;
  readonly logKey: string;
  /** While the log changes from one key to the other. */
  readonly nextLogKey?: string;
  readonly contracts: Readonly<Record<string, Hex>>;
  /** Number of the newest city server: a name is given once, whoever had it before. */
  readonly lastCity: number;
  readonly cities: readonly CityServer[];
  readonly gateways: readonly GatewayPlace[];
}

/** Cosignatures that make a receipt: all that can be demanded while the tolerated number of validators is dead or lies. */
export function thresholdOf(cities: number): number {
  return cities - mayFail(cities);
}

/** For tables and lines. */
export function receiptRule({ cities }: Layout): string {
  return `${thresholdOf(cities.length)} of ${cities.length}`;
}

const fileOf = (folder: string) => join(folder, 'network.json');

export function hasLayout(folder: string): boolean {
  return existsSync(fileOf(folder));
}

/** @throws NetworkFailure when there is none, or it is not ours */
export function readLayout(folder: string): Layout {
  if (!hasLayout(folder))
    throw new NetworkFailure(`There is no network in ${folder}. Make one with "npm run network -- init".`);
  let layout: Partial<Layout> | undefined;
  try {
    layout = JSON.parse(readFileSync(fileOf(folder), 'utf8'));
  } catch {
    layout = undefined;
  }
  // Its standbys and addresses are described otherwise: read as one of ours it would lose them.
  if ((layout as { sillok?: string } | undefined)?.sillok === 'network.1')
    throw new NetworkFailure(
      `${folder} was made by an earlier version: run it with that one, or make a new network in another folder.`,
    );
  if (layout?.sillok !== 'network.2')
    throw new NetworkFailure(`${fileOf(folder)} is not the description of a Sillok network.`);
  return layout as Layout;
}

export function writeLayout(folder: string, layout: Layout): void {
  writeWhole(fileOf(folder), `${JSON.stringify(layout, undefined, 2)}\n`);
}

/** Old or new, never half; for its owner only. */
export function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

export function rpcUrlOf({ host, rpcPort }: CityServer): string {
  return `http://${host}:${rpcPort}`;
}

export function gatewayUrlOf({ host, port }: GatewayPlace): string {
  return `http://${host}:${port}`;
}

export function witnessUrlOf({ host, witnessPort }: CityServer): string {
  return `http://${host}:${witnessPort}`;
}

/** A copy of one gateway's store on one city server. */
export interface StandbyPlace {
  readonly city: CityServer;
  readonly gateway: string;
  readonly port: number;
}

export function standbysOf({ cities }: Pick<Layout, 'cities'>): StandbyPlace[] {
  return cities.flatMap((city) =>
    Object.entries(city.standbyPorts ?? {}).map(([gateway, port]) => ({ city, gateway, port })),
  );
}

/** Name of the machine that a part is on: of a gateway that has moved, the city server's. */
export function machineOf({ gateways }: Layout, name: string): string {
  return gateways.find((one) => one.name === name)?.copy ?? name;
}

export function standbyUrlOf({ city, port }: StandbyPlace): string {
  return `http://${city.host}:${port}`;
}

/** Address on the peer-to-peer network. */
export function peerUrlOf({ nodeId, host, p2pPort }: CityServer): string {
  return `kni://${nodeId}@${host}:${p2pPort}?discport=0&ntype=cn`;
}

/** Makes a network: keys, genesis and the settings of every process. Nothing of it needs a running chain. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeAddress } from 'ethers';
import { plannedContracts } from '../../server/chain/deploy.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { openKey } from '../../server/log/key.ts';
import { generatePassphrase, openKeystore } from '../../server/vault/keystore.ts';
import { COSIGNATURE, ED25519 } from '../../server/verify/note.ts';
import { NetworkFailure } from './failure.ts';
import { makeGenesis, makeNodeKey, type NodeKey } from './genesis.ts';
import {
  type CityServer,
  type GatewayPlace,
  gatewayUrlOf,
  type Hosts,
  hasLayout,
  type Layout,
  type StandbyPlace,
  standbysOf,
  standbyUrlOf,
  writeLayout,
  writeWhole,
} from './layout.ts';
import { namespacedHost } from './namespaces.ts';
import { freePorts } from './ports.ts';
import { cityFolder, gatewayFolder, MAX_VALIDATORS, standbyName } from './programs.ts';
import { writeSettings } from './settings.ts';

export interface InitOptions {
  readonly folder: string;
  /** 4 */
  readonly validators?: number;
  /** 1 */
  readonly gateways?: number;
  /** City servers that keep a copy of each gateway's store; 0. */
  readonly standbys?: number;
  readonly hosts?: Hosts;
  /** Of the city servers and then the gateways; for `separate` hosts only. */
  readonly addresses?: readonly string[];
  /** First port on the loopback; 0 takes free ones. */
  readonly portBase?: number;
  /** Port of the first gateway; 0 takes a free one. */
  readonly gatewayPort?: number;
  readonly chainId?: number;
  /** Name of the log. */
  readonly origin?: string;
}

/** The year in which the annals were first kept in four archives. */
const CHAIN_ID = 1445;
const ORIGIN = 'localhost/log';
export const PORT_BASE = 21_000;
export const GATEWAY_PORT = 8080;
/** Ports where every host is its own. */
const HOST_PORTS = { p2pPort: 32_323, rpcPort: 8551, witnessPort: 8552 };
/** Of a copy of the first gateway's store; the next ones are those of the others. */
const STANDBY_PORT = 8553;
/** Ports of one city server on the loopback besides its standbys: peers, RPC, witness. */
const KINDS = 3;
/** A socket's path has at most 107 bytes. */
const MAX_FOLDER = 107 - '/hosts/city-16/node/ipc'.length;
const UNFINISHED = '.unfinished';

/** @throws NetworkFailure when the folder holds something else */
export async function initNetwork(options: InitOptions): Promise<Layout> {
  const { folder, validators = 4, gateways = 1, chainId = CHAIN_ID, origin = ORIGIN } = options;
  if (hasLayout(folder)) throw new NetworkFailure(`${folder} holds a network already.`);
  if (!Number.isInteger(validators) || validators < 1 || validators > MAX_VALIDATORS)
    throw new NetworkFailure(`Validators: a whole number from 1 to ${MAX_VALIDATORS}.`);
  if (Buffer.byteLength(folder) > MAX_FOLDER)
    throw new NetworkFailure(
      `The folder's path may have ${MAX_FOLDER} characters, since sockets lie in it: ${folder}`,
    );
  const id = randomBytes(2).toString('hex');
  const places = await addressesOf(id, validators, gateways, options);
  claim(folder);
  const keys = Array.from({ length: validators }, makeNodeKey);
  const cities: CityServer[] = [];
  for (const [i, key] of keys.entries())
    cities.push(await makeCity(folder, origin, `city-${i + 1}`, key, places.cities[i]!));
  for (const { name } of places.gateways) writeTokens(folder, cities, name);
  if (gateways > 1) writeClaims(folder, places.gateways);
  const { logKey, contracts } = await makeGatewayKeys(gatewayFolder(folder, { name: 'gateway-1' }), origin);
  const layout: Layout = {
    sillok: 'network.2',
    id,
    hosts: options.hosts ?? 'loopback',
    chainId,
    origin,
    logKey,
    contracts,
    lastCity: cities.length,
    cities,
    gateways: places.gateways,
  };
  const validatorsOf = cities.map(({ validator }) => validator);
  const genesis = makeGenesis(chainId, validatorsOf, Math.floor(Date.now() / 1000));
  writeWhole(join(folder, 'genesis.json'), `${JSON.stringify(genesis, undefined, 2)}\n`);
  writeSettings(folder, layout);
  writeLayout(folder, layout);
  rmSync(join(folder, UNFINISHED));
  return layout;
}

/** What an interrupted init left is thrown away: nobody has used it. */
function claim(folder: string): void {
  const marker = join(folder, UNFINISHED);
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(marker))
    throw new NetworkFailure(`${folder} is not empty and holds no network. Name another folder.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(marker, '');
  for (const name of ['hosts', 'run', 'logs', 'genesis.json'])
    rmSync(join(folder, name), { recursive: true, force: true });
}

type CityPlace = Pick<CityServer, 'host' | 'p2pPort' | 'rpcPort' | 'witnessPort' | 'standbyPorts'>;

async function addressesOf(
  id: string,
  validators: number,
  gateways: number,
  options: InitOptions,
): Promise<{ cities: CityPlace[]; gateways: GatewayPlace[] }> {
  const { hosts = 'loopback', addresses = [], standbys = 0 } = options;
  const { portBase = PORT_BASE, gatewayPort = GATEWAY_PORT } = options;
  const numbers = Array.from({ length: validators }, (_, i) => i);
  const names = Array.from({ length: gateways }, (_, i) => `gateway-${i + 1}`);
  if (hosts === 'loopback') {
    const kinds = KINDS + gateways;
    const free = await freePorts(kinds * validators + gateways);
    const port = (i: number, kind: number) =>
      portBase === 0 ? free[kinds * i + kind]! : portBase + 100 * (kind + 1) + i + 1;
    const freeGateways = gatewayPort === 0 ? free.slice(kinds * validators) : [];
    const keepers = names.map((_, i) => inTurn(numbers, i).slice(0, standbys));
    return {
      cities: numbers.map((i) => ({
        ...loopbackPlace((kind) => port(i, kind)),
        ...copiesAt(i, keepers, (gateway) => port(i, KINDS + gateway)),
      })),
      gateways: names.map((name, i) => ({
        name,
        host: '127.0.0.1',
        port: freeGateways[i] ?? gatewayPort + i,
      })),
    };
  }
  const address = (kind: 'city' | 'gateway', number: number) =>
    hosts === 'namespaces'
      ? namespacedHost(id, kind, number)
      : addresses[kind === 'city' ? number - 1 : validators + number - 1]!;
  const cityHosts = numbers.map((i) => address('city', i + 1));
  const places = names.map((name, i) => ({
    name,
    host: address('gateway', i + 1),
    port: gatewayPort || GATEWAY_PORT,
  }));
  const keepers = places.map((gateway, i) => keepersOf(gateway, inTurn(numbers, i), cityHosts, standbys));
  return {
    cities: cityHosts.map((host, i) => ({
      host,
      ...HOST_PORTS,
      ...copiesAt(i, keepers, (gateway) => STANDBY_PORT + gateway),
    })),
    gateways: places,
  };
}

/** The first gateway's copies on the first city servers, each next gateway's one further, so that all bear alike. */
function inTurn(cities: readonly number[], gateway: number): number[] {
  return cities.map((i) => (i + gateway) % cities.length);
}

/** A copy beside its gateway would burn with it. */
function keepersOf(
  { name, host }: GatewayPlace,
  cities: readonly number[],
  cityHosts: readonly string[],
  standbys: number,
): number[] {
  const others = cities.filter((i) => cityHosts[i] !== host);
  if (others.length < standbys)
    throw new NetworkFailure(
      `--standbys ${standbys}: each copy of ${name} at ${host} needs another host, and there are ${others.length}. Name more --hosts, --gateway-hosts of their own, or fewer --standbys.`,
    );
  return others.slice(0, standbys);
}

/** @param keepers of each gateway the city servers that keep its copies */
function copiesAt(
  city: number,
  keepers: readonly (readonly number[])[],
  port: (gateway: number) => number,
): Pick<CityServer, 'standbyPorts'> {
  const ports = keepers.flatMap((cities, i) =>
    cities.includes(city) ? [[`gateway-${i + 1}`, port(i)] as const] : [],
  );
  return ports.length > 0 ? { standbyPorts: Object.fromEntries(ports) } : {};
}

function loopbackPlace(port: (kind: number) => number): CityPlace {
  return { host: '127.0.0.1', p2pPort: port(0), rpcPort: port(1), witnessPort: port(2) };
}

/** Where one more validator goes. @param host its own address; for `separate` hosts only */
export async function nextPlace(layout: Layout, host?: string): Promise<{ name: string } & CityPlace> {
  const number = layout.lastCity + 1;
  const name = `city-${number}`;
  if (layout.hosts === 'loopback') {
    const ports = await freePorts(3);
    return { name, ...loopbackPlace((kind) => ports[kind]!) };
  }
  return { name, host: host ?? namespacedHost(layout.id, 'city', number), ...HOST_PORTS };
}

/** Where one more copy of the gateway's store listens on a city server. */
export async function nextStandbyPort(layout: Layout, gateway: GatewayPlace): Promise<number> {
  if (layout.hosts === 'loopback') return (await freePorts(1))[0]!;
  return STANDBY_PORT + layout.gateways.indexOf(gateway);
}

export async function makeCity(
  folder: string,
  origin: string,
  name: string,
  key: NodeKey,
  place: CityPlace,
): Promise<CityServer> {
  const { secret, validator, nodeId } = key;
  const own = cityFolder(folder, { name });
  // What an interrupted run left: nobody else has had the name.
  rmSync(own, { recursive: true, force: true });
  mkdirSync(join(own, 'node/klay'), { recursive: true, mode: 0o700 });
  mkdirSync(join(own, 'witness'), { recursive: true, mode: 0o700 });
  writeWhole(join(own, 'node/klay/nodekey'), secret);
  const passphrase = generatePassphrase();
  writeWhole(join(own, 'witness/passphrase'), `${passphrase}\n`);
  const { verifierKey } = await openKey({
    path: join(own, 'witness/witness-key.json'),
    name: `${origin}/${name}`,
    type: COSIGNATURE,
    passphrase,
  });
  return { name, ...place, validator, nodeId, witness: verifierKey };
}

/** A secret of its own between the gateway and each server that keeps its copy. */
function writeTokens(folder: string, cities: readonly CityServer[], gateway: string): void {
  const standbys = standbysOf({ cities }).filter((standby) => standby.gateway === gateway);
  const lines = standbys.map((standby) => writeToken(folder, standby));
  if (lines.length === 0) return;
  const place = gatewayFolder(folder, { name: gateway });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  writeWhole(join(place, 'standby-tokens'), lines.join(''));
}

/** On its city server. @returns the line of it that its gateway has */
export function writeToken(folder: string, standby: StandbyPlace): string {
  const token = randomBytes(32).toString('hex');
  const own = join(cityFolder(folder, standby.city), standbyName(standby));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  writeWhole(join(own, 'token'), `${token}\n`);
  return `${standbyUrlOf(standby)} ${token}\n`;
}

/** One secret between the first gateway and each other one; the first has all of them. */
function writeClaims(folder: string, [first, ...others]: readonly GatewayPlace[]): void {
  const lines = others.map((one) => `${gatewayUrlOf(one)} ${randomBytes(32).toString('hex')}\n`);
  const write = (gateway: GatewayPlace, text: string): void => {
    const place = gatewayFolder(folder, gateway);
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeWhole(join(place, 'claims'), text);
  };
  write(first!, lines.join(''));
  for (const [i, gateway] of others.entries()) write(gateway, lines[i]!);
}

/** The log's key, and the deployer's, from which the addresses of the contracts follow. */
async function makeGatewayKeys(
  place: string,
  origin: string,
): Promise<{ logKey: string; contracts: Layout['contracts'] }> {
  const keys = join(place, 'data/keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const passphrase = generatePassphrase();
  writeWhole(join(keys, 'passphrase'), `${passphrase}\n`);
  const log = await openKey({ path: join(keys, 'log.json'), name: origin, type: ED25519, passphrase });
  const secret = await openKeystore(join(keys, 'vault'), passphrase).secret('key.deployer');
  const contracts = plannedContracts(computeAddress(secret).toLowerCase() as Hex);
  return { logKey: log.verifierKey, contracts: { ...contracts } };
}

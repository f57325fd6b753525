/** The command line of each process: one source for what is started here, in namespaces, and by systemd elsewhere. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GATEWAY_FLAGS } from '../lib/gateway.ts';
import {
  type CityServer,
  type GatewayPlace,
  gatewayUrlOf,
  type Layout,
  rpcUrlOf,
  type StandbyPlace,
  standbysOf,
  standbyUrlOf,
  thresholdOf,
  witnessUrlOf,
} from './layout.ts';

export type Kind = 'node' | 'witness' | 'standby' | 'gateway';

export interface Program {
  /** city-1/node, city-1/witness, city-1/standby-gateway-1, gateway-1 */
  readonly name: string;
  readonly kind: Kind;
  /** Name of the city server or gateway on whose machine it runs. */
  readonly place: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly host: string;
  /** That have to be free. */
  readonly ports: readonly number[];
  /** Answers as soon as the process is ready. */
  readonly url: string;
}

/** Where things lie on the machine that runs them. */
export interface Paths {
  /** The engine. */
  readonly kscn: string;
  readonly node: string;
  /** The repository. */
  readonly code: string;
}

/** Above it a round of consensus takes too many messages for city servers. */
export const MAX_VALIDATORS = 16;

/**
 * How long a round waits for its proposer, in ms, as a vote of each validator. The engine's 10 s make the chain stand still for
 * 10 s of every 13 while one of four is dead; it takes no setting for it, forgets it at a restart, and so is told at each start.
 */
export const ROUND_VOTE = ['governance_vote', 'istanbul.timeout', 3_000] as const;

/** Where a node takes what only its operator may ask. */
export function socketOf({ cwd }: Pick<Program, 'cwd'>): string {
  return join(cwd, 'ipc');
}

export const root = fileURLToPath(new URL('../../', import.meta.url));

export function programsOf(layout: Layout, folder: string, paths: Paths): Program[] {
  return [
    ...layout.cities.flatMap((city) => {
      const place = cityFolder(folder, city);
      const standbys = standbysOf({ cities: [city] }).map((one) => standbyProgram(one, place, paths));
      return [nodeProgram(layout, city, place, paths), witnessProgram(city, place, paths), ...standbys];
    }),
    ...layout.gateways.map((gateway) => gatewayProgram(gateway, gatewayFolder(folder, gateway), paths)),
  ];
}

export function cityFolder(folder: string, { name }: Pick<CityServer, 'name'>): string {
  return join(folder, 'hosts', name);
}

/** The same on a machine of its own, as systemd and scripts/network/README.md have it. */
export function hostFolder({ name }: { readonly name: string }): string {
  return join('/var/lib/sillok', name);
}

/** What root installs of it there: out of reach of the user as whom the parts run. */
export function systemFolder({ name }: { readonly name: string }): string {
  return join('/etc/sillok', name);
}

export function gatewayFolder(folder: string, { name }: Pick<GatewayPlace, 'name'>): string {
  return join(folder, 'hosts', name);
}

/**
 * What counts in it:
 * - `gcmode archive` writes every state with its block. Otherwise only every 128th is written, nodes that lose their power go
 *   back to it, and when all do at once the city's newest blocks, final ones, are gone.
 * - `netrestrict` takes peers from the members' addresses only; there is no discovery.
 * - the slots are those of one sender: the defaults (16 and 64) would throttle a lane to a few batches a second.
 * - blocks of more than 300 ms of work make followers lag and fall out of consensus.
 * - nothing that administers the node is on RPC; that goes through the socket `ipc` in its folder.
 */
export function nodeProgram(layout: Layout, city: CityServer, place: string, { kscn }: Paths): Program {
  const folder = join(place, 'node');
  const members = [...new Set(layout.cities.map(({ host }) => `${host}/32`))];
  const args = [
    ...['--datadir', folder, '--ipcpath', './ipc', '--networkid', String(layout.chainId)],
    ...['--nodekey', join(folder, 'klay/nodekey'), '--port', String(city.p2pPort)],
    ...['--nodiscover', '--nat', 'none', '--netrestrict', members.join(','), '--maxconnections', '64'],
    ...['--rpc', '--rpcaddr', city.host, '--rpcport', String(city.rpcPort)],
    ...['--rpcapi', 'eth,net,web3,istanbul,kaia', '--srvtype', 'http', '--rpcvhosts', 'localhost'],
    ...['--maxRequestContentLength', '4194304', '--rewardbase', city.validator, '--ntp.disable'],
    ...['--gcmode', 'archive', '--verbosity', '2', '--db.num-statetrie-shards', '1'],
    ...['--db.leveldb.cache-size', '64', '--state.cache-size', '64', '--state.trie-cache-limit', '64'],
    ...['--cache.level', 'saving', '--opcode-computation-cost-limit', '10000000000'],
    ...['--block-generation-interval', '1', '--block-generation-time-limit', '300ms'],
    ...['--txpool.exec-slots.account', '20000', '--txpool.nonexec-slots.account', '20000'],
    ...['--txpool.exec-slots.all', '60000', '--txpool.nonexec-slots.all', '60000'],
  ];
  return {
    name: `${city.name}/node`,
    kind: 'node',
    place: city.name,
    command: kscn,
    args,
    cwd: folder,
    host: city.host,
    ports: [city.p2pPort, city.rpcPort],
    url: rpcUrlOf(city),
  };
}

export function witnessProgram(city: CityServer, place: string, { node, code }: Paths): Program {
  return {
    name: `${city.name}/witness`,
    kind: 'witness',
    place: city.name,
    command: node,
    args: [join(code, 'server/witness/main.ts'), join(place, 'witness/options.json')],
    cwd: join(place, 'witness'),
    host: city.host,
    ports: [city.witnessPort],
    url: witnessUrlOf(city),
  };
}

/** On its city server: `standby-gateway-1`. */
export function standbyName({ gateway }: Pick<StandbyPlace, 'gateway'>): string {
  return `standby-${gateway}`;
}

/** Holds a copy of a gateway's store, so that what was acknowledged outlives that machine. */
export function standbyProgram(standby: StandbyPlace, place: string, { node, code }: Paths): Program {
  const { city, port } = standby;
  const folder = join(place, standbyName(standby));
  return {
    name: `${city.name}/${standbyName(standby)}`,
    kind: 'standby',
    place: city.name,
    command: node,
    args: [
      join(code, 'server/standby/main.ts'),
      `--data=${join(folder, 'data')}`,
      ...['--host', city.host, '--port', String(port), '--token-file', join(folder, 'token')],
    ],
    cwd: folder,
    host: city.host,
    ports: [port],
    url: standbyUrlOf(standby),
  };
}

export function gatewayProgram(gateway: GatewayPlace, place: string, { node, code }: Paths): Program {
  return {
    name: gateway.name,
    kind: 'gateway',
    place: gateway.copy ?? gateway.name,
    command: node,
    args: [
      ...GATEWAY_FLAGS,
      `--env-file=${join(place, 'gateway.env')}`,
      // The operator's own settings, which no change of the network's touches.
      `--env-file-if-exists=${join(place, 'own.env')}`,
      join(code, 'server/main.ts'),
    ],
    cwd: code,
    host: gateway.host,
    ports: [gateway.port],
    url: gatewayUrlOf(gateway),
  };
}

/** SILLOK_DATA. A promoted copy stays where it is, so that its standby's process goes on telling the old gateway that it is fenced. */
export function gatewayData(
  gateway: GatewayPlace,
  placeOf: (one: { readonly name: string }) => string,
): string {
  const { name, copy } = gateway;
  if (copy === undefined) return join(placeOf(gateway), 'data');
  return join(placeOf({ name: copy }), standbyName({ gateway: name }), 'data');
}

/** The file of a witness's options, its secrets left to the files it names. */
export function witnessOptions(layout: Layout, city: CityServer, place: string): object {
  return {
    folder: join(place, 'witness'),
    name: city.witness.split('+')[0],
    rpcUrl: rpcUrlOf(city),
    chainId: layout.chainId,
    contracts: layout.contracts,
    // The contracts' addresses are known before their block is; what comes before them is empty.
    fromBlock: 0,
    logKey: layout.logKey,
    ...(layout.nextLogKey !== undefined && { nextLogKey: layout.nextLogKey }),
    sources: [
      ...layout.gateways.map(gatewayUrlOf),
      ...layout.cities.filter((one) => one !== city).map(witnessUrlOf),
    ],
    passphraseFile: join(place, 'witness/passphrase'),
    host: city.host,
    port: city.witnessPort,
  };
}

/** Variables of a gateway; the same in its systemd unit. The first signs the log, the others follow it. */
export function gatewayVariables(
  layout: Layout,
  gateway: GatewayPlace,
  placeOf: (one: { readonly name: string }) => string,
): Record<string, string> {
  const { cities, gateways, chainId, origin } = layout;
  const [first] = gateways;
  const standbys = standbysOf(layout).filter(
    ({ gateway: of, city }) =>
      of === gateway.name && city.name !== gateway.copy && !gateway.left?.includes(city.name),
  );
  const place = placeOf(gateway);
  return {
    SILLOK_DATA: gatewayData(gateway, placeOf),
    // No copy holds it: people put it back where it was.
    ...(gateway.copy !== undefined && { SILLOK_PASSPHRASE_FILE: join(place, 'data/keys/passphrase') }),
    SILLOK_HOST: gateway.host,
    SILLOK_PORT: String(gateway.port),
    SILLOK_RPC_URL: cities.map(rpcUrlOf).join(','),
    SILLOK_CHAIN_ID: String(chainId),
    SILLOK_WITNESSES: cities.map((city) => `${city.witness}@${witnessUrlOf(city)}`).join(','),
    ...(standbys.length > 0 && {
      SILLOK_STANDBYS: standbys.map(standbyUrlOf).join(','),
      SILLOK_STANDBY_TOKEN_FILE: join(place, 'standby-tokens'),
    }),
    ...(gateways.length > 1 && { SILLOK_CLAIMS_FILE: join(place, 'claims') }),
    ...(gateway === first
      ? {
          SILLOK_LOG_ORIGIN: origin,
          SILLOK_WITNESS_THRESHOLD: String(thresholdOf(cities.length)),
        }
      : {
          SILLOK_LOG_URL: `${gatewayUrlOf(first!)}/log`,
          // On machines of their own a copy, carried there once.
          SILLOK_TRUST:
            layout.hosts === 'separate'
              ? join(place, 'trust.json')
              : join(gatewayData(first!, placeOf), 'trust.json'),
        }),
  };
}

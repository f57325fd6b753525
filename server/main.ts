/** Starts everything, in order, and stops it in the reverse one. The only file that does. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { createAdminister } from './actions/administer.ts';
import { askChain } from './actions/ask-chain.ts';
import { bootstrap, CITY } from './actions/bootstrap.ts';
import {
  type DataFolder,
  mustBeComplete,
  openDataFolder,
  readJsonFile,
  readPassphrase,
} from './actions/data-folder.ts';
import { createGuard } from './actions/guard.ts';
import { openIngest } from './actions/ingest.ts';
import { eraseUnused } from './actions/unused.ts';
import { administration } from './chain/contracts.ts';
import { watchEvents } from './chain/watcher.ts';
import { type Config, describeVariables, readConfig } from './config.ts';
import type { Context } from './context.ts';
import { AppError } from './core/errors.ts';
import { openApiKeys } from './http/api-keys.ts';
import { createGateway } from './http/app.ts';
import { takeDoor } from './http/door.ts';
import { startupLine } from './http/startup-lines.ts';
import { openOutbox } from './outbox/outbox.ts';
import type { Service, Text } from './services/define.ts';
import { services as registry } from './services/index.ts';
import { openChain, requireHead } from './start/chain.ts';
import { followLedgerLog, openLedgerLog } from './start/log.ts';
import { findRecovery } from './start/recovery.ts';
import { createStops, type Stops } from './start/stops.ts';
import { openGatewayStore } from './start/store.ts';
import { takeTrust } from './start/trust.ts';
import { mirrorFiles } from './store/files.ts';
import { openVault } from './vault/vault.ts';
import { parseTrust, type Trust } from './verify/trust.ts';

const AGAIN_MS = 1000;
const root = fileURLToPath(new URL('../', import.meta.url));

export interface StartOptions {
  /** In the place of the registry's. */
  readonly services?: readonly Service[];
  readonly logger?: Logger;
  readonly nowMs?: () => number;
}

export interface Running {
  readonly url: string;
  /** The administrator's API key, at the first start of a data folder only. */
  readonly adminKey: string | undefined;
  readonly context: Context;
  readonly trust: Trust;
  /** Resolves when a part dies that the gateway cannot do without. */
  readonly failed: Promise<AppError>;
  stop(): Promise<void>;
}

/** @throws AppError with a line in startup-lines.ts; whatever was started by then is stopped */
export async function startGateway(config: Config, options: StartOptions = {}): Promise<Running> {
  const stops = createStops();
  try {
    return await start(config, options, stops);
  } catch (error) {
    await stops.run().catch(() => undefined);
    throw error;
  }
}

async function start(config: Config, options: StartOptions, stops: Stops): Promise<Running> {
  const services = options.services ?? registry;
  const logger = options.logger ?? pino({ level: config.logLevel, base: null }, pino.destination(2));
  const nowMs = options.nowMs ?? Date.now;
  const failed = Promise.withResolvers<AppError>();

  const door = await takeDoor(config.host, config.port);
  stops.add(door.close);
  const publicUrl = config.publicUrl ?? `http://localhost:${door.port}`;
  const folder = await openDataFolder(config.data);
  const known = await readJsonFile<Trust>(folder.trust, (value) => parseTrust(value) !== undefined);
  if (known !== undefined) await mustHaveAllParts(config, folder, known);
  const trustSource = config.trust ?? new URL('/v1/trust', config.logUrl ?? publicUrl).href;
  const followed =
    config.logUrl === undefined
      ? undefined
      : await takeTrust({ folder, source: trustSource, fingerprint: config.trustFingerprint });
  const store = await openGatewayStore({
    ...{ config, folder, stops, say: door.say, fail: failed.resolve },
    warn: (details, message) => logger.warn(details, message),
  });
  store.prove().catch((error) => failed.resolve(fatal(error)));
  const passphrase = await readPassphrase(folder, config.passphraseFile);
  const vault = await openVault({
    ...{ folder: folder.vault, passphrase, store, nowMs },
    onNewFile: () => mirrorFiles(store, config.data),
  });
  const base = { config, folder, vault, passphrase, stops, nowMs, say: door.say, fail: failed.resolve };

  const { network, deployment, administrator, fees, limits } = await openChain(base, (alarm) => {
    const isLoud = alarm.code === 'CHAIN_MISMATCH' || alarm.code === 'ENDPOINT_LYING';
    logger[isLoud ? 'error' : 'warn'](alarm, 'nodes');
  });
  const { chainId, contracts, verifiers, fromBlock } = deployment;
  const operatorName = bilingual(config.operatorName);
  const origin = config.logOrigin ?? (followed ?? known)?.origin ?? `${new URL(publicUrl).hostname}/log`;
  const names = { origin, operator: nameOf(operatorName) };
  const { log, trust } =
    followed === undefined
      ? await openLedgerLog(base, names, network, deployment)
      : await followLedgerLog(base, followed, trustSource, (fork) =>
          logger.error({ error: String(fork) }, 'the log shows other entries than the node'),
        );
  await mirrorFiles(store, config.data);

  const laneCount = config.isReader ? 0 : config.lanes;
  const lanes = await Promise.all(Array.from({ length: laneCount }, (_, i) => vault.signer(`lane-${i}`)));
  const recovery = await findRecovery({
    ...{ data: config.data, store, network, lanes, nowMs, say: door.say },
  });
  const outbox = await openOutbox({
    store,
    network,
    contracts,
    lanes,
    signerOf: async (organisation) =>
      (await vault.hasKey(`organisation.${organisation}`))
        ? vault.signer(`organisation.${organisation}`)
        : undefined,
    onAlarm: (alarm) => logger.warn(alarm, 'outbox'),
    fees,
    limits: { ...limits, open: config.queueMax },
    distrustUntilBlock: recovery?.untilBlock,
    nowMs,
  });
  stops.add(outbox.close);
  const noteReceipted = (size: number): void => {
    outbox.receipted(size).catch((error) => {
      if (isPassing(error)) setTimeout(noteReceipted, AGAIN_MS, size).unref();
      else failed.resolve(fatal(error));
    });
  };
  log.onPublished(({ size }) => noteReceipted(size));
  eraseUnused({
    store,
    vault,
    outbox,
    onFailed: (error) => logger.warn({ error: String(error) }, 'erasing'),
  });
  const published = log.latest();
  if (published !== undefined) await outbox.receipted(published.size);

  const ingest = await openIngest({
    services,
    contracts,
    firstBlock: fromBlock,
    store,
    log,
    outbox,
    onRefolded: (done, total) => door.say(`folding the views again: ${done} of ${total}`),
    onPublishFailed: (error) => logger.warn({ error: String(error) }, 'checkpoint not complete yet'),
  });
  stops.add(ingest.stop);
  // A node that is behind catches up; a folder does not, and would write other blocks under numbers that were read already.
  if (config.rpcUrls.length === 0) await requireHead(network, ingest.cursor().block - 1);
  const watcher = watchEvents({
    network,
    contracts,
    fromBlock: ingest.fromBlock,
    onBlock: ingest.take,
    isBusy: outbox.isBusy,
    onTrouble: (error) => {
      logger.warn({ error: String(error) }, 'following the chain');
      if (isHopeless(error)) failed.resolve(fatal(error));
    },
  });
  stops.add(watcher.stop);
  const act = createAdminister(network, administrator, ingest, fees);
  const context: Context = {
    services,
    store,
    vault,
    outbox,
    chain: {
      chainId,
      contracts,
      verifiers,
      acts: administration(contracts),
      endpoints: network.endpoints,
      ...askChain(network, contracts),
    },
    log,
    administer: (call) => {
      const done = act(call);
      watcher.nudge();
      return done;
    },
    guard: createGuard(),
    logger,
    nowMs,
    nowSec: () => Math.max(Math.floor(nowMs() / 1000), ingest.cursor().timeSec),
    random: (bytes) => randomBytes(bytes),
  };
  door.say('registering the city');
  const failure = failed.promise.then((error) => Promise.reject(error));
  failure.catch(() => undefined);
  // The gateway that signs the log is the one that holds the administrator's key.
  const register = () =>
    followed === undefined ? Promise.race([bootstrap(context, names.operator), failure]) : undefined;
  let isRecovering = recovery !== undefined;
  if (recovery === undefined) await register();
  else
    void (async () => {
      const found = await recovery.finish({ ingest, outbox });
      await register();
      isRecovering = false;
      logger.warn(found, 'caught up with the chain: the store was older');
    })().catch((error) => failed.resolve(fatal(error)));
  const keys = await openApiKeys(store, context);
  const isFirst = keys.list().length === 0 && !config.isReader;
  const admin = isFirst
    ? await keys.create({
        organisation: CITY,
        label: 'administrator',
        scopes: ['admin', '*'],
        perMinute: 1_000_000,
      })
    : undefined;
  const gateway = createGateway({
    context,
    config,
    publicUrl,
    operatorName,
    version: JSON.parse(await readFile(`${root}/package.json`, 'utf8')).version,
    keys,
    ingest,
    pulse: { watcher, heardAtMs: network.heardAtMs },
    trust,
    trustOf: (version) => readJsonFile<Trust>(join(folder.trusts, `${version}.json`)),
    isRecovering: () => isRecovering,
    folders: { web: join(root, 'dist/web'), log: log.publicFolder },
  });
  // Last in, first out: commits that wait for a standby would keep all others from ending.
  stops.add(store.release);
  door.open(gateway.app);
  stops.add(gateway.close);
  return { url: publicUrl, adminKey: admin?.key, context, trust, failed: failed.promise, stop: stops.run };
}

/** A folder that was started once holds what its trust file speaks of. */
async function mustHaveAllParts(
  config: Config,
  folder: DataFolder,
  { origin, witnesses }: Trust,
): Promise<void> {
  await mustBeComplete(folder, {
    chain: config.rpcUrls.length === 0,
    log: config.logUrl === undefined,
    witness:
      config.logUrl === undefined &&
      config.witnesses.length === 0 &&
      witnesses.some(({ key }) => key.startsWith(`${origin}/witness-1+`)),
  });
}

/** `한국어|English`, or one name for both. */
function bilingual(name: string): Text {
  const [ko = name, en = ko] = name.split('|').map((part) => part.trim());
  return { ko, en };
}

function nameOf({ ko, en }: Text): string {
  return ko === en ? ko : `${ko} ${en}`;
}

/** A disk gets room again, a standby comes back; until then writes are refused and reading goes on. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError && /^(STORE_FULL|STANDBY_MISSING)$/.test(error.code);
}

/** What no later try mends: another history than the one that was read, or a fault of our own. */
function isHopeless(error: unknown): boolean {
  return (
    !(error instanceof AppError) ||
    /^(LOG_CONFLICT|LOG_CORRUPT|LOG_GAP|CHAIN_FORKED|STORE_CORRUPT)$/.test(error.code)
  );
}

function fatal(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', {}, error);
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(`npm start    starts the ledger. Variables:\n\n${describeVariables()}`);
    return;
  }
  const running = await startGateway(readConfig(process.env));
  let isEnding = false;
  const end = async (reason?: AppError) => {
    if (isEnding) return;
    isEnding = true;
    if (reason !== undefined) console.error(`sillok: ${startupLine(reason)}`);
    const failure = await running.stop().catch(fatal);
    if (failure instanceof AppError) console.error(`sillok: ${startupLine(failure)}`);
    process.exit(reason === undefined && !(failure instanceof AppError) ? 0 : 1);
  };
  // Ctrl-C comes more than once: from the terminal and again from npm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
  void running.failed.then(end);
  // Whoever reads the last line may stop us at once.
  if (running.adminKey !== undefined)
    console.log(`Administrator's API key (shown once): ${running.adminKey}`);
  console.log(`Sillok is open at ${running.url}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main().catch((error: unknown) => {
    console.error(`sillok: ${startupLine(error)}`);
    process.exit(1);
  });

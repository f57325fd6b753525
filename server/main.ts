/** Starts everything, in order, and stops it in the reverse one. The only file that does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { readJsonFile } from './actions/data-folder.ts';
import { type Config, describeVariables, readConfig } from './config.ts';
import type { Context } from './context.ts';
import type { AppError } from './core/errors.ts';
import { openApiKeys } from './http/api-keys.ts';
import { createGateway } from './http/app.ts';
import { takeDoor } from './http/door.ts';
import { startupLine } from './http/startup-lines.ts';
import type { Service } from './services/define.ts';
import { services as registry } from './services/index.ts';
import { openChain } from './start/chain.ts';
import { firstKey, registerCity } from './start/city.ts';
import { createContext } from './start/context.ts';
import { openData, openPlace } from './start/data.ts';
import { createFailure, fatal } from './start/failure.ts';
import { followChain } from './start/follow.ts';
import { openLedgerLog } from './start/log.ts';
import { namesOf } from './start/names.ts';
import { openSending } from './start/outbox.ts';
import { keepPublications } from './start/publications.ts';
import { createStops, type Stops } from './start/stops.ts';
import { mirrorFiles } from './store/files.ts';
import type { Trust } from './verify/trust.ts';

/** At the end: so long a commit may wait for a standby. */
const STANDBY_MS = 2_000;

const root = fileURLToPath(new URL('../', import.meta.url));

export interface StartOptions {
  /** In the place of the registry's. */
  readonly services?: readonly Service[];
  readonly logger?: Logger;
  readonly nowMs?: () => number;
}

export interface Running {
  readonly url: string;
  /** The administrator's API key, at the first start of a data folder. */
  readonly adminKey: string | undefined;
  /** To be called once it was shown: until then each start makes another. */
  adminKeySeen(): Promise<void>;
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
  const { services = registry, nowMs = Date.now } = options;
  const logger = options.logger ?? pino({ level: config.logLevel, base: null }, pino.destination(2));

  const door = await takeDoor(config.host, config.port);
  stops.add(door.close);
  const publicUrl = config.publicUrl ?? `http://localhost:${door.port}`;
  const outset = { config, stops, logger, nowMs, say: door.say, ownUrl: door.url, ...createFailure() };

  const { folder, known, followed } = await openPlace(config);
  const base = await openData(outset, folder);
  const chain = await openChain(base);
  const names = namesOf(config, publicUrl, followed?.trust ?? known);
  const { log, trustNow, sources } = await openLedgerLog(base, names, chain, followed);
  await mirrorFiles(base.store, config.data);
  const { outbox, recovery, claims } = await openSending(base, chain, log);
  const { ingest, watcher } = await followChain(base, { services, chain, log, outbox });

  const context = createContext(base, { services, chain, log, outbox, ingest, watcher });
  const publications = await keepPublications(base, { context, ingest, sources });
  const cityName = followed === undefined ? names.operator : undefined;
  const { isRecovering } = await registerCity(outset, { context, ingest, cityName, recovery });
  const keys = await openApiKeys(base.store, context);
  const first = await firstKey(keys, base.store, config);

  const gateway = createGateway({
    context,
    config,
    publicUrl,
    operatorName: names.shown,
    version: JSON.parse(await readFile(`${root}/package.json`, 'utf8')).version,
    keys,
    claims,
    ingest,
    publications,
    pulse: { watcher, heardAtMs: chain.network.heardAtMs },
    trustNow,
    trustOf: (version) => readJsonFile<Trust>(join(folder.trusts, `${version}.json`)),
    isRecovering,
    folders: { web: join(root, 'dist/web'), log: log.publicFolder },
  });
  door.open(gateway.app);
  // Last in, first out: what is under way is answered while all that it needs is there.
  stops.add(async () => {
    const closed = door.close();
    await Promise.race([closed, pause(STANDBY_MS, undefined, { ref: false })]);
    base.store.release();
    await closed;
  });
  stops.add(gateway.close);
  return {
    url: publicUrl,
    adminKey: first?.key,
    adminKeySeen: async () => first?.seen(),
    context,
    trust: trustNow(),
    failed: outset.failed,
    stop: stops.run,
  };
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
    if (failure !== undefined) console.error(`sillok: ${startupLine(failure)}`);
    process.exit(reason === undefined && failure === undefined ? 0 : 1);
  };
  // Ctrl-C comes more than once: from the terminal and again from npm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
  void running.failed.then(end);
  if (running.adminKey !== undefined) {
    console.log(`Administrator's API key (shown once): ${running.adminKey}`);
    await running.adminKeySeen().catch((error) => console.error(`sillok: ${startupLine(error)}`));
  }
  // Whoever reads this line may stop us at once.
  console.log(`Sillok is open at ${running.url}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main().catch((error: unknown) => {
    console.error(`sillok: ${startupLine(error)}`);
    process.exit(1);
  });

/**
 * `npm run witness -- init|run|endorse …`: a further witness, run by whoever likes. It needs the ledger's trust file and a node of its own.
 * Exit code 0: stopped when asked. 1: it failed. 2: wrong use, or what it needs is not there.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isWrongOption } from '../server/core/arguments.ts';
import { AppError } from '../server/core/errors.ts';
import { startupLine } from '../server/http/startup-lines.ts';
import { openKey } from '../server/log/key.ts';
import { cosign } from '../server/log/sign.ts';
import { readTrust, takeTrust } from '../server/start/trust.ts';
import { COSIGNATURE } from '../server/verify/note.ts';
import { type Trust, trustText } from '../server/verify/trust.ts';
import { type RunningWitness, runWitness } from '../server/witness/run.ts';

const HELP = `npm run witness -- init --name NAME [--folder DIR]
npm run witness -- run --trust FILE|URL --rpc URL [options]
npm run witness -- endorse --trust FILE|URL --fingerprint HEX [--folder DIR]

A witness derives the ledger's log from its own node and cosigns what it derived, nothing else.

  init                   makes its key and prints the verifier key, which the ledger puts into SILLOK_WITNESSES
  run                    runs it until it is stopped
  endorse                prints a line by which it stands for a newer trust file with other witnesses than before, once you
                         have compared the fingerprint with the one that the city has published; the city adds the line

  --name NAME            name of the witness, for instance newspaper.example/witness
  --folder DIR           where key and copy of the log are kept (default: ./witness)
  --passphrase-file FILE what its key is sealed under (default: DIR/passphrase, made by init)
  --trust FILE|URL       trust file of the ledger, for instance https://ledger.example/v1/trust
  --fingerprint HEX      its fingerprint, needed once when it comes from an address
  --rpc URL              JSON-RPC address of your node
  --sources URL,URL,…    gateways and witnesses that have copies of public texts (default: the gateway of --trust)
  --host ADDRESS         address to listen on (default: 127.0.0.1)
  --port N               port to listen on (default: 8090)
  --renew SECONDS        how often it asks for a newer trust file (default: 60)
  --config FILE          the same options as JSON, for instance {"rpc": "http://127.0.0.1:8551"}

Beside POST /add-checkpoint it serves, for anyone: /log/ (its own copy of the log), /status and /metrics.`;

const OPTIONS = {
  name: { type: 'string' },
  folder: { type: 'string' },
  'passphrase-file': { type: 'string' },
  trust: { type: 'string' },
  fingerprint: { type: 'string' },
  rpc: { type: 'string' },
  sources: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  renew: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string>>;

const NODE_MS = 500;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command = ''] = positionals;
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { help: _, ...flags } = values;
  const options: Values = { ...fromFile(flags.config), ...flags };
  const folder = resolve(options.folder ?? 'witness');
  if (command === 'init') return init(folder, options);
  if (command === 'run') return run(folder, options);
  if (command === 'endorse') return endorse(folder, options);
  const expected = '"init", "run" or "endorse"; see --help';
  throw new AppError('ARGUMENT_WRONG', { name: 'the command', expected });
}

async function init(folder: string, options: Values): Promise<number> {
  const name = needed(options, 'name');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = options['passphrase-file'] ?? join(folder, 'passphrase');
  if (!existsSync(file))
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  const key = await openKey({
    path: join(folder, 'witness-key.json'),
    name,
    type: COSIGNATURE,
    passphrase: await passphraseOf(folder, options),
  });
  console.log(key.verifierKey);
  return 0;
}

/** Only a person can say that the fingerprint is the city's, so none is taken from a file kept here. */
async function endorse(folder: string, options: Values): Promise<number> {
  const trust = await readTrust(needed(options, 'trust'), needed(options, 'fingerprint'));
  const key = await openKey({
    path: join(folder, 'witness-key.json'),
    name: await nameOf(folder),
    type: COSIGNATURE,
    passphrase: await passphraseOf(folder, options),
  });
  console.log(cosign(trustText(trust), key, Math.floor(Date.now() / 1000)).trimEnd());
  return 0;
}

async function run(folder: string, options: Values): Promise<number> {
  const [source, rpcUrl] = [needed(options, 'trust'), needed(options, 'rpc')];
  const port = Number(options.port ?? 8090);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('ARGUMENT_WRONG', { name: '--port', expected: 'a number from 0 to 65535' });
  // Keys of the log change rarely, and both sign for a while.
  const renewMs = Number(options.renew ?? 60) * 1000;
  if (!(renewMs > 0)) throw new AppError('ARGUMENT_WRONG', { name: '--renew', expected: 'seconds' });
  const name = await nameOf(folder);
  const passphrase = await passphraseOf(folder, options);
  const kept = { trust: join(folder, 'trust.json'), deployment: join(folder, 'deployment.json') };
  const take = () => takeTrust({ folder: kept, source, fingerprint: options.fingerprint });
  const start = (trust: Trust, at: number): Promise<RunningWitness> => {
    const other = trust.earlier?.find(({ lastSize }) => lastSize === undefined)?.logKey;
    return runWitness(
      {
        ...{ folder, name, rpcUrl, passphrase, port: at, host: options.host ?? '127.0.0.1' },
        sources: sourcesOf(options.sources, source),
        ...{ chainId: trust.chainId, contracts: trust.contracts },
        fromBlock: trust.deployment?.fromBlock ?? 0,
        logKey: trust.logKey,
        ...(other !== undefined && { nextLogKey: other }),
      },
      (error) => console.error(`witness: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  /** It ran before: a node that is away just now is waited for. */
  const again = async (at: number): Promise<RunningWitness> => {
    for (;;)
      try {
        return await start(trust, at);
      } catch (error) {
        const isAway = error instanceof AppError && error.code === 'CHAIN_UNREACHABLE';
        if (!isAway || stopping.signal.aborted) throw error;
        await setTimeout(NODE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
  };
  let trust = await take();
  let running = await start(trust, port);
  console.log(`${running.key}@${running.url}`);
  while (!stopping.signal.aborted) {
    await setTimeout(renewMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    const next = stopping.signal.aborted ? trust : await take().catch(() => trust);
    if ((next.version ?? 1) === (trust.version ?? 1)) continue;
    trust = next;
    await running.stop();
    running = await again(Number(new URL(running.url).port));
  }
  await running.stop();
  return 0;
}

function fromFile(path: string | undefined): Values {
  if (path === undefined) return {};
  try {
    const values = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const wrong = Object.entries(values).find(
      ([name, value]) => !(name in OPTIONS) || typeof value !== 'string',
    );
    if (wrong === undefined) return values as Values;
    throw new AppError('ARGUMENT_WRONG', {
      name: `${wrong[0]} in ${path}`,
      expected: 'an option of --help, as text',
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('ARGUMENT_WRONG', { name: '--config', expected: 'a file of JSON' }, error);
  }
}

/** Base addresses. */
function sourcesOf(given: string | undefined, trust: string): readonly string[] {
  if (given === undefined) return /^https?:/.test(trust) ? [new URL(trust).origin] : [];
  const urls = given.split(',').map((url) => url.trim().replace(/\/+$/, ''));
  if (urls.every((url) => /^https?:/.test(url) && URL.canParse(url))) return urls;
  throw new AppError('ARGUMENT_WRONG', { name: '--sources', expected: 'addresses, separated by commas' });
}

function needed(options: Values, name: keyof Values): string {
  const value = options[name];
  if (value === undefined) throw new AppError('ARGUMENT_MISSING', { name: `--${name}` });
  return value;
}

async function nameOf(folder: string): Promise<string> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'witness-key.json'), 'utf8')) as { name: string };
    return name;
  } catch (error) {
    throw new AppError('WITNESS_WITHOUT_KEY', { folder }, error);
  }
}

async function passphraseOf(folder: string, options: Values): Promise<string> {
  const file = options['passphrase-file'] ?? join(folder, 'passphrase');
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new AppError('PASSPHRASE_MISSING', { file }, error);
  });
  return text.trimEnd();
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`witness: ${startupLine(error)}`);
    process.exit(error instanceof AppError || isWrongOption(error) ? 2 : 1);
  },
);

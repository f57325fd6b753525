/**
 * `npm run monitor -- --trust FILE|URL --rpc URL [--once] …`: follows the log of a ledger and compares it with one's own node.
 * Exit code 0: nothing found. 1: something is wrong, named, with the evidence kept. 2: it could not be told.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AppError } from '../server/core/errors.ts';
import { startupLine } from '../server/http/startup-lines.ts';
import { renewTrust, takeTrust } from '../server/start/trust.ts';
import { type Finding, openMonitor, type Round } from '../server/witness/monitor.ts';

const HELP = `npm run monitor -- --trust FILE|URL --rpc URL [options]

Derives the log from your own node, and checks every checkpoint that the ledger publishes: signatures, cosignatures, growth, equality
with what your node shows, entries as served, the copies of the witnesses, the blocks of other nodes, and whether the public texts that
the chain names by their hash can be had; it keeps copies of those. Needs no key. Anyone may run it.

  --trust FILE|URL       trust file of the ledger, for instance https://ledger.example/v1/trust
  --fingerprint HEX      its fingerprint, needed once when it comes from an address
  --rpc URL              JSON-RPC address of your node
  --log URL              the log (default: /log beside an address of --trust)
  --witness URL          a witness whose copy is compared; may be given several times
  --compare URL          another node whose blocks are compared with yours; may be given several times
  --folder DIR           where it keeps what it saw and what it finds (default: ./monitor)
  --once                 look once and end
  --every SECONDS        pause between two looks (default: 10)
  --wait SECONDS         how long your node may lag behind the log (default: 30)

Exit code: 0 nothing found, 1 something is wrong, 2 cannot tell. Without --once it goes on until it finds something or is stopped.`;

const OPTIONS = {
  trust: { type: 'string' },
  fingerprint: { type: 'string' },
  rpc: { type: 'string' },
  log: { type: 'string' },
  witness: { type: 'string', multiple: true },
  compare: { type: 'string', multiple: true },
  folder: { type: 'string', default: 'monitor' },
  once: { type: 'boolean' },
  every: { type: 'string', default: '10' },
  wait: { type: 'string', default: '30' },
  help: { type: 'boolean', short: 'h' },
} as const;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { trust: source, rpc, fingerprint } = values;
  const missing = source === undefined ? '--trust' : rpc === undefined ? '--rpc' : undefined;
  if (missing !== undefined) throw new AppError('ARGUMENT_MISSING', { name: missing });
  const log = values.log ?? besideTrust(source!);
  const folder = resolve(values.folder);
  await mkdir(folder, { recursive: true });
  const kept = { trust: join(folder, 'trust.json'), deployment: join(folder, 'deployment.json') };
  const trust = await takeTrust({ folder: kept, source: source!, fingerprint });
  const monitor = await openMonitor({
    folder,
    trust,
    renewTrust: (known) => renewTrust({ folder: kept, source: source! }, known),
    rpcUrl: rpc!,
    logUrl: log.replace(/\/+$/, ''),
    witnessUrls: (values.witness ?? []).map((url) => url.replace(/\/+$/, '')),
    nodeUrls: values.compare ?? [],
    nowSec: () => Math.floor(Date.now() / 1000),
    waitMs: seconds('--wait', values.wait) * 1000,
    report: () => undefined,
  });
  try {
    return await follow(monitor.round, folder, values.once === true, seconds('--every', values.every) * 1000);
  } finally {
    await monitor.stop();
  }
}

async function follow(
  look: () => Promise<Round>,
  folder: string,
  isOnce: boolean,
  everyMs: number,
): Promise<number> {
  let said = '';
  for (;;) {
    const { size, root, findings, unclear } = await look();
    for (const finding of findings) await alarm(finding, folder);
    for (const what of new Set(unclear)) console.error(`cannot tell: ${what}`);
    if (findings.length > 0) return 1;
    const line =
      size === undefined ? 'no checkpoint yet' : `size ${size} root ${root}: as derived, nothing wrong`;
    if (unclear.length === 0 && line !== said) console.log(line);
    said = line;
    if (isOnce) return unclear.length > 0 || size === undefined ? 2 : 0;
    if (stopping.signal.aborted) return 0;
    await setTimeout(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
}

/** The notes are what convinces others: the log's own signature under two histories. */
async function alarm({ code, details, evidence }: Finding, folder: string): Promise<void> {
  const told = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  const file = join(folder, `finding-${code.toLowerCase()}-${details.size ?? 0}-${Date.now()}.json`);
  await writeFile(file, `${JSON.stringify({ code, details, evidence }, undefined, 2)}\n`);
  console.error(`ALARM ${code}: ${told.join(', ')} (evidence in ${file})`);
}

function besideTrust(source: string): string {
  if (URL.canParse(source) && /^https?:/.test(source)) return new URL('/log', source).href;
  throw new AppError('ARGUMENT_MISSING', { name: '--log (the trust file is no address)' });
}

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw new AppError('ARGUMENT_WRONG', { name, expected: 'seconds' });
  return value;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`monitor: ${startupLine(error)}`);
    process.exit(2);
  },
);

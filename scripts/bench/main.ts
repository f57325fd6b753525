/** `npm run bench`: everything side by side in one run, ratios first. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casts } from './casts.ts';
import { browserChecks, checks } from './checks.ts';
import { MODES, NETWORK_MODES } from './counts.ts';
import { credentials } from './credentials.ts';
import { gas } from './gas.ts';
import { growth } from './growth.ts';
import { http } from './http.ts';
import { limit } from './limit.ts';
import { type Bench, type Measure, type Row, Skipped, timed } from './measure.ts';
import { naive } from './naive.ts';
import { network } from './network.ts';
import { help, type Options, readOptions, WrongOption } from './options.ts';
import { browserProofs } from './proofs.ts';
import { judge, type Missing, machine, type Report, table } from './report.ts';

/** In this order: what others are compared with comes first. */
const MEASURES: readonly Measure[] = [
  naive,
  limit,
  http,
  credentials,
  casts,
  gas,
  checks,
  browserChecks,
  browserProofs,
  growth,
];

/** What the running measure has to tidy up. */
let deferred: (() => unknown)[] = [];
let isInterrupted = false;

async function tidyUp(): Promise<void> {
  const steps = deferred.toReversed();
  deferred = [];
  // One that fails keeps no other from its turn: what is left over are processes and folders.
  for (const step of steps)
    await (async () => step())().catch((error: unknown) => console.error(`bench: tidying up: ${error}`));
}

async function bench({ mode, measures }: Options): Promise<Report> {
  const startedAt = new Date().toISOString();
  const before = machine();
  const rows: Row[] = [];
  const skipped: Missing[] = [];
  const failed: Missing[] = [];
  const tools: Bench = {
    counts: MODES[mode],
    networkCounts: NETWORK_MODES[mode],
    defer: (cleanUp) => void deferred.push(cleanUp),
    say: (text) => console.error(`  ${text}`),
    async folder(name) {
      const path = await mkdtemp(join(tmpdir(), `sillok-bench-${name}-`));
      deferred.push(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
      return path;
    },
  };
  const { seconds } = await timed(async () => {
    for (const measure of measures) {
      console.error(`bench: ${measure.what}`);
      try {
        rows.push(...(await measure.run(tools)));
      } catch (error) {
        // The signal's handler tidies up and ends the process.
        if (isInterrupted) await new Promise(() => {});
        const reason = error instanceof Error ? error.message : String(error);
        (error instanceof Skipped ? skipped : failed).push({ measure: measure.id, reason });
        console.error(`bench: ${measure.id} ${error instanceof Skipped ? 'skipped' : 'FAILED'}: ${reason}`);
      } finally {
        await tidyUp();
      }
    }
  });
  const chain = measures.includes(network) ? 'network' : 'embedded';
  return {
    sillok: 'bench.1',
    mode,
    chain,
    startedAt,
    seconds,
    machine: before,
    rows: judge(rows),
    skipped,
    failed,
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), MEASURES, [network]);
  if (options === undefined) {
    console.log(help(MEASURES));
    return 0;
  }
  const report = await bench(options);
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  if (options.out !== undefined) await writeFile(options.out, json);
  if (options.json) process.stdout.write(json);
  else
    console.log(`\n${table(report)}\n\n${Math.round(report.seconds)} s on ${JSON.stringify(report.machine)}`);
  return report.failed.length === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isInterrupted = true;
    // Requests under way break when their gateway goes; that is no news any more.
    process.on('uncaughtException', () => {});
    process.on('unhandledRejection', () => {});
    void tidyUp().finally(() => process.exit(130));
  });

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`bench: ${error instanceof WrongOption ? error.message : (error as Error).stack}`);
    process.exit(error instanceof WrongOption ? 2 : 1);
  },
);

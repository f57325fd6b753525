/**
 * The city server's own process. Under a parent it gets its options as the first message; alone it reads them from a file:
 *   node main.ts OPTIONS.json      (members of WitnessOptions, `passphraseFile` in place of `passphrase`)
 * Any failure to start is one line on stderr (and a message to the parent, if there is one) and exit code 1.
 */
import { readFile } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { WitnessMessage } from './messages.ts';
import { type RunningWitness, runWitness, type WitnessOptions } from './run.ts';

const hasParent = process.send !== undefined;
let running: RunningWitness | undefined;
let isEnding = false;

async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await running?.stop();
  process.exit(code);
}

/** A person's line when it runs alone; under a parent, whose stderr it shares, a line of the log (level 40 = warning). */
function report(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const entry = { level: 40, time: Date.now(), error: text, msg: 'witness' };
  process.stderr.write(hasParent ? `${JSON.stringify(entry)}\n` : `witness: ${text}\n`);
}

async function fail(error: unknown): Promise<void> {
  // A parent says it in its own words.
  if (!hasParent) report(error);
  const failure =
    error instanceof AppError ? error : new AppError('WITNESS_FAILED', { reason: String(error) });
  await tell({ type: 'failed', code: failure.code, details: failure.details });
  process.exit(1);
}

function tell(message: WitnessMessage): Promise<void> {
  if (!hasParent) process.stdout.write(`${JSON.stringify(message)}\n`);
  if (!process.connected) return Promise.resolve();
  return new Promise((resolve) => {
    process.send!(message, () => resolve());
  });
}

async function options(): Promise<WitnessOptions> {
  if (hasParent)
    return new Promise((resolve) => process.once('message', (value) => resolve(value as WitnessOptions)));
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new AppError('WITNESS_ARGUMENTS', { needed: 'OPTIONS.json' });
  const { passphraseFile, ...rest } = JSON.parse(await readFile(path, 'utf8')) as WitnessOptions & {
    passphraseFile: string;
  };
  return { ...rest, passphrase: (await readFile(passphraseFile, 'utf8')).trimEnd() };
}

process.on('SIGTERM', () => void end(0));
// Ctrl-C and a closed terminal reach the whole group; the parent first finishes its own work, then stops this process.
for (const signal of ['SIGINT', 'SIGHUP'])
  process.on(signal, () => {
    if (!hasParent) void end(0);
  });
process.on('disconnect', () => void end(0));
try {
  running = await runWitness(await options(), report);
  await tell({ type: 'ready', url: running.url, key: running.key });
} catch (error) {
  await fail(error);
}

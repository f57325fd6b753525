/**
 * The chain's own process.
 *   node main.ts --folder DIR --chain-id N [--port 0] [--host 127.0.0.1]
 * Any failure is one line on stderr (and a message to the parent, if there is one) and exit code 1.
 */
import { parseArgs } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { type ChainMessage, failureLine } from './messages.ts';
import { type RunningChain, runChain } from './run.ts';

/** A parent that does not read must not keep a failed chain alive. */
const LAST_WORD_MS = 1_000;

let isEnding = false;

function fail(error: unknown): void {
  if (isEnding) return;
  isEnding = true;
  const reason = error instanceof Error ? error.message : String(error);
  const failure = error instanceof AppError ? error : new AppError('CHAIN_ENGINE_FAILED', { reason }, error);
  process.stderr.write(`${failureLine(failure.code, failure.details)}\n`);
  if (process.send === undefined) process.exit(1);
  const message: ChainMessage = { type: 'failed', code: failure.code, details: failure.details };
  process.send(message, () => process.exit(1));
  setTimeout(() => process.exit(1), LAST_WORD_MS);
}

async function end(chain: RunningChain): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await chain.close();
  process.exit(0);
}

function tell(message: ChainMessage): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(message)}\n`);
  else if (process.connected) process.send(message);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
const hasParent = process.send !== undefined;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    'chain-id': { type: 'string' },
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});
const { folder, host, port, 'chain-id': chainId } = values;
if (folder === undefined || !/^[1-9]\d{0,14}$/.test(chainId ?? '') || !/^\d{1,5}$/.test(port)) {
  throw new AppError('CHAIN_ARGUMENTS_INVALID', {
    needed: '--folder DIR --chain-id N [--port N] [--host H]',
  });
}
const chain = await runChain({
  folder,
  host,
  port: Number(port),
  chainId: Number(chainId),
  tell,
  onFailure: fail,
});
process.on('SIGTERM', () => void end(chain));
// Ctrl-C and a closed terminal reach the whole group; the parent first finishes its own work, then stops this process.
for (const signal of ['SIGINT', 'SIGHUP'])
  process.on(signal, () => {
    if (!hasParent) void end(chain);
  });
process.on('disconnect', () => void end(chain));
if (hasParent && !process.connected) await end(chain);
await chain.ready;

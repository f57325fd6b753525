/** Starts a witness as a child process; it ends with its parent. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../core/errors.ts';
import type { WitnessMessage } from './messages.ts';
import type { WitnessOptions } from './run.ts';

export type { WitnessOptions } from './run.ts';

export interface Witness {
  readonly name: string;
  /** Submission prefix, for the log. */
  readonly url: string;
  /** Verifier key, for the trust file. */
  readonly key: string;
  readonly pid: number;
  /** Resolves when the process is gone, asked to or not. */
  readonly exited: Promise<{ readonly code: number | null; readonly reason: AppError | undefined }>;
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;

/** Resolves when it answers. @throws AppError of the witness's start, or WITNESS_STOPPED */
export async function startWitness(options: WitnessOptions): Promise<Witness> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  // An empty environment and no inherited flags; the passphrase goes through the channel, where no listing of processes shows it.
  const child = fork(main, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: {}, execArgv: [] });
  let failure: AppError | undefined;
  let isStopping = false;
  const exited = new Promise<Awaited<Witness['exited']>>((resolve) => {
    const finish = (code: number | null, signal: string | null, cause?: Error) => {
      const isAsked = isStopping && code === 0;
      const stopped = new AppError('WITNESS_STOPPED', { code, signal }, cause);
      resolve({ code, reason: failure ?? (isAsked ? undefined : stopped) });
    };
    child.once('error', (error) => finish(null, null, error));
    child.once('close', finish);
  });
  const ready = new Promise<Extract<WitnessMessage, { type: 'ready' }>>((resolve, reject) => {
    child.on('message', (message: WitnessMessage) => {
      if (message.type === 'ready') resolve(message);
      else failure = new AppError(message.code, { ...message.details });
    });
    void exited.then(({ reason }) => reject(reason ?? new AppError('WITNESS_STOPPED')));
  });
  child.send(options);
  const { url, key } = await ready;
  return {
    name: options.name,
    url,
    key,
    pid: child.pid!,
    exited,
    async stop() {
      isStopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

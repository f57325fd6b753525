/** Starts the embedded chain as a child process; it ends with its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import type { ChainMessage } from './messages.ts';

export interface EmbeddedChainOptions {
  folder: string;
  chainId: number;
  /** 0, the default, takes any free port of the loopback. */
  port?: number;
  onProgress?: (done: number, total: number) => void;
}

export interface EmbeddedChain {
  url: string;
  pid: number;
  /** Resolves when every journaled block is there again; until then requests are answered "replaying n of m". */
  ready: Promise<void>;
  /** Ends the chain after the block being made is on the disk. */
  stop(): Promise<void>;
  /** Resolves once the process is gone; `reason` is undefined only after a stop that was asked for. */
  exited: Promise<{ code: number | null; reason: AppError | undefined }>;
}

const STOP_TIMEOUT_MS = 15_000;
const KEPT_STDERR = 2_000;

/**
 * Resolves when the port is open, which is before `ready`.
 * @throws AppError CHAIN_FOLDER_LOCKED, CHAIN_FOLDER_READ_ONLY, CHAIN_JOURNAL_CORRUPT, CHAIN_ENGINE_CHANGED,
 * CHAIN_PORT_BUSY, CHAIN_DISK_FAILED or CHAIN_ENGINE_FAILED; `ready` also CHAIN_REPLAY_DIFFERS.
 */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const child = launch(options);
  let isStopping = false;
  let failure: AppError | undefined;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  const listening = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<void>();
  // Both are told to whoever waits; nobody has to.
  listening.promise.catch(() => {});
  ready.promise.catch(() => {});
  child.on('message', (message: ChainMessage) => {
    switch (message.type) {
      case 'listening':
        return listening.resolve(message.url);
      case 'progress':
        return options.onProgress?.(message.done, message.total);
      case 'ready':
        return ready.resolve();
      case 'failed':
        failure = new AppError(message.code, { ...message.details });
        return;
      default:
        return message satisfies never;
    }
  });
  const exited = new Promise<{ code: number | null; reason: AppError | undefined }>((resolve) => {
    const finish = (code: number | null, signal: string | null, error?: Error) => {
      const isAsked = isStopping && code === 0;
      const reason =
        failure ?? (isAsked ? undefined : new AppError('CHAIN_STOPPED', { code, signal, stderr }, error));
      listening.reject(reason ?? new AppError('CHAIN_STOPPED'));
      ready.reject(reason ?? new AppError('CHAIN_STOPPED'));
      resolve({ code, reason });
    };
    child.once('error', (error) => finish(null, null, error));
    child.once('close', finish);
  });
  const url = await listening.promise;
  return {
    url,
    pid: child.pid!,
    ready: ready.promise,
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

function launch({ folder, chainId, port = 0 }: EmbeddedChainOptions): ChildProcess {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const flags = ['--folder', folder, '--chain-id', String(chainId), '--port', String(port)];
  // An empty environment and no inherited flags: the chain needs no secret and gets none.
  return spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: {} });
}

/** Puts the chain together in its own process: lock and prove the journal, listen, replay, then produce blocks. */
import { AppError } from '../../core/errors.ts';
import { type BlockLog, openBlockLog } from './block-log.ts';
import { startEngine } from './engine.ts';
import { Gate } from './gate.ts';
import { openPort } from './http.ts';
import type { ChainMessage } from './messages.ts';
import { type Producer, startProducer } from './producer.ts';
import { replayBlocks } from './replay.ts';
import { makeRpc, type Progress } from './rpc.ts';

export interface ChainOptions {
  folder: string;
  chainId: number;
  host: string;
  port: number;
  tell: (message: ChainMessage) => void;
  /** Called at most once; the process must end without another word to any client. */
  onFailure: (failure: AppError) => void;
  /** Puts another log in the journal's place, to watch or slow its writes. */
  wrapLog?: (log: BlockLog) => BlockLog;
  nowMs?: () => number;
}

export interface RunningChain {
  url: string;
  /** Resolves when all journaled blocks are there again. */
  ready: Promise<void>;
  /** Lets the block being made reach the disk, then closes. */
  close(): Promise<void>;
}

const PROGRESS_INTERVAL_MS = 200;

/** @throws AppError as openBlockLog and openPort do; `ready` rejects as replayBlocks does. */
export async function runChain(options: ChainOptions): Promise<RunningChain> {
  const { folder, chainId, host, port, tell, onFailure, wrapLog, nowMs = Date.now } = options;
  const engine = await startEngine(chainId);
  const opened = await openBlockLog(folder, engine.fingerprint);
  const log = wrapLog?.(opened) ?? opened;
  const progress: Progress = { state: 'replaying', done: 0, total: log.newest };
  const gate = new Gate();
  let producer: Producer | undefined;
  const rpc = makeRpc({ engine, gate, progress, producer: () => producer });
  const { url, server } = await openPort({ host, port, rpc, progress }).catch(async (error) => {
    await log.close();
    throw error;
  });
  tell({ type: 'listening', url });
  let isClosing = false;
  return { url, ready: replay(), close };

  async function replay(): Promise<void> {
    let toldAtMs = 0;
    const head = await replayBlocks(engine, log, (number) => {
      if (isClosing) throw new AppError('CHAIN_STOPPED');
      progress.done = number;
      const now = performance.now();
      if (now - toldAtMs < PROGRESS_INTERVAL_MS && number < progress.total) return;
      toldAtMs = now;
      tell({ type: 'progress', done: number, total: progress.total });
    });
    producer = startProducer({ engine, gate, head, log, nowMs, onFailure });
    progress.state = 'ready';
    tell({ type: 'ready' });
  }

  async function close(): Promise<void> {
    isClosing = true;
    server.close();
    server.closeIdleConnections();
    // Whoever holds the gate finishes first; after that nobody gets in.
    await new Promise<void>((resolve) => {
      void gate.exclusive(() => {
        resolve();
        return new Promise(() => {});
      });
    });
    server.closeAllConnections();
    await log.close();
  }
}

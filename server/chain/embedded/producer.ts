/** Takes signed transactions and makes blocks of them as soon as any can run; everything pending goes into one block. */
import { fromHex, type Hex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import type { BlockLog } from './block-log.ts';
import {
  BLOCK_GAS_LIMIT,
  type Block,
  type Engine,
  EngineRefusal,
  TRANSACTION_GAS_CAP,
  transactionHash,
} from './engine.ts';
import type { Gate } from './gate.ts';
import { Pool } from './pool.ts';

export interface ProducerParts {
  engine: Engine;
  gate: Gate;
  /** Newest block of the engine, already journaled. */
  head: Block;
  log: Pick<BlockLog, 'append'>;
  nowMs: () => number;
  /** The disk or the engine broke its promise; the gate stays shut, the process must end. */
  onFailure: (failure: AppError) => void;
}

export interface Producer {
  submit(raw: Hex): Promise<Hex>;
}

interface Submission {
  raw: Hex;
  resolve: (hash: Hex) => void;
  reject: (error: unknown) => void;
}

const BLOB_TRANSACTION_TYPE = 3;
/** Transactions taken in between two blocks; each costs about a third of a millisecond. */
const MAX_INTAKE = 1_000;

export function startProducer({ engine, gate, head, log, nowMs, onFailure }: ProducerParts): Producer {
  const pool = new Pool();
  let parent = head;
  let waiting: Submission[] = [];
  /** Senders whose transactions may have become executable since the last block. */
  let awake = new Set<Hex>();
  let isTurning = false;

  function submit(raw: Hex): Promise<Hex> {
    return new Promise((resolve, reject) => {
      waiting.push({ raw, resolve, reject });
      void turn();
    });
  }

  /** Takes in what waits, makes a block, and again: the longer a block takes, the more goes into the next. */
  async function turn(): Promise<void> {
    if (isTurning) return;
    isTurning = true;
    while (waiting.length > 0 || awake.size > 0) {
      // All that this round of the event loop has read from the sockets goes into one block.
      await new Promise((resolve) => setImmediate(resolve));
      const submissions = waiting.slice(0, MAX_INTAKE);
      waiting = waiting.slice(MAX_INTAKE);
      await gate.shared(async () => {
        // One after the other: which of two rivals for a nonce came first must not depend on the engine's threads.
        for (const { raw, resolve, reject } of submissions) await take(raw).then(resolve, reject);
      });
      if (awake.size > 0) await gate.exclusive(makeBlock);
    }
    isTurning = false;
  }

  async function take(raw: Hex): Promise<Hex> {
    const bytes = fromHex(raw);
    if (bytes[0] === BLOB_TRANSACTION_TYPE) throw new EngineRefusal(-32000, 'transaction type not supported');
    const hash = transactionHash(bytes);
    // A sender who resends what still waits gets the same answer; the waiting one keeps its place and its bytes.
    if (pool.get(hash) !== undefined) return hash;
    if (pool.isFull()) throw new EngineRefusal(-32000, 'txpool is full');
    await engine.request('eth_sendRawTransaction', [raw]);
    const sent = await engine.request<{ from: Hex; nonce: Hex } | null>('eth_getTransactionByHash', [hash]);
    if (sent === null)
      return stop('CHAIN_ENGINE_FAILED', `transaction ${hash} was taken but is not in the pool`);
    const pending = { hash, raw: bytes, from: sent.from, nonce: Number(sent.nonce) };
    const rival = pool.at(pending.from, pending.nonce);
    if (rival !== undefined) {
      // With every price at zero the engine lets the newer push the older out; other nodes keep the first.
      await engine
        .request('eth_sendRawTransaction', [`0x${Buffer.from(rival.raw).toString('hex')}`])
        .catch((error) => stop('CHAIN_ENGINE_FAILED', `transaction ${rival.hash} cannot be put back`, error));
      throw new EngineRefusal(-32000, 'replacement transaction underpriced');
    }
    pool.add(pending);
    awake.add(pending.from);
    return hash;
  }

  async function makeBlock(): Promise<void> {
    const senders = awake;
    awake = new Set();
    try {
      if (!(await canAnyRun(senders))) return;
      // The wall clock may be set back, the chain's time may not; equal times are allowed.
      const block = await engine.mine(parent, Math.max(parent.timestampSec, Math.floor(nowMs() / 1000)));
      if (block.number !== parent.number + 1) throw new Error(`block ${block.number} after ${parent.number}`);
      const mined = block.transactions.map((hash) => {
        const pending = pool.get(hash);
        if (pending === undefined) throw new Error(`block ${block.number} holds unknown transaction ${hash}`);
        return pending;
      });
      await journal(
        block,
        mined.map(({ raw }) => raw),
      );
      for (const pending of mined) pool.remove(pending);
      parent = block;
      // The engine passes over a transaction that no longer fits; below this line all that could run has run.
      if (block.gasUsed > BLOCK_GAS_LIMIT - TRANSACTION_GAS_CAP) awake = pool.senders();
    } catch (error) {
      await stop('CHAIN_ENGINE_FAILED', error instanceof Error ? error.message : String(error), error);
    }
  }

  async function journal(block: Block, transactions: readonly Uint8Array[]): Promise<void> {
    const { number, timestampSec } = block;
    try {
      await log.append(number, { timestampSec, hash: fromHex(block.hash), transactions });
    } catch (error) {
      await stop(
        'CHAIN_DISK_FAILED',
        `block ${number}: ${error instanceof Error ? error.message : error}`,
        error,
      );
    }
  }

  /** Without this a transaction beyond a nonce gap would be answered by an empty block. */
  async function canAnyRun(senders: Iterable<Hex>): Promise<boolean> {
    for (const from of senders) {
      const next = Number(await engine.request<Hex>('eth_getTransactionCount', [from, 'latest']));
      if (pool.at(from, next) !== undefined) return true;
    }
    return false;
  }

  /** Never returns, so that whoever holds the gate holds it until the process has ended. */
  function stop(code: string, reason: string, cause?: unknown): Promise<never> {
    onFailure(new AppError(code, { reason }, cause));
    return new Promise(() => {});
  }

  return { submit };
}

/** A client of the embedded chain for its tests: folders that clean up, seeded senders, plain JSON-RPC. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keccak256, type TransactionRequest, toUtf8Bytes, Wallet } from 'ethers';

export const CHAIN_ID = 1337;

export interface RpcAnswer {
  result?: unknown;
  error?: { code: number; message: string };
}

const folders: string[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sillok-chain-'));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

export interface SeededRandom {
  seed: number;
  /** 0 <= value < below */
  next(below: number): number;
  bytes(count: number): Uint8Array;
}

/** Mulberry32. The seed is printed, and SEED=… repeats a run. */
export function seededRandom(title: string): SeededRandom {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`      ${title}: SEED=${seed}`);
  let state = seed;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return { seed, next, bytes: (count) => Uint8Array.from({ length: count }, () => next(256)) };
}

export async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function call(url: string, method: string, ...params: unknown[]): Promise<RpcAnswer> {
  const response = await post(url, { jsonrpc: '2.0', id: 1, method, params });
  return (await response.json()) as RpcAnswer;
}

export async function ask<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const { result, error } = await call(url, method, ...params);
  if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message}`);
  return result as T;
}

export interface SeenReceipt {
  transactionHash: string;
  blockHash: string;
  blockNumber: string;
  status: string;
  contractAddress: string | null;
}

/** Asks until the receipt is there; every answer is a promise of the chain. */
export async function receiptOf(url: string, hash: string): Promise<SeenReceipt> {
  for (;;) {
    const receipt = await ask<SeenReceipt | null>(url, 'eth_getTransactionReceipt', hash);
    if (receipt !== null) return receipt;
  }
}

export function sender(name: string): Wallet {
  return new Wallet(keccak256(toUtf8Bytes(`embedded chain test ${name}`)));
}

/** A price-0 transaction of an account that never had any balance. */
export function sign(wallet: Wallet, nonce: number, request: TransactionRequest = {}): Promise<string> {
  const defaults = { chainId: CHAIN_ID, nonce, gasLimit: 100_000, gasPrice: 0, type: 0 };
  return wallet.signTransaction({ ...defaults, to: wallet.address, ...request });
}

/** Stores the block's PREVRANDAO under the key given as calldata, so that replay must repeat more than plain calls. */
export const STORE_RANDOM = { to: null, data: '0x666000354490550060005260076019f3' };
/** Burns 16 million gas in one step (memory of 90,000 words). */
export const BURN_GAS = { to: null, data: '0x676001622bf200520060005260086018f3' };

/** One method for many single parameters, in batches. */
export async function askEach<T>(url: string, method: string, parameters: unknown[][]): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < parameters.length; at += 500) {
    const batch = parameters
      .slice(at, at + 500)
      .map((params, id) => ({ jsonrpc: '2.0', id, method, params }));
    for (const answer of (await (await post(url, batch)).json()) as RpcAnswer[]) {
      if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
      results.push(answer.result as T);
    }
  }
  return results;
}

export async function blockHashes(url: string): Promise<string[]> {
  const newest = Number(await ask<string>(url, 'eth_blockNumber'));
  const parameters = Array.from({ length: newest + 1 }, (_, number) => [`0x${number.toString(16)}`, false]);
  const blocks = await askEach<{ hash: string }>(url, 'eth_getBlockByNumber', parameters);
  return blocks.map(({ hash }) => hash);
}

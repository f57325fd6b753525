/** Reads a stretch of final blocks with the ledger's events, and believes a node only what fits together. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { LedgerEvent } from '../core/event.ts';
import { mayHaveLogged } from './bloom.ts';
import { blockTag, type Network } from './network.ts';

/** More than this make a write no cheaper per event. */
const JOINED_EVENTS = 500;

export interface FinalBlock {
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timeSec: number;
  readonly events: readonly LedgerEvent[];
}

interface Header {
  readonly number: Hex;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly timestamp: Hex;
  readonly logsBloom: string;
  readonly transactions: readonly Hex[];
}

interface Log {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly logIndex: Hex;
}

export interface ReadBlocks {
  readonly network: Network;
  readonly addresses: readonly Hex[];
  readonly from: number;
  readonly to: number;
  /** Hash of the block before `from`, when it is known. */
  readonly parentHash?: Hex | undefined;
}

/**
 * @throws AppError CHAIN_LAGS when the node does not have them all, CHAIN_FORKED {block} when its answers do not fit together, and with
 * {parent, known} when they do not stand upon `parentHash`; CHAIN_LOGS_MISSING {block}, CHAIN_*
 */
export async function readBlocks({
  network,
  addresses,
  from,
  to,
  parentHash,
}: ReadBlocks): Promise<FinalBlock[]> {
  const range = { address: addresses, fromBlock: blockTag(from), toBlock: blockTag(to) };
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const [logs, ...headers] = (await network.sendAll([
    { method: 'eth_getLogs', params: [range] },
    ...numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [blockTag(number), false] })),
  ])) as [Log[], ...(Header | null)[]];
  const byHash = Map.groupBy(logs, (log) => log.blockHash);
  const blocks: FinalBlock[] = [];
  let parent = parentHash;
  for (const [i, header] of headers.entries()) {
    if (header === null) throw new AppError('CHAIN_LAGS', { block: numbers[i] });
    if (Number(header.number) !== numbers[i]) throw new AppError('CHAIN_FORKED', { block: numbers[i] });
    if (i === 0 && parentHash !== undefined && header.parentHash !== parentHash)
      throw new AppError('CHAIN_FORKED', { block: numbers[i], parent: header.parentHash, known: parentHash });
    if (parent !== undefined && header.parentHash !== parent)
      throw new AppError('CHAIN_FORKED', { block: numbers[i] });
    const own = byHash.get(header.hash) ?? [];
    if (own.length === 0) await mustHoldNone(network, addresses, header);
    blocks.push(blockOf(network.chainId, header, own));
    parent = header.hash;
  }
  // Logs of a block that is not among the headers: the two answers come from different histories.
  if (blocks.reduce((count, block) => count + block.events.length, 0) !== logs.length)
    throw new AppError('CHAIN_FORKED', { block: from });
  return blocks;
}

/**
 * Neighbours as one: the last of them with the events of all, each of which names its own block. Who follows behind then writes
 * once for many blocks.
 */
export function joinBlocks(blocks: readonly FinalBlock[]): FinalBlock[] {
  const joined: FinalBlock[] = [];
  let events: LedgerEvent[] = [];
  for (const [i, block] of blocks.entries()) {
    events.push(...block.events);
    if (events.length < JOINED_EVENTS && i < blocks.length - 1) continue;
    joined.push({ ...block, events });
    events = [];
  }
  return joined;
}

/** A node may serve headers while its index of logs lags behind: then the header's bloom contradicts the empty answer. */
async function mustHoldNone(network: Network, addresses: readonly Hex[], header: Header): Promise<void> {
  if (!addresses.some((address) => mayHaveLogged(header.logsBloom, address))) return;
  const receipts = await network.sendAll<{ logs: readonly Log[] } | null>(
    header.transactions.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  );
  const isOurs = (log: Log) => addresses.includes(log.address.toLowerCase() as Hex);
  if (receipts.some((receipt) => receipt === null || receipt.logs.some(isOurs)))
    throw new AppError('CHAIN_LOGS_MISSING', { block: Number(header.number) });
}

function blockOf(chainId: number, header: Header, logs: readonly Log[]): FinalBlock {
  const [number, timeSec] = [Number(header.number), Number(header.timestamp)];
  const events = logs.map((log) => ({
    chainId,
    block: number,
    timeSec,
    logIndex: Number(log.logIndex),
    address: log.address.toLowerCase() as Hex,
    topics: log.topics,
    data: log.data,
  }));
  return { number, hash: header.hash, timeSec, events: events.sort((a, b) => a.logIndex - b.logIndex) };
}

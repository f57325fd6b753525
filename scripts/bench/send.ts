/** Puts signed transactions on the chain as fast as it takes them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Network } from '../../server/chain/network.ts';
import type { SignedTransaction } from '../../server/chain/transaction.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { timed } from './measure.ts';

export interface Sent {
  readonly seconds: number;
  readonly gas: number;
  /** Events that our contracts answered, refusals included. */
  readonly events: readonly { readonly topics: readonly Hex[]; readonly data: Hex; readonly address: Hex }[];
}

export interface Lane {
  readonly address: Hex;
  /** Nonce of the first transaction, 0 when absent; the others follow. */
  readonly from?: number;
  readonly transactions: readonly SignedTransaction[];
}

interface Receipt {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly logs: Sent['events'];
}

const ASKED_AT_ONCE = 20;

/**
 * Lanes side by side, each in JSON-RPC batches. The clock stops when the chain counts all of them; receipts are read after.
 * @throws Error when a transaction failed
 */
export async function sendAll(network: Network, lanes: readonly Lane[], perRequest: number): Promise<Sent> {
  const { seconds } = await timed(() =>
    Promise.all(lanes.map((lane) => sendLane(network, lane, perRequest))),
  );
  const receipts: Receipt[] = [];
  const hashes = lanes.flatMap(({ transactions }) => transactions.map(({ hash }) => hash));
  for (let at = 0; at < hashes.length; at += ASKED_AT_ONCE)
    receipts.push(
      ...(await network.sendAll<Receipt>(
        hashes
          .slice(at, at + ASKED_AT_ONCE)
          .map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
      )),
    );
  if (receipts.some(({ status }) => Number(status) !== 1)) throw new Error('a presigned transaction failed');
  return {
    seconds,
    gas: receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0),
    events: receipts.flatMap(({ logs }) => logs),
  };
}

async function sendLane(
  network: Network,
  { address, from = 0, transactions }: Lane,
  perRequest: number,
): Promise<void> {
  for (let at = 0; at < transactions.length; at += perRequest)
    await network.sendAll(
      transactions
        .slice(at, at + perRequest)
        .map(({ raw }) => ({ method: 'eth_sendRawTransaction', params: [raw] })),
    );
  for (;;) {
    const mined = await network.send<Hex>('eth_getTransactionCount', [address, 'latest']);
    if (Number(mined) >= from + transactions.length) return;
    await pause(2);
  }
}

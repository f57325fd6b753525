/** Single transactions outside the outbox: deployment and administrative acts, sent one by one and waited for. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { Fees } from './fees.ts';
import type { Network } from './network.ts';
import { rejectionOf, revertOf } from './reverts.ts';
import { signTransaction } from './transaction.ts';

export interface Act {
  /** undefined creates a contract. */
  readonly to?: Hex;
  readonly data: Hex;
}

export interface Mined {
  readonly hash: Hex;
  readonly block: number;
}

export interface TransactOptions {
  /** Fixed by a caller whose steps are numbered; otherwise the chain's next one. */
  readonly nonce?: number;
  readonly timeoutMs?: number;
  /** Free when absent. */
  readonly fees?: Fees;
}

const LOOK_EVERY_MS = 20;
/** Acts of one key never overlap: two of them would take the same nonce. */
const turns = new Map<Hex, Promise<unknown>>();

/** @throws AppError CONTRACT_REFUSED {name, args} with the contract's own error, TRANSACTION_TIMEOUT {hash}, CHAIN_* */
export function transact(
  network: Network,
  signer: Signer,
  act: Act,
  options: TransactOptions = {},
): Promise<Mined> {
  const before = turns.get(signer.address) ?? Promise.resolve();
  const turn = before.then(
    () => perform(network, signer, act, options),
    () => perform(network, signer, act, options),
  );
  turns.set(signer.address, turn);
  return turn;
}

async function perform(network: Network, signer: Signer, act: Act, options: TransactOptions): Promise<Mined> {
  const gas = await estimate(network, signer.address, act);
  const nonce =
    options.nonce ?? Number(await network.send<Hex>('eth_getTransactionCount', [signer.address, 'latest']));
  const fee = await options.fees?.quote();
  // The same nonce, call, fee and key give the same bytes (RFC 6979): to repeat an interrupted act sends no second one.
  const { raw, hash } = await signTransaction(signer, { ...act, chainId: network.chainId, nonce, gas, fee });
  const giveUpAtMs = performance.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    await broadcast(network, raw);
    for (let look = 0; look < 50; look++) {
      const mined = await receiptOf(network, hash);
      if (mined !== undefined) return mined;
      if (performance.now() > giveUpAtMs) throw new AppError('TRANSACTION_TIMEOUT', { hash });
      await pause(LOOK_EVERY_MS);
    }
  }
}

async function broadcast(network: Network, raw: Hex): Promise<void> {
  try {
    await network.send('eth_sendRawTransaction', [raw]);
  } catch (error) {
    const { kind, reason } = rejectionOf(error);
    if (kind === 'permanent') throw refused(error, reason);
  }
}

/** A single node may be behind, or make it up. */
async function receiptOf(network: Network, hash: Hex): Promise<Mined | undefined> {
  const read = async (node: Network) => {
    const receipt = await node.send<Receipt | null>('eth_getTransactionReceipt', [hash]);
    if (receipt === null) throw new AppError('CHAIN_LAGS', { hash });
    return { hash, block: Number(receipt.blockNumber), isDone: Number(receipt.status) === 1 };
  };
  const found = await network.agreed(read, 0).catch((error: unknown) => {
    if (error instanceof AppError && /^CHAIN_(LAGS|UNCONFIRMED)$/.test(error.code)) return undefined;
    throw error;
  });
  if (found?.isDone === false) throw new AppError('CONTRACT_REFUSED', { name: 'Reverted', args: [], hash });
  return found;
}

interface Receipt {
  readonly status: Hex;
  readonly blockNumber: Hex;
}

/** Gas is free but bounded by the block; the margin covers what changes between the estimate and the block. */
async function estimate(network: Network, from: Hex, act: Act): Promise<number> {
  try {
    const gas = await network.send<Hex>('eth_estimateGas', [{ from, ...act }]);
    return Math.ceil(Number(gas) * 1.25);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CHAIN_ERROR')
      throw refused(error, String(error.details.message));
    throw error;
  }
}

function refused(error: unknown, reason: string): AppError {
  const revert = revertOf(error);
  return new AppError(
    'CONTRACT_REFUSED',
    revert ? { ...revert } : { name: 'Rejected', args: [reason] },
    error,
  );
}

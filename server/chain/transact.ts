/** Single transactions outside the outbox: deployment and administrative acts, sent one by one and waited for. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { ContractCall } from './contracts.ts';
import type { Network } from './network.ts';

export interface Mined {
  readonly hash: Hex;
  readonly block: number;
}

/**
 * Acts of one signer run one after another.
 * @throws AppError CONTRACT_REFUSED {name, args} with the contract's own error, TRANSACTION_TIMEOUT {hash}, CHAIN_*
 */
export async function transact(_network: Network, _signer: Signer, _call: ContractCall): Promise<Mined> {
  throw new AppError('NOT_READY');
}

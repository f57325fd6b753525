/** Acts of the administrator on the chain: sent, mined, and seen in our own rows before they are answered. */
import type { ContractCall } from '../chain/contracts.ts';
import type { Fees } from '../chain/fees.ts';
import type { Network } from '../chain/network.ts';
import { transact } from '../chain/transact.ts';
import type { Watcher } from '../chain/watcher.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { Ingest } from './ingest.ts';

export type Administer = (call: ContractCall) => Promise<void>;

/** @throws (by the function it makes) AppError ADMINISTRATION_REFUSED {reason, args} | CHAIN_* */
export function createAdminister(
  network: Network,
  administrator: Signer,
  ingest: Ingest,
  fees: Fees,
  watcher: Pick<Watcher, 'nudge'>,
): Administer {
  return async (call) => {
    const { block } = await transact(network, administrator, call, { fees }).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'CONTRACT_REFUSED') throw error;
      const { name, args } = error.details;
      throw new AppError('ADMINISTRATION_REFUSED', { reason: name, args }, error);
    });
    watcher.nudge();
    await ingest.passed(block);
  };
}

/** Asks the chain whether a signature is an organisation's word now: wallets and passkeys alike, by the contract's own rules. */
import type { Network } from '../chain/network.ts';
import { type ContractAddresses, interfaces } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { REFUSALS } from '../core/contracts.generated.ts';
import { AppError } from '../core/errors.ts';
import { nameToBytes32 } from '../core/ids.ts';

/** `None`, or the name of the contract's refusal. */
export async function authorise(
  network: Network,
  contracts: ContractAddresses,
  organisation: string,
  key: Hex,
  digest: Hex,
  signature: Hex,
): Promise<string> {
  const coder = interfaces.Organisations;
  const values = [nameToBytes32(organisation), key, digest, signature];
  const data = coder.encodeFunctionData('authorise', values) as Hex;
  const answer = await network.call(contracts.Organisations, data).catch((error: unknown) => {
    // A verifier that is fed garbage may revert instead of saying no.
    if (error instanceof AppError && error.code === 'CHAIN_ERROR') return undefined;
    throw error;
  });
  if (answer === undefined) return 'BadSignature';
  const [refusal] = coder.decodeFunctionResult('authorise', answer);
  return REFUSALS[Number(refusal)] ?? 'BadSignature';
}

/** Brings the contracts onto a chain, once, and knows them again. */
import type { ContractAddresses } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Signer } from '../core/signer.ts';
import type { Network } from './network.ts';

/** JSON; the gateway keeps it in its data folder. Addresses lower case. */
export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: Hex;
  /** Block of the first contract: no event is older. */
  readonly fromBlock: number;
  readonly contracts: ContractAddresses;
  /** OpenZeppelin AccessManager. */
  readonly authority: Hex;
  /** ERC-7913 verifiers of P-256 and WebAuthn keys. */
  readonly verifiers: { readonly p256: Hex; readonly webauthn: Hex };
  /** keccak256 of the code by address. */
  readonly codeHashes: Readonly<Record<string, Hex>>;
}

export interface DeployContracts {
  readonly network: Network;
  /** Does the work and holds no role afterwards. A key used for nothing else: its nonces name the addresses. */
  readonly deployer: Signer;
  /** Gets the AccessManager's admin role. */
  readonly administrator: Hex;
  /** Folder of Hardhat's artifacts. */
  readonly artifacts: string;
}

/** Continues where an earlier call was interrupted; a finished deployment is only read. @throws AppError DEPLOYMENT_FAILED | CHAIN_* */
export async function deployContracts(_options: DeployContracts): Promise<Deployment> {
  throw new AppError('NOT_READY');
}

/** Chain, genesis and code are what they were at deployment; pins the code for later breaks. @throws AppError CHAIN_MISMATCH */
export async function checkDeployment(_network: Network, _deployment: Deployment): Promise<void> {
  throw new AppError('NOT_READY');
}

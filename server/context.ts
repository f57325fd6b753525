/** What an effect may depend on: put together once at the start, handed to actions and http. */
import type { Logger } from 'pino';
import type { Administer } from './actions/administer.ts';
import type { ChainQuestions } from './actions/ask-chain.ts';
import type { Guard } from './actions/guard.ts';
import type { Administration } from './chain/contracts.ts';
import type { ContractAddresses } from './core/abi.ts';
import type { Hex } from './core/bytes.ts';
import type { EndpointState } from './core/operator-state.ts';
import type { Log } from './log/log.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Service } from './services/define.ts';
import type { CommittedStore } from './store/level.ts';
import type { Vault } from './vault/vault.ts';

/** What the chain is asked beside the outbox's own business. */
export interface ChainView extends ChainQuestions {
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  /** Verifier contracts that a passkey's signer begins with. */
  readonly verifiers: { readonly p256: Hex; readonly webauthn: Hex };
  /** Calls that {@link Context.administer} sends. */
  readonly acts: Administration;
  /** The nodes, as they stand now. */
  endpoints(): readonly EndpointState[];
}

export interface Context {
  readonly services: readonly Service[];
  readonly store: CommittedStore;
  readonly vault: Vault;
  readonly outbox: Outbox;
  readonly chain: ChainView;
  readonly log: Log;
  /** Does one act of the administrator on the chain. */
  readonly administer: Administer;
  readonly guard: Guard;
  readonly logger: Logger;
  nowMs(): number;
  /** The later of our clock and the newest block's time, which may run ahead: what was just recorded is valid at once. */
  nowSec(): number;
  /** Cryptographically strong. */
  random(bytes: number): Uint8Array;
}

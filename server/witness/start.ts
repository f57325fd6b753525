/** Runs a witness as a child process: it derives the log from its own node and cosigns only what it derived. */
import type { ContractAddresses } from '../core/abi.ts';
import type { WitnessEndpoint } from '../log/cosigners.ts';

export interface WitnessOptions {
  /** Own data folder: derived log, key, last cosigned checkpoint. */
  readonly folder: string;
  /** Key name of the witness, for instance `sillok.example/witness-1`. */
  readonly name: string;
  /** JSON-RPC address of the witness's own node. */
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  /** Block of the first contract's deployment, or any before it. */
  readonly fromBlock: number;
  readonly origin: string;
  /** Verifier key of the log it cosigns for. */
  readonly logKey: string;
  readonly passphrase: string;
  /** 0 = any free port. Loopback only. */
  readonly port: number;
}

export interface Witness extends WitnessEndpoint {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the exit code when the process is gone, asked to or not. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** What the steps of the start have at hand. */
import type { Logger } from 'pino';
import type { DataFolder } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import type { AppError } from '../core/errors.ts';
import type { CommittedStore } from '../store/level.ts';
import type { Vault } from '../vault/vault.ts';
import type { Stops } from './stops.ts';

/** From the outset. */
export interface Outset {
  readonly config: Config;
  readonly stops: Stops;
  /** Where this gateway is reached from its own machine. */
  readonly ownUrl: string;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Shown to whoever opens a page meanwhile. */
  say(step: string): void;
  /** A part died that the gateway cannot do without. */
  fail(error: unknown): void;
  /** Resolves with the first such failure. */
  readonly failed: Promise<AppError>;
}

/** Once the data folder is open. */
export interface Start extends Outset {
  readonly folder: DataFolder;
  readonly store: CommittedStore;
  readonly passphrase: string;
  readonly vault: Vault;
}

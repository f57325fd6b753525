/** What every step of the start has at hand. */
import type { DataFolder } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import type { AppError } from '../core/errors.ts';
import type { Vault } from '../vault/vault.ts';
import type { Stops } from './stops.ts';

export interface Start {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly vault: Vault;
  readonly passphrase: string;
  readonly stops: Stops;
  readonly nowMs: () => number;
  /** Shown to whoever opens a page meanwhile. */
  say(step: string): void;
  /** A part died that the gateway cannot do without. */
  fail(error: AppError): void;
}

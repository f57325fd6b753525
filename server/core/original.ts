/** The off-chain document behind a commitment, with its salt: the only form in which personal data is kept. */
import type { Hex } from './bytes.ts';

export interface Original {
  readonly document: unknown;
  /** 16 bytes. */
  readonly salt: Hex;
}

/** An API key without its secret. */
export interface ShownApiKey {
  readonly prefix: string;
  readonly organisation: string;
  readonly label: string;
  /** `service/action`, `service/*`, `*` (every service) or `admin`. */
  readonly scopes: readonly string[];
  readonly perMinute: number;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
}

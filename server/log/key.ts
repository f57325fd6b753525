/** The Ed25519 keys of log and witness: made on first start, sealed under the operator's passphrase, never leaving this file. */
export interface LogKey {
  readonly name: string;
  /** Verifier key (c2sp.org/signed-note), for the trust file. */
  readonly verifierKey: string;
  sign(message: Uint8Array): Uint8Array;
}

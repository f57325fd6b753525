/** Something a person can put right: shown as one line, without a stack. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
}

/**
 * 64 hexadecimal digits = 256 random bits, the shape of a generated passphrase. It cannot be guessed at any speed, so stretching
 * it would only slow down our own start; one that a person chose is stretched.
 */
export function isGenerated(passphrase: string): boolean {
  return /^[0-9a-f]{64}$/.test(passphrase);
}

/** Enrolment codes made on the official's device: 12 letters and digits without look-alikes, about 59 bits. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

export function makeCodes(count: number): string[] {
  return Array.from({ length: count }, () => {
    // 32 letters: the lower five bits of each byte are even.
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => LETTERS[byte & 31]!);
    return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)]
      .map((part) => part.join(''))
      .join('-');
  });
}

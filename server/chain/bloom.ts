/** Log bloom of a block header (Ethereum yellow paper, 4.3.1): says surely that an address logged nothing, or that it may have. */
import { fromHex, type Hex } from '../core/bytes.ts';
import { keccak256 } from '../core/hash.ts';

/** Whether the header's bloom admits a log of this address. Anything but 256 bytes admits all. */
export function mayHaveLogged(bloom: string, address: Hex): boolean {
  if (bloom.length !== 2 + 512) return true;
  const hash = keccak256(fromHex(address));
  return [0, 2, 4].every((at) => {
    const bit = ((hash[at]! << 8) | hash[at + 1]!) & 2047;
    const digit = Number.parseInt(bloom[2 + 511 - (bit >> 2)]!, 16);
    return ((digit >> (bit & 3)) & 1) === 1;
  });
}

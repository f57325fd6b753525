/** The id of an entry follows from what is submitted, so that every gateway and every retry names it alike. */
import { concat, fromHex, type Hex, toHex } from './bytes.ts';
import { keccak256 } from './hash.ts';
import { nameToBytes32 } from './ids.ts';
import type { Submission } from './submission.ts';

/**
 * keccak256(abi.encode(organisation, idempotency)); for a ballot keccak256(abi.encode(pollId, nullifier)).
 * Two static words need no ABI coder, and this runs for every entry.
 */
export function entryIdOfSubmission(submission: Submission): Hex {
  if (submission.to === 'casts') {
    const nullifier = BigInt(submission.nullifier).toString(16).padStart(64, '0');
    return idOf(submission.pollId, `0x${nullifier}`);
  }
  return idOf(nameToBytes32(submission.organisation), submission.idempotency);
}

function idOf(first: Hex, second: Hex): Hex {
  return toHex(keccak256(concat(fromHex(first), fromHex(second))));
}

/** What a node's refusal means for a stored transaction. Engines word it differently, codes are no help: -32000 is most of it. */
import { interfaces } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';

/**
 * - `known`: the node has it, or its nonce is used: ask the chain what became of it
 * - `retry`: nothing is said about the transaction; the same bytes go again later
 * - `permanent`: no node takes these bytes
 */
export interface Rejection {
  readonly kind: 'known' | 'retry' | 'permanent';
  readonly reason: string;
}

const KNOWN =
  /already known|known transaction|already exists|already imported|nonce (is )?too low|old nonce|same hash/i;
/** Size, gas and form: properties of the bytes, the same at every node. What they offer or what their sender owns is none. */
const PERMANENT =
  /exceeds (the )?(block|transaction) gas|gas limit (is )?(reached|too high|exceed)|greater than the (block|cap)|oversized|too large|size (limit|exceed)|intrinsic gas|floor gas|invalid (sender|signature|chain id|transaction)|rlp|reverted|max.*initcode|not supported/i;

export function rejectionOf(error: unknown): Rejection {
  if (!(error instanceof AppError) || error.code !== 'CHAIN_ERROR')
    return { kind: 'retry', reason: error instanceof AppError ? error.code : String(error) };
  const reason = String(error.details.message);
  if (KNOWN.test(reason)) return { kind: 'known', reason };
  return { kind: PERMANENT.test(reason) ? 'permanent' : 'retry', reason };
}

/** Name and values of a custom error of our contracts, when the revert data holds one. */
export function revertOf(
  error: unknown,
): { readonly name: string; readonly args: readonly string[] } | undefined {
  const data = error instanceof AppError ? dataOf(error.details.data) : undefined;
  if (data === undefined) return undefined;
  for (const contract of Object.values(interfaces)) {
    const parsed = contract.parseError(data);
    if (parsed !== null) return { name: parsed.name, args: parsed.args.toArray().map(String) };
  }
  return undefined;
}

/** Some nodes wrap it: {data: "0x…"}, or {data: {data: "0x…"}}. */
function dataOf(data: unknown): Hex | undefined {
  if (typeof data === 'string') return /^0x([0-9a-f]{2}){4,}$/i.test(data) ? (data as Hex) : undefined;
  return typeof data === 'object' && data !== null && 'data' in data ? dataOf(data.data) : undefined;
}

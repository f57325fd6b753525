/** Other bytes for a nonce whose bytes may have been sent: both are kept, the chain takes one of them. */
import { readTransaction } from '../chain/transaction.ts';
import { AppError } from '../core/errors.ts';
import type { Op } from '../store/level.ts';
import type { Desk, Lane } from './desk.ts';
import type { Refusal } from './entry.ts';
import { storeCall, storeTransaction } from './signed.ts';
import { type Earlier, type InFlight, isOpen, type Work } from './work.ts';

/** All of them are kept in one row, and bytes beyond these are no help any more. */
const MAX_EARLIER = 16;

/** The same call for a better price; undefined when there is no better one within the bound. @throws AppError CHAIN_* | STORE_* */
export function raiseFee(desk: Desk, lane: Lane, transaction: InFlight): Promise<InFlight | undefined> {
  return desk.turns.run(async () => {
    const isCurrent = lane.inFlight.get(transaction.nonce) === transaction && transaction.state !== 'mined';
    if (!isCurrent || transaction.earlier.length >= MAX_EARLIER) return undefined;
    const { nonce, raw, hash, works, units, condemned } = transaction;
    const { fee: before, to, gas, data } = readTransaction(raw);
    if (before === undefined || to === undefined) return undefined;
    const fee = await desk.fees.raise(before);
    if (fee === undefined) {
      desk.alarm('FEE_BOUND_REACHED', { lane: lane.index, nonce, offered: String(before.maxFeePerGas) });
      return undefined;
    }
    desk.alarm('FEE_RAISED', { lane: lane.index, nonce, offered: String(fee.maxFeePerGas) });
    const earlier: Earlier[] = [...transaction.earlier, { raw, hash, units: [] }];
    return storeCall(desk, lane, nonce, { to, gas, data, units, works }, { condemned, earlier, fee });
  });
}

/**
 * The same without these works, which are refused once the nonce is used and the chain did not take them all the same.
 * @throws AppError ENTRY_UNDER_WAY when it was replaced too often, CHAIN_*, STORE_*
 */
export async function replaceWithout(
  desk: Desk,
  transaction: InFlight,
  works: ReadonlySet<Work>,
  refusal: Refusal,
  ops: readonly Op[],
): Promise<InFlight> {
  const { nonce, raw, hash, units, state } = transaction;
  if (transaction.earlier.length >= MAX_EARLIER) throw new AppError('ENTRY_UNDER_WAY', { state });
  const lane = desk.lanes[transaction.lane]!;
  const kept = transaction.works.filter((work) => !works.has(work) && work.items.some(isOpen));
  const guilty = [...works].map(({ items }) => ({ items: items.filter(isOpen), refusal }));
  const { fee: before } = readTransaction(raw);
  return storeTransaction(desk, lane, nonce, kept, {
    condemned: [...transaction.condemned, ...guilty],
    earlier: [...transaction.earlier, { raw, hash, units }],
    fee: before && (await desk.fees.raise(before)),
    ops,
  });
}

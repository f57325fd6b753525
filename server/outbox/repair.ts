/**
 * Compares the lanes with the chain, which alone knows what nonces are used. The comparison is made at a block whose events are
 * settled: an entry that is still open although its transaction's nonce is used there was not recorded by that transaction, and
 * never will be. No answer about a single receipt could prove that; a node may lag or have pruned it.
 */
import { blockTag } from '../chain/network.ts';
import type { Hex } from '../core/bytes.ts';
import type { Op } from '../store/level.ts';
import { type Desk, drop, type Lane, release } from './desk.ts';
import type { Refusal } from './entry.ts';
import { outcomeOps, settleItems } from './outcome.ts';
import { raiseFee } from './replace.ts';
import { type LaneRow, laneKey, transactionKey, transactionStateKey } from './rows.ts';
import { giveUp, itemsOf, shownOps } from './signed.ts';
import { advance, broadcast, hashesOf, isCurrent, receiptCall } from './transmit.ts';
import { type InFlight, isOpen } from './work.ts';

/** Looks after the lanes that need it. @throws AppError CHAIN_* | STORE_*: nothing was changed, it may be called again. */
export async function reconcile(desk: Desk): Promise<void> {
  const block = desk.settledBlock;
  const lanes = desk.lanes.filter((lane) => lane.isWatchful || lane.suspicion !== undefined);
  if (lanes.length === 0 || block < 0) return;
  const calls = lanes.map(({ signer }) => ({
    method: 'eth_getTransactionCount',
    params: [signer.address, blockTag(block)],
  }));
  const counts = await desk.network.agreed((node) => node.sendAll<Hex>(calls), block);
  for (const [i, lane] of lanes.entries())
    await desk.turns.run(async () => {
      // Later blocks may have freed nonces above this count, which would look like gaps: the next look is at those.
      if (desk.settledBlock === block) await compare(desk, lane, Number(counts[i]), block);
    });
  desk.pump();
}

async function compare(desk: Desk, lane: Lane, count: number, block: number): Promise<void> {
  for (const transaction of [...lane.inFlight.values()])
    if (transaction.nonce < count) await retire(desk, lane, transaction);
  if (lane.isWorking) return;
  if (count > lane.nextNonce) {
    desk.alarm('NONCE_AHEAD', { lane: lane.index, expected: lane.nextNonce, chain: count });
    const row: LaneRow = { address: lane.signer.address, nextNonce: count };
    await desk.store.commit([{ type: 'put', key: laneKey(lane.index), value: row }]);
    lane.nextNonce = count;
  }
  const gaps: number[] = [];
  for (let nonce = count; nonce < lane.nextNonce; nonce++) if (!lane.inFlight.has(nonce)) gaps.push(nonce);
  if (gaps.length > 0 && lane.gaps.length === 0)
    desk.alarm('NONCE_GAP', { lane: lane.index, first: gaps[0], count: gaps.length });
  lane.gaps = gaps;
  if (lane.suspicion !== undefined && block >= lane.suspicion.untilBlock) lane.suspicion = undefined;
  const unseen = [...lane.inFlight.values()].some((tx) => tx.open === 0 || tx.condemned.length > 0);
  lane.isWatchful = gaps.length > 0 || unseen || lane.suspicion !== undefined;
}

/** The transaction's nonce is used. What it left open is refused, when it is to blame, and otherwise goes again. */
async function retire(desk: Desk, lane: Lane, transaction: InFlight): Promise<void> {
  const works = transaction.works.filter((work) => work.items.some(isOpen));
  const refused = transaction.condemned.map(({ items, refusal }) => ({
    items: items.filter(isOpen),
    refusal,
  }));
  if (works.length > 0) {
    const failure = await failureOf(desk, transaction);
    if (failure === undefined)
      desk.alarm('TRANSACTION_DISPLACED', {
        lane: lane.index,
        nonce: transaction.nonce,
        hash: transaction.hash,
      });
    else {
      desk.alarm('TRANSACTION_FAILED', { lane: lane.index, hash: transaction.hash, works: works.length });
      if (works.length === 1) refused.push({ items: works.pop()!.items.filter(isOpen), refusal: failure });
      for (const work of works) work.cap = works.length >> 1;
    }
  }
  const outcomes = refused.flatMap(({ items, refusal }) =>
    items.map((item) => ({ item, state: 'refused' as const, refusal })),
  );
  const ops: Op[] = [
    { type: 'del', key: transactionKey(lane.index, transaction.nonce) },
    { type: 'del', key: transactionStateKey(lane.index, transaction.nonce) },
    ...shownOps(itemsOf(works)),
    ...outcomeOps(outcomes),
  ];
  await giveUp(desk, transaction, ops);
  drop(desk, transaction);
  release(desk, works);
  settleItems(desk, outcomes);
}

/** undefined when the chain holds none of its bytes, or such as carried others too: another one took its nonce. */
async function failureOf({ network }: Desk, { hash, earlier }: InFlight): Promise<Refusal | undefined> {
  const same = [hash, ...earlier.filter(({ units }) => units.length === 0).map((one) => one.hash)];
  const receipts = await network.sendAll<{ gasUsed: Hex } | null>(same.map(receiptCall));
  const at = receipts.findIndex((receipt) => receipt !== null);
  if (at < 0) return undefined;
  const gasUsed = Number(receipts[at]!.gasUsed);
  return { code: 'CHAIN_REVERTED', details: { transaction: same[at], gasUsed } };
}

/** Broadcasts again what has been waiting for long; a node may have dropped it, or never have got it. */
export async function revive(desk: Desk): Promise<void> {
  const overdue = performance.now() - desk.limits.stallMs;
  for (const lane of desk.lanes) {
    const stale = [...lane.inFlight.values()].filter((tx) => tx.broadcastAtMs <= overdue);
    if (stale.length === 0) continue;
    lane.isWatchful = true;
    stale.sort((a, b) => a.nonce - b.nonce);
    const receipts = await desk.network.sendAll<object | null>(stale.flatMap(hashesOf).map(receiptCall));
    let lost = 0;
    for (const transaction of stale) {
      const own = receipts.splice(0, hashesOf(transaction).length);
      if (own.some((receipt) => receipt !== null)) {
        await markMined(desk, transaction);
        continue;
      }
      lost++;
      const isStalled = performance.now() - transaction.sinceMs > desk.limits.raiseMs;
      const better = isStalled ? await raiseFee(desk, lane, transaction) : undefined;
      await broadcast(desk, lane, better ?? transaction, 'all');
    }
    if (lost > 0)
      desk.alarm('REBROADCAST', { lane: lane.index, transactions: lost, firstNonce: stale[0]!.nonce });
  }
}

/** In a block that the watcher has not handed over yet. */
async function markMined(desk: Desk, transaction: InFlight): Promise<void> {
  transaction.broadcastAtMs = performance.now();
  const lane = desk.lanes[transaction.lane]!;
  if (transaction.state === 'mined' || !isCurrent(lane, transaction)) return;
  const key = transactionStateKey(transaction.lane, transaction.nonce);
  await desk.store.commit([{ type: 'put', key, value: { state: 'mined' } }]);
  if (isCurrent(lane, transaction)) advance(transaction, 'mined');
}

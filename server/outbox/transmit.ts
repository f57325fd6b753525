/** Gives stored bytes to the nodes, and hears what they make of them. */
import { type Rejection, rejectionOf } from '../chain/reverts.ts';
import type { RpcCall } from '../chain/rpc.ts';
import type { Hex } from '../core/bytes.ts';
import { bounds, type Desk, type Lane, release } from './desk.ts';
import { furthest } from './entry.ts';
import { transactionStateKey } from './rows.ts';
import { itemsOf, storeTransaction } from './signed.ts';
import { type InFlight, isOpen } from './work.ts';

/** A node that had no word about the bytes is asked again sooner than one that took them. */
const RETRY_AFTER_MS = 400;

/**
 * Gives the stored bytes to the node, or to every node; as often as need be, they are the same bytes. Never throws.
 * What one node will never take, others may: they are all asked before anything is refused for it.
 */
export async function broadcast(
  desk: Desk,
  lane: Lane,
  transaction: InFlight,
  to: 'one' | 'all' = 'one',
): Promise<void> {
  transaction.broadcastAtMs = performance.now();
  const first = to === 'one' ? await offer(desk, transaction) : undefined;
  const verdict =
    first === undefined || first.kind === 'permanent' ? await offerAll(desk, transaction) : first;
  const { kind, reason } = verdict;
  if (kind === 'retry') {
    transaction.broadcastAtMs += RETRY_AFTER_MS - desk.limits.stallMs;
    complain(desk, lane, reason);
    return;
  }
  if (kind === 'permanent') return condemn(desk, lane, transaction, reason);
  lane.complaint = undefined;
  // Somebody used the nonce: these very bytes, or others.
  if (kind === 'known' && /nonce/i.test(reason) && !(await isMined(desk, transaction)))
    return suspect(desk, lane, reason);
  desk.fault('after-send');
  await markSent(desk, lane, transaction);
}

type Verdict = Rejection | { readonly kind: 'taken'; readonly reason: '' };
const TAKEN: Verdict = { kind: 'taken', reason: '' };
/** The better word counts. */
const RANK = ['taken', 'known', 'retry', 'permanent'];

function offer({ network }: Desk, { raw }: InFlight): Promise<Verdict> {
  return network.send<Hex>('eth_sendRawTransaction', [raw]).then(() => TAKEN, rejectionOf);
}

async function offerAll({ network }: Desk, { raw }: InFlight): Promise<Verdict> {
  const answers = await network.everywhere<Hex>('eth_sendRawTransaction', [raw]);
  const verdicts = answers.map((one) => (one.status === 'fulfilled' ? TAKEN : rejectionOf(one.reason)));
  return verdicts.sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind))[0]!;
}

/** Told once, until the node takes something again. */
function complain(desk: Desk, lane: Lane, reason: string): void {
  if (lane.complaint === reason) return;
  lane.complaint = reason;
  desk.alarm('BROADCAST_REFUSED', { lane: lane.index, address: lane.signer.address, reason });
}

/** While the node cannot say, it counts as not mined: the lane then waits until the chain was asked. */
async function isMined({ network }: Desk, transaction: InFlight): Promise<boolean> {
  try {
    const receipts = await network.sendAll<object | null>(hashesOf(transaction).map(receiptCall));
    return receipts.some((receipt) => receipt !== null);
  } catch {
    return false;
  }
}

/** Any of them may be the one that is mined. */
export function hashesOf({ hash, earlier }: InFlight): Hex[] {
  return [hash, ...earlier.map((one) => one.hash)];
}

export function receiptCall(hash: Hex): RpcCall {
  return { method: 'eth_getTransactionReceipt', params: [hash] };
}

async function markSent(desk: Desk, lane: Lane, transaction: InFlight): Promise<void> {
  const isMeant = () => isCurrent(lane, transaction) && transaction.state === 'signed';
  if (!isMeant()) return;
  const key = transactionStateKey(lane.index, transaction.nonce);
  try {
    await desk.store.commit([{ type: 'put', key, value: { state: 'sent' } }]);
  } catch {
    return; // It stays `signed`, is broadcast again and then noted.
  }
  desk.fault('after-sent-commit');
  if (isMeant()) advance(transaction, 'sent');
}

/** Whether what the nodes say of these bytes counts for their nonce. */
export function isCurrent({ inFlight }: Lane, transaction: InFlight): boolean {
  return inFlight.get(transaction.nonce) === transaction && !transaction.isGivenUp;
}

export function advance(transaction: InFlight, state: 'sent' | 'mined'): void {
  transaction.state = state;
  for (const item of itemsOf(transaction.works)) if (isOpen(item)) item.state = furthest(item.state, state);
}

/** Pauses the lane until the watcher has come as far as the node is now. */
async function suspect(desk: Desk, lane: Lane, reason: string): Promise<void> {
  lane.isWatchful = true;
  if (lane.suspicion !== undefined) return;
  const suspicion = { reason, untilBlock: Number.POSITIVE_INFINITY };
  lane.suspicion = suspicion;
  desk.alarm('LANE_PAUSED', { lane: lane.index, address: lane.signer.address, reason });
  try {
    suspicion.untilBlock = Number(await desk.network.send<Hex>('eth_blockNumber', []));
  } catch {
    suspicion.untilBlock = desk.settledBlock + 1;
  }
}

/**
 * No node takes the bytes now, though one may have taken them before. Half of the works keep the nonce and the others wait again,
 * until the one at fault is alone; it is refused once another transaction has used up its nonce, because only then its bytes can
 * never be mined.
 */
async function condemn(desk: Desk, lane: Lane, transaction: InFlight, reason: string): Promise<void> {
  const replacement = await desk.turns.run(async () => {
    if (lane.inFlight.get(transaction.nonce) !== transaction) return undefined;
    const works = transaction.works.filter((work) => work.items.some(isOpen));
    desk.alarm('TRANSACTION_REJECTED', {
      lane: lane.index,
      nonce: transaction.nonce,
      reason,
      works: works.length,
    });
    if (works.length === 0) return undefined;
    const half = works.length >> 1;
    const kept = half > 0 ? works.slice(0, half) : desk.queue.take({ ...bounds(desk), works: 1 });
    const others = half > 0 ? works.slice(half) : [];
    for (const work of works) work.cap = Math.max(1, half);
    const refusal = { code: 'CHAIN_REJECTED', details: { reason } };
    const guilty = half > 0 ? [] : [{ items: works[0]!.items.filter(isOpen), refusal }];
    const { raw, hash, units } = transaction;
    const earlier = [...transaction.earlier, { raw, hash, units }];
    try {
      const released = itemsOf(others);
      const condemned = [...transaction.condemned, ...guilty];
      const stored = await storeTransaction(desk, lane, transaction.nonce, kept, {
        condemned,
        released,
        earlier,
      });
      release(desk, others);
      return stored;
    } catch (error) {
      if (half === 0) desk.queue.putBack(kept);
      desk.alarm('SIGNING_FAILED', { lane: lane.index, error: String(error) });
      return undefined;
    }
  });
  if (replacement === undefined) return;
  desk.pump();
  await broadcast(desk, lane, replacement);
}

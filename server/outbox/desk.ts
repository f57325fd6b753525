/** What the parts of the outbox share: the open entries, the lanes, and the way to everything outside. */
import type { Fees } from '../chain/fees.ts';
import type { Network } from '../chain/network.ts';
import type { ContractAddresses } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import type { Signer } from '../core/signer.ts';
import type { Store } from '../store/level.ts';
import type { Claim } from './claims.ts';
import type { Fault } from './faults.ts';
import type { Queue } from './queue.ts';
import type { Reservations } from './reservations.ts';
import type { Turns } from './turns.ts';
import type { Waiters } from './waiters.ts';
import type { InFlight, Item, Units, Work } from './work.ts';

export interface Limits {
  /** Open entries before QUEUE_FULL. */
  readonly open: number;
  /** Transactions per lane between signing and finality; below a node's limit per sender (geth and Kaia: 16 executable ones). */
  readonly inFlightPerLane: number;
  /** How long an idle outbox gathers before a part-filled transaction goes, and how long a busy one. */
  readonly gatherMs: number;
  readonly gatherBusyMs: number;
  /** Without progress for so long, a lane is compared with the chain and its bytes are broadcast again. */
  readonly stallMs: number;
  /** Without being mined for so long, a transaction that pays is replaced by one that pays more. */
  readonly raiseMs: number;
  readonly maxTxGas: number;
  readonly gasPerByte: number;
  /** Calldata; geth and its descendants take 128 KiB for the whole transaction. */
  readonly maxTxBytes: number;
  /** Submissions in one transaction; bounds the leaves of a batch, which cost no gas each. */
  readonly maxWorks: number;
}

export interface Lane {
  readonly index: number;
  readonly signer: Signer;
  readonly inFlight: Map<number, InFlight>;
  nextNonce: number;
  /** Nonces below `nextNonce` that nothing on the disk will use up: filled before anything else goes. */
  gaps: number[];
  isWorking: boolean;
  /** The chain is to be asked which nonces are used, as events alone will not tell. */
  isWatchful: boolean;
  /** Paused until block `untilBlock` is settled and the nonces were compared: the key seems to be used elsewhere. */
  suspicion: { readonly reason: string; untilBlock: number } | undefined;
  /** By performance.now(). */
  notBeforeMs: number;
  /** Why the node takes nothing from this lane now. */
  complaint: string | undefined;
}

/** One of the desk's own entries as it leaves it. */
export interface Settled {
  readonly state: 'final' | 'refused';
  readonly leafIndex?: number;
  /** See {@link EntryStatus.elsewhere}. */
  readonly elsewhere?: true;
  /** Since it was accepted. */
  readonly ageMs: number;
}

export interface Desk {
  readonly store: Store;
  readonly network: Network;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly signerOf: (organisation: string) => Promise<Signer | undefined>;
  readonly claim: Claim;
  readonly fees: Fees;
  readonly limits: Limits;
  readonly nowMs: () => number;
  readonly fault: Fault;
  readonly turns: Turns;
  /** Ids that are being taken in, or settled as somebody else's: never both at a time. */
  readonly arrivals: Reservations;
  readonly queue: Queue;
  readonly lanes: Lane[];
  /** By entryId. */
  readonly open: Map<Hex, Item>;
  /** Open works that must not be signed after some moment. */
  readonly deadlines: Set<Work>;
  /** Units in flight by digest of a bundle or id of a batch. */
  readonly units: Map<Hex, readonly Item[]>;
  /** Repairs since the start, by kind. */
  readonly repairs: Record<string, number>;
  readonly waiters: Waiters;
  /** Entries settled since the start. */
  settledCount: number;
  /** Newest block whose events are settled and committed; -1 before the first. */
  settledBlock: number;
  /** Counts a repair and tells it. */
  alarm(code: string, details: Record<string, unknown>): void;
  /** Lets lanes take up what may go. */
  pump(): void;
  /** Tells whoever counts. */
  told(settled: Settled): void;
}

/** Whatever the chain may answer for this nonce by. */
export function unitsOf({ units, earlier }: InFlight): Units {
  return earlier.length === 0 ? units : [...units, ...earlier.flatMap((one) => one.units)];
}

/** Takes a transaction off the desk; its rows are the caller's business. */
export function drop(desk: Desk, transaction: InFlight): void {
  const { inFlight } = desk.lanes[transaction.lane]!;
  if (inFlight.get(transaction.nonce) === transaction) inFlight.delete(transaction.nonce);
  for (const { id, items } of unitsOf(transaction))
    if (id !== undefined && desk.units.get(id) === items) desk.units.delete(id);
}

/** Back into the queue, before everything that came later. */
export function release(desk: Desk, works: readonly Work[]): void {
  for (const work of works) for (const item of work.items) item.transaction = undefined;
  desk.queue.putBack(works);
}

export function bounds(desk: Desk) {
  const { maxTxGas, maxTxBytes, maxWorks, gasPerByte } = desk.limits;
  return { gas: maxTxGas, bytes: maxTxBytes, works: maxWorks, gasPerByte };
}

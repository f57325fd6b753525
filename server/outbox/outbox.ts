/**
 * The outbox: what was accepted is recorded on the chain exactly once, whatever dies in between.
 * Everything is on the disk before it is acted upon; the chain alone says which nonces are used.
 */
import { type Fees, FREE } from '../chain/fees.ts';
import type { Network } from '../chain/network.ts';
import type { ContractAddresses } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { LaneStatus, OutboxStatus } from '../core/operator-state.ts';
import type { Signer } from '../core/signer.ts';
import type { Op, Store } from '../store/level.ts';
import { acceptGroups } from './accept.ts';
import { type Book, type Claim, type ClaimBook, claimHere, isMember, openClaimBook } from './claims.ts';
import type { Desk, Lane, Limits, Settled } from './desk.ts';
import { type EntryStatus, hasReached } from './entry.ts';
import type { Fault } from './faults.ts';
import { load } from './load.ts';
import { expire, isCondemned, isLate, type Manage, makeManage } from './manage.ts';
import { makePump } from './pump.ts';
import { makeQueue } from './queue.ts';
import { reconcile, revive } from './repair.ts';
import { makeReservations } from './reservations.ts';
import { type EntryRow, entryKey, type Group, RECEIPTED, type ReceiptedRow } from './rows.ts';
import { type SettledEvent, type Settlement, type SettlingTurn, settleBlock, takeTurn } from './settle.ts';
import { broadcast } from './transmit.ts';
import { makeTurns } from './turns.ts';
import { makeWaiters } from './waiters.ts';
import { GAS_PER_BYTE, type Item, toldOf } from './work.ts';

export type { Limits, Settled } from './desk.ts';
export type { EntryStatus } from './entry.ts';
export type { Authorisation, Group } from './rows.ts';
export type { SettledEvent, Settlement } from './settle.ts';

export interface Outbox extends Manage, ClaimBook {
  /**
   * One synced commit of `ops` and all groups; entryIds in order.
   * @throws AppError QUEUE_FULL {retryAfterSec} | EntriesTaken | KEY_MISSING {organisation} | SUBMISSION_INVALID | STORE_*
   */
  accept(request: { readonly groups: readonly Group[]; readonly ops: readonly Op[] }): Promise<Hex[]>;
  /** Members of batches that are accepted and neither final nor refused. */
  openMembers(): readonly Hex[];
  entry(entryId: Hex): Promise<EntryStatus | undefined>;
  /** Called for every final block in order, before its cursor is committed. */
  settle(events: readonly SettledEvent[], block: { readonly number: number }): Promise<Settlement>;
  /** Resolves at the wanted state or at `refused`; after the time limit with wherever the entry stands. @throws AppError ENTRY_UNKNOWN */
  whenState(entryId: Hex, wanted: 'final' | 'receipted', timeoutMs: number): Promise<EntryStatus>;
  /** A checkpoint with enough cosignatures covers all leaves below `size`. */
  receipted(size: number): Promise<void>;
  status(): OutboxStatus;
  /** Called for each entry accepted here once its outcome is committed. */
  onSettled(callback: (settled: Settled) => void): void;
  /** Whether anything is under way: the watcher looks more often then. */
  isBusy(): boolean;
  /** Signs nothing new and waits for commits under way; what is open continues at the next start. */
  close(): Promise<void>;
}

export interface OpenOutbox {
  readonly store: Store;
  readonly network: Network;
  readonly contracts: ContractAddresses;
  /** One relayer key each; two to four are enough. Lanes may be added between two starts, never taken away. */
  readonly lanes: readonly Signer[];
  /** The vault's key of an organisation; undefined when it signs elsewhere only. */
  readonly signerOf: (organisation: string) => Promise<Signer | undefined>;
  /** Asks the gateway that gives out the ids of batch members; absent on that one. */
  readonly claim?: Claim | undefined;
  /** Of that one. */
  readonly book?: Book | undefined;
  /** Told of each repair and of what could not be done, for the log. Holds no personal data. */
  readonly onAlarm?: (alarm: { readonly code: string; readonly details: Record<string, unknown> }) => void;
  /** Free when absent. */
  readonly fees?: Fees;
  /** The store may be older than the chain: no lane signs before this block is settled and its nonces were compared. */
  readonly distrustUntilBlock?: number | undefined;
  readonly limits?: Partial<Limits>;
  readonly nowMs?: () => number;
  readonly fault?: Fault;
}

const LOOK_EVERY_MS = 500;

const LIMITS: Limits = {
  open: 50_000,
  inFlightPerLane: 8,
  gatherMs: 3,
  gatherBusyMs: 40,
  stallMs: 3_000,
  raiseMs: 15_000,
  // Cap of EIP-7825; a chain with smaller blocks bounds it further.
  maxTxGas: 16_777_216,
  gasPerByte: GAS_PER_BYTE,
  maxTxBytes: 120_000,
  maxWorks: 4_096,
};

/** @throws AppError STORE_* | CHAIN_* | LANE_KEY_CHANGED | LANE_MISSING */
export async function openOutbox(options: OpenOutbox): Promise<Outbox> {
  const { store, network, nowMs = Date.now } = options;
  const limits = { ...LIMITS, ...options.limits };
  const waiters = makeWaiters();
  const callbacks: ((settled: Settled) => void)[] = [];
  const desk: Desk = {
    store,
    network,
    chainId: network.chainId,
    contracts: options.contracts,
    signerOf: options.signerOf,
    claim: options.claim ?? claimHere(store, options.book),
    limits: { ...limits, maxTxGas: Math.min(limits.maxTxGas, await blockGasLimit(network)) },
    nowMs,
    fault: options.fault ?? (() => {}),
    turns: makeTurns(),
    arrivals: makeReservations(),
    fees: options.fees ?? FREE,
    queue: makeQueue(
      (id) => desk.open.has(id) || desk.units.has(id),
      (work) => isLate(work, nowMs()),
    ),
    lanes: options.lanes.map(makeLane),
    open: new Map(),
    deadlines: new Set(),
    units: new Map(),
    repairs: {},
    waiters,
    settledCount: 0,
    settledBlock: -1,
    alarm: (code, details) => {
      desk.repairs[code] = (desk.repairs[code] ?? 0) + 1;
      options.onAlarm?.({ code, details });
    },
    pump: () => pump.run(),
    told: (settled) => {
      for (const callback of callbacks) callback(settled);
    },
  };
  const pump = makePump(desk);
  const reservations = makeReservations();
  const accepting = acceptGroups(desk, await load(desk), reservations);
  let receiptedSize = (await store.get<ReceiptedRow>(RECEIPTED))?.size ?? 0;
  waiters.receipted(receiptedSize);
  /** From settle to committed; a block that is settled again ends the turn of the attempt before. */
  let turn: SettlingTurn = { letIn: () => {}, end: () => {} };
  let isClosed = false;
  let isBlind = false;
  let looking: Promise<void> | undefined;

  for (const lane of desk.lanes) {
    lane.isWatchful = true;
    if (options.distrustUntilBlock !== undefined)
      lane.suspicion = { reason: 'OLDER_STORE', untilBlock: options.distrustUntilBlock };
    for (const transaction of lane.inFlight.values()) void broadcast(desk, lane, transaction);
  }
  pump.run();
  let sweeping: Promise<void> | undefined;
  /** Deadlines are no part of the look, which waits for the chain. */
  const turnOfClock = () => {
    sweeping ??= expire(desk)
      .catch((error: unknown) => desk.alarm('EXPIRY_FAILED', { error: String(error) }))
      .finally(() => {
        sweeping = undefined;
      });
    look(revive);
  };
  const timer = setInterval(turnOfClock, Math.min(limits.stallMs / 2, LOOK_EVERY_MS));

  /** Never two at a time; what fails now is tried again with the next block or the next turn of the clock. */
  function look(first?: (desk: Desk) => Promise<void>): void {
    if (isClosed || looking !== undefined) return;
    looking = (async () => {
      try {
        await first?.(desk);
        await reconcile(desk);
        isBlind = false;
      } catch (error) {
        if (!isBlind) desk.alarm('LOOK_FAILED', { error: String(error) });
        isBlind = true;
      } finally {
        looking = undefined;
      }
    })();
  }

  async function entry(entryId: Hex): Promise<EntryStatus | undefined> {
    const item = desk.open.get(entryId);
    if (item !== undefined) return statusOf(item);
    const row = await store.get<EntryRow>(entryKey(entryId));
    if (row === undefined) return undefined;
    const isReceipted = row.state === 'final' && row.leafIndex !== undefined && row.leafIndex < receiptedSize;
    return { entryId, ...row, state: isReceipted ? 'receipted' : row.state };
  }

  return {
    ...makeManage(desk, pump.filled),
    ...openClaimBook(desk, reservations, options.book),
    accept: accepting,
    openMembers: () => [...desk.open.values()].filter(isMember).map(({ entryId }) => entryId),
    entry,
    settle: async (events, block) => {
      turn.end();
      turn = await takeTurn(desk, events);
      const { letIn, end } = turn;
      const settlement = await settleBlock(desk, events, block.number).catch((error) => {
        letIn();
        throw error;
      });
      desk.fault('before-settle-commit');
      return {
        ops: settlement.ops,
        dropped: letIn,
        committed: () => {
          desk.fault('after-settle-commit');
          settlement.committed();
          end();
          pump.run();
          if (desk.lanes.some((lane) => lane.isWatchful || lane.suspicion !== undefined)) look();
        },
      };
    },
    whenState: async (entryId, wanted, timeoutMs) => {
      // First the wait, then the look: what happens in between is not missed.
      const waiting = waiters.wait(entryId, wanted, timeoutMs);
      const now = await entry(entryId);
      if (now === undefined || hasReached(now.state, wanted)) waiting.cancel();
      if (now === undefined) throw new AppError('ENTRY_UNKNOWN', { entryId });
      if (now.leafIndex !== undefined) waiters.awaitLeaf(entryId, now.leafIndex);
      await waiting.done;
      return (await entry(entryId)) ?? now;
    },
    receipted: async (size) => {
      if (size <= receiptedSize) return;
      const value: ReceiptedRow = { size };
      await store.commit([{ type: 'put', key: RECEIPTED, value }]);
      receiptedSize = Math.max(receiptedSize, size);
      waiters.receipted(receiptedSize);
    },
    status: () => ({
      waiting: desk.queue.ready,
      open: desk.open.size,
      oldestAgeMs: oldestAge(desk),
      lanes: desk.lanes.map(laneStatus),
      repairs: { ...desk.repairs },
    }),
    onSettled: (callback) => void callbacks.push(callback),
    isBusy: () => desk.open.size > 0 || desk.lanes.some((lane) => lane.isWatchful),
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await pump.stop();
      turn.end();
      await looking;
      await sweeping;
    },
  };
}

function makeLane(signer: Signer, index: number): Lane {
  return {
    index,
    signer,
    inFlight: new Map(),
    nextNonce: 0,
    gaps: [],
    isWorking: false,
    isWatchful: false,
    suspicion: undefined,
    notBeforeMs: 0,
    complaint: undefined,
  };
}

/** Kaia's blocks name no gas limit. */
async function blockGasLimit(network: Network): Promise<number> {
  const block = await network.send<{ gasLimit?: Hex }>('eth_getBlockByNumber', ['latest', false]);
  return block.gasLimit === undefined ? Number.POSITIVE_INFINITY : Number(block.gasLimit);
}

function statusOf(item: Item): EntryStatus {
  const { entryId, state, work } = item;
  return {
    entryId,
    state,
    ...toldOf(item),
    ...(work.isHeld && { held: true }),
    ...(isCondemned(item) && { cancelling: true }),
    ...(work.deadlineSec !== undefined && work.kind !== 'casts' && { deadlineSec: work.deadlineSec }),
  };
}

/** Entries stand in order of arrival. */
function oldestAge(desk: Desk): number {
  for (const item of desk.open.values()) return desk.nowMs() - item.accepted.atMs;
  return 0;
}

function laneStatus(lane: Lane): LaneStatus {
  return {
    address: lane.signer.address,
    nextNonce: lane.nextNonce,
    inFlight: lane.inFlight.size,
    gaps: lane.gaps.length,
    ...(lane.suspicion !== undefined && { pausedBecause: lane.suspicion.reason }),
  };
}

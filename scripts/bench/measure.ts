/** The one shape of everything that is measured. */
export type Unit = '/s' | 'ms' | 's' | 'gas' | 'B' | 'MB';

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** A promise of the design, held against one column of the row. */
export interface Budget {
  readonly on: 'value' | 'timesNaive' | 'shareOfLimit' | 'ackP99Ms';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Row {
  /** `<measure>.<what>` */
  readonly id: string;
  readonly what: string;
  /** Counted at the far end: on the chain, in the log, or checked; never what was merely sent. */
  readonly count: number;
  readonly value: number;
  readonly unit: Unit;
  /** From request to the gateway's answer, which it gives after an fsync. */
  readonly ackMs?: Percentiles;
  /** From request to a cosigned checkpoint that covers the entry. */
  readonly finalMs?: Percentiles;
  /** Processor time of the gateway's own process per entry. */
  readonly cpuMs?: number;
  /** Ids of rows of the same run: the naive client's, and those of the chain's own limit, of which the best counts. */
  readonly naive?: string;
  readonly limits?: readonly string[];
  readonly budgets?: readonly Budget[];
}

export interface Counts {
  readonly naive: number;
  readonly singles: number;
  readonly batched: number;
  /** Requests of one entry each, by concurrency. */
  readonly requests: Readonly<Record<1 | 16 | 64 | 256, number>>;
  /** Seconds at half load. */
  readonly halfLoadSec: number;
  readonly throughBatches: Readonly<Record<100 | 1000, number>>;
  readonly credentials: number;
  readonly casts: number;
  readonly checksInNode: number;
  readonly checksInBrowser: number;
  readonly proofsInBrowser: number;
  /** Entries in the data folder at which it is killed and started again, rising. */
  readonly restartsAt: readonly number[];
}

/** What is measured on four validators, of which each block takes a second. */
export interface NetworkCounts {
  readonly naive: number;
  readonly singles: number;
  readonly batched: number;
  readonly requests: number;
  readonly halfLoadSec: number;
  readonly throughBatches: number;
  readonly credentials: number;
  readonly casts: number;
  /** Entries in the ledger up to which the curve goes, rising. */
  readonly growsTo: readonly number[];
}

export interface Bench {
  readonly counts: Counts;
  readonly networkCounts: NetworkCounts;
  /** An empty folder of its own, removed when the measure is done. */
  folder(name: string): Promise<string>;
  /** Run when the measure is done, failed, or the bench was interrupted; last first. */
  defer(cleanUp: () => unknown): void;
  /** One line for people, not part of the result. */
  say(text: string): void;
}

export interface Measure {
  readonly id: string;
  readonly what: string;
  run(bench: Bench): Promise<readonly Row[]>;
}

/** This machine lacks what the measure needs; the others go on. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Seconds that the task took. */
export async function timed<T>(task: () => Promise<T> | T): Promise<{ seconds: number; result: T }> {
  const startMs = performance.now();
  const result = await task();
  return { seconds: (performance.now() - startMs) / 1000, result };
}

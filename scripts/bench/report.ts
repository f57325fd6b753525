/** Rows of one run side by side: ratios, budgets, table and JSON. */
import { cpus, loadavg, totalmem } from 'node:os';
import { renderTable } from '../lib/table.ts';
import type { Mode } from './counts.ts';
import type { Budget, Percentiles, Row, Unit } from './measure.ts';

interface JudgedBudget {
  readonly text: string;
  readonly isMet: boolean;
}

interface JudgedRow extends Omit<Row, 'budgets' | 'naive' | 'limits'> {
  readonly timesNaive?: number;
  /** 1 = as fast as presigned batches on the same chain. */
  readonly shareOfLimit?: number;
  readonly budgets: readonly JudgedBudget[];
}

export interface Missing {
  readonly measure: string;
  readonly reason: string;
}

export interface Report {
  readonly sillok: 'bench.1';
  readonly mode: Mode;
  readonly chain: 'embedded' | 'network';
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly rows: readonly JudgedRow[];
  readonly skipped: readonly Missing[];
  readonly failed: readonly Missing[];
}

export function machine(): Report['machine'] {
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    // Others' work on the machine at the start: figures beside a busy neighbour are too low.
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
  };
}

export function judge(rows: readonly Row[]): readonly JudgedRow[] {
  const values = new Map(rows.map(({ id, value }) => [id, value]));
  return rows.map(({ naive, limits, budgets, ...row }) => {
    const naiveValue = naive === undefined ? undefined : values.get(naive);
    const limit = Math.max(...(limits ?? []).map((id) => values.get(id) ?? 0), 0);
    const ratios = {
      ...(naiveValue !== undefined && { timesNaive: row.value / naiveValue }),
      ...(limit > 0 && { shareOfLimit: row.value / limit }),
    };
    return { ...row, ...ratios, budgets: (budgets ?? []).flatMap((budget) => judged(budget, row, ratios)) };
  });
}

/** Nothing is said of a budget whose ratio has no base in this run. */
function judged(
  budget: Budget,
  row: Row,
  ratios: Pick<JudgedRow, 'timesNaive' | 'shareOfLimit'>,
): JudgedBudget[] {
  const is = { value: row.value, ackP99Ms: row.ackMs?.p99, ...ratios }[budget.on];
  if (is === undefined) return [];
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = budget;
  const sign = budget.atLeast === undefined ? '≤' : '≥';
  const bound = budget.atLeast ?? budget.atMost ?? 0;
  const texts = {
    value: withUnit(bound, row.unit),
    timesNaive: `${number(bound)} × naive`,
    shareOfLimit: `${percent(bound)} of the limit`,
    ackP99Ms: `${bound} ms p99`,
  };
  return [{ text: `${sign} ${texts[budget.on]}`, isMet: is >= atLeast && is <= atMost }];
}

export function table({ chain, rows, skipped, failed }: Report): string {
  const head = [
    'measured',
    '× naive',
    '% limit',
    'value',
    '',
    'count',
    'CPU ms',
    'ack p50/p99 ms',
    'final p50/p99 ms',
    'budget',
  ];
  const lines = rows.map((row) => [
    row.what,
    row.timesNaive === undefined ? '' : number(row.timesNaive),
    row.shareOfLimit === undefined ? '' : percent(row.shareOfLimit),
    number(row.value),
    row.unit,
    number(row.count),
    row.cpuMs === undefined ? '' : number(row.cpuMs),
    pair(row.ackMs),
    pair(row.finalMs),
    row.budgets.map(({ text, isMet }) => `${isMet ? 'met' : 'MISSED'}: ${text}`).join('; '),
  ]);
  return [
    renderTable(head, lines),
    '',
    NOTES[chain],
    ...skipped.map(({ measure, reason }) => `skipped ${measure}: ${reason}`),
    ...failed.map(({ measure, reason }) => `FAILED ${measure}: ${reason}`),
  ].join('\n');
}

function withUnit(value: number, unit: Unit): string {
  return unit === '/s' ? `${number(value)}/s` : `${number(value)} ${unit}`;
}

function pair(values: Percentiles | undefined): string {
  return values === undefined ? '' : `${number(values.p50)} / ${number(values.p99)}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

const CPU_NOTE = 'CPU: processor time of the gateway per entry. ';
const NOTES = {
  embedded: `${CPU_NOTE}The design asks 1,000 × naive of four validators with one-second blocks, where the naive client records at most one entry a second. Blocks are instant here: the share of the limit is what can be compared.`,
  network: `${CPU_NOTE}Final: three of four witnesses have cosigned. All processes share this machine, and the clients with them.`,
} as const satisfies Record<Report['chain'], string>;

/** Three digits say all that a noisy machine knows. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: Number.isInteger(value) ? 0 : digits });
}

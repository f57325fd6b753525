/** One reading of all that is counted, shared by whoever asks within a second. */
import { figuresOf, type LedgerFigures, totalsOf } from '../actions/figures.ts';
import type { Ingest } from '../actions/ingest.ts';
import { LIMITS } from '../actions/operate/alerts.ts';
import type { Context } from '../context.ts';
import type { Figures } from '../core/figures.ts';
import type { Health, HealthStatus } from './health.ts';

type ServerState = Readonly<Figures['servers'][number]>;

/** As it was at one moment. */
export interface FigureSet extends LedgerFigures {
  readonly asOfSec: number;
  readonly leaves: number;
  readonly lastEntryAtSec: number | null;
  readonly witnessesRequired: number;
  readonly isEmbedded: boolean;
  readonly servers: readonly ServerState[];
}

export interface FigureSource {
  now(): Promise<FigureSet>;
  /** Entries by service. */
  entries(): Promise<Readonly<Record<string, number>>>;
}

/** However many look, the rows are read once in this time. */
const KEPT_MS = 1000;

export function createFigures(context: Context, ingest: Ingest, health: Health): FigureSource {
  let kept: { readonly atMs: number; readonly set: Promise<FigureSet> } | undefined;

  async function read(): Promise<FigureSet> {
    const asOfSec = context.nowSec();
    const figures = await figuresOf(context.services, context.store, asOfSec);
    const status = await health.status();
    const { size, leafTimeSec } = ingest.cursor();
    return {
      ...figures,
      asOfSec,
      leaves: size,
      lastEntryAtSec: leafTimeSec > 0 ? leafTimeSec : null,
      witnessesRequired: status.log.threshold,
      isEmbedded: status.chain.kind === 'embedded',
      servers: serversOf(status),
    };
  }

  return {
    now() {
      const { nowMs } = context;
      if (kept === undefined || Math.abs(nowMs() - kept.atMs) >= KEPT_MS)
        kept = { atMs: nowMs(), set: read() };
      return kept.set;
    },
    async entries() {
      const totals = await totalsOf(context.services, context.store);
      return Object.fromEntries(Object.entries(totals).map(([id, { entries = 0 }]) => [id, entries]));
    },
  };
}

function serversOf({ nowMs, chain, log, alerts }: HealthStatus): readonly ServerState[] {
  const ageSec = (ms: number) => Math.max(0, Math.round(ms / 1000));
  // Blocks of an embedded chain come only with entries: what counts there is that it answers.
  const isAlone = chain.kind === 'embedded';
  return [
    ...chain.endpoints.map(
      ({ standing, head, headAgeMs }, i): ServerState => ({
        kind: 'node',
        name: String(i + 1),
        isHealthy: isAlone ? chain.heardAgoMs <= LIMITS.silentMs : standing === 'good',
        reached: Math.max(0, head),
        ageSec: ageSec(isAlone ? chain.heardAgoMs : headAgeMs),
      }),
    ),
    ...log.witnesses.map(
      ({ name, size, cosignedAtMs }): ServerState => ({
        kind: 'witness',
        name,
        isHealthy: !alerts.some(({ code, about }) => code === 'WITNESS_ABSENT' && about === name),
        reached: size,
        ageSec: cosignedAtMs === undefined ? null : ageSec(nowMs - cosignedAtMs),
      }),
    ),
  ];
}

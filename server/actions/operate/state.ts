/** How everything stands that an operator answers for: gathered from the parts, judged in alerts.ts. */
import { statfs } from 'node:fs/promises';
import type { Context } from '../../context.ts';
import type { AppError } from '../../core/errors.ts';
import type { Checkpoint } from '../../log/log.ts';
import type { OutboxStatus } from '../../outbox/outbox.ts';

/** A node that the gateway reads from and sends to. */
export interface EndpointState {
  /** Without credentials. */
  readonly url: string;
  /** It answers, and is not behind the others. */
  readonly isCurrent: boolean;
  readonly head: number;
  /** Since the newest block that it showed came. */
  readonly headAgeMs: number;
  /** Where the engine tells: other nodes that it is connected to, validators, and tries that the newest block took beyond the first. */
  readonly peers?: number;
  readonly validators?: number;
  readonly round?: number;
  readonly error?: string;
}

/** A server that cosigns the log. */
export interface WitnessState {
  readonly name: string;
  /** Of the newest tree it cosigned. */
  readonly size: number;
  readonly cosignedAtMs?: number;
  /** Of the last time it was asked. */
  readonly error?: string;
}

/** A copy of this gateway's store on another server. */
export interface StandbyState {
  readonly url: string;
  /** Number of the newest commit that it holds, and how many it lacks. */
  readonly number: number;
  readonly lag: number;
  readonly epoch: number;
  readonly error?: string;
}

export interface OperatorState {
  readonly nowMs: number;
  readonly outbox: OutboxStatus & { readonly limit: number };
  readonly chain: {
    readonly id: number;
    /** The one inside this process tells of no engine: it has no validators and no rounds. */
    readonly kind: 'embedded' | 'network';
    /** Newest block the node showed, and the next to be read. */
    readonly head: number;
    readonly next: number;
    readonly heardAgoMs: number;
    readonly endpoints: readonly EndpointState[];
  };
  readonly log: {
    readonly size: number;
    /** Size of the newest checkpoint with enough cosignatures. */
    readonly published: number;
    /** Since when leaves wait for a checkpoint and none came. */
    readonly waitingSinceMs?: number;
    readonly threshold: number;
    readonly cosigned: readonly string[];
    readonly witnesses: readonly WitnessState[];
  };
  readonly standbys: readonly StandbyState[];
  readonly store: { readonly error?: string };
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
}

/** What parts tell that not every setting has. */
interface Sources {
  readonly chain: { endpoints?(): readonly EndpointState[] };
  readonly log: { witnessStates?(): readonly WitnessState[] };
  readonly store: { standbys?(): readonly StandbyState[] };
}

export interface Watched {
  readonly context: Context;
  readonly dataFolder: string;
  readonly queueMax: number;
  readonly isEmbedded: boolean;
  readonly witnesses: readonly string[];
  readonly threshold: number;
  readonly ingest: {
    cursor(): { readonly size: number };
    onEvents(callback: (size: number) => void): () => void;
  };
  readonly pulse: {
    readonly watcher: { readonly head: number; readonly next: number };
    heardAtMs(): number;
  };
}

/** Remembers only what the parts do not: since when leaves wait. */
export function createObserver(watched: Watched): { observe(): Promise<OperatorState>; close(): void } {
  const { context, ingest, pulse } = watched;
  const { log, nowMs } = context;
  const sources = context as Sources;
  let waitingSinceMs = (log.latest()?.size ?? 0) < ingest.cursor().size ? nowMs() : undefined;
  const stop = ingest.onEvents(() => {
    waitingSinceMs ??= nowMs();
  });
  log.onPublished(({ size }) => {
    waitingSinceMs = size < ingest.cursor().size ? nowMs() : undefined;
  });

  return {
    close: stop,
    async observe() {
      const latest = log.latest();
      const heardAgoMs = Math.max(0, nowMs() - pulse.heardAtMs());
      const { head, next } = pulse.watcher;
      const store = await probe(context);
      const disk = await statfs(watched.dataFolder).catch(() => undefined);
      return {
        nowMs: nowMs(),
        outbox: { ...context.outbox.status(), limit: watched.queueMax },
        chain: {
          id: context.chain.chainId,
          kind: watched.isEmbedded ? 'embedded' : 'network',
          head,
          next,
          heardAgoMs,
          endpoints: sources.chain.endpoints?.() ?? [],
        },
        log: {
          size: ingest.cursor().size,
          published: latest?.size ?? 0,
          ...(waitingSinceMs !== undefined && { waitingSinceMs }),
          threshold: watched.threshold,
          cosigned: latest?.cosigned ?? [],
          witnesses: sources.log.witnessStates?.() ?? witnessesOf(watched.witnesses, latest),
        },
        standbys: sources.store.standbys?.() ?? [],
        store,
        ...(disk !== undefined && {
          disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        }),
      };
    },
  };
}

/** Only a write tells whether a store can be written. */
async function probe({ store, nowMs }: Context): Promise<{ readonly error?: string }> {
  try {
    await store.commit([{ type: 'put', key: 'ready', value: nowMs() }]);
    return {};
  } catch (error) {
    return { error: (error as Partial<AppError>).code ?? 'unknown' };
  }
}

/** As far as the newest checkpoint tells. */
function witnessesOf(names: readonly string[], latest: Checkpoint | undefined): readonly WitnessState[] {
  return names.map((name) => ({ name, size: latest?.cosigned.includes(name) ? latest.size : 0 }));
}

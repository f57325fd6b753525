/** How everything stands that an operator answers for: gathered from the parts, judged in alerts.ts. */
import { statfs } from 'node:fs/promises';
import type { EndpointState } from '../../chain/endpoints.ts';
import type { Context } from '../../context.ts';
import type { AppError } from '../../core/errors.ts';
import type { Checkpoint, WitnessState } from '../../log/log.ts';
import type { OutboxStatus } from '../../outbox/outbox.ts';
import type { StandbyState } from '../../store/standbys.ts';
import { createKeyWatch, type KeysEnding } from './keys.ts';

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
  readonly keys: readonly KeysEnding[];
  readonly store: { readonly error?: string };
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
}

export interface Watched {
  readonly context: Context;
  readonly dataFolder: string;
  readonly queueMax: number;
  readonly isEmbedded: boolean;
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
  const { chain, log, store, nowMs } = context;
  const keys = createKeyWatch(store, nowMs);
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
      const written = await probe(context);
      const disk = await statfs(watched.dataFolder).catch(() => undefined);
      return {
        nowMs: nowMs(),
        outbox: { ...context.outbox.status(), limit: watched.queueMax },
        chain: {
          id: chain.chainId,
          kind: watched.isEmbedded ? 'embedded' : 'network',
          head,
          next,
          heardAgoMs,
          endpoints: chain.endpoints(),
        },
        log: {
          size: ingest.cursor().size,
          published: latest?.size ?? 0,
          ...(waitingSinceMs !== undefined && { waitingSinceMs }),
          threshold: watched.threshold,
          cosigned: latest?.cosigned ?? [],
          witnesses: log.witnessStates().map((witness) => atLeast(witness, latest)),
        },
        standbys: store.standbys(),
        keys: await keys(),
        store: written,
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

/** After a start no witness was asked yet, but the newest checkpoint tells who signed it. */
function atLeast(witness: WitnessState, latest: Checkpoint | undefined): WitnessState {
  const size = latest?.cosigned.includes(witness.name) ? latest.size : 0;
  return size > witness.size ? { ...witness, size } : witness;
}

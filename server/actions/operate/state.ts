/** How everything stands that an operator answers for: gathered from the parts, judged in alerts.ts. */
import { statfs } from 'node:fs/promises';
import type { Context } from '../../context.ts';
import type { AppError } from '../../core/errors.ts';
import type { ClaimsState, OperatorState, WitnessState } from '../../core/operator-state.ts';
import type { Checkpoint } from '../../log/log.ts';
import type { Publications } from '../../publications/publications.ts';
import { createKeyWatch } from './keys.ts';

export interface Watched {
  readonly context: Context;
  readonly dataFolder: string;
  readonly queueMax: number;
  readonly isEmbedded: boolean;
  readonly threshold: () => number;
  readonly ingest: {
    cursor(): { readonly size: number };
    onEvents(callback: (size: number) => void): () => void;
  };
  readonly publications: Pick<Publications, 'status'>;
  readonly claims: () => ClaimsState;
  readonly pulse: {
    readonly watcher: { readonly head: number; readonly next: number };
    heardAtMs(): number;
  };
}

/** Remembers only what the parts do not: since when leaves wait. */
export function createObserver(watched: Watched): { observe(): Promise<OperatorState>; close(): void } {
  const { context, ingest, pulse, publications } = watched;
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
          threshold: watched.threshold(),
          cosigned: latest?.cosigned ?? [],
          witnesses: log.witnessStates().map((witness) => atLeast(witness, latest)),
        },
        standbys: store.standbys(),
        publications: publications.status(),
        claims: watched.claims(),
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

/** Is the process alive, may it be sent work, and how does everything stand. */
import { z } from 'zod';
import type { Ingest } from '../actions/ingest.ts';
import type { Watcher } from '../chain/watcher.ts';
import type { Context } from '../context.ts';
import type { OutboxStatus } from '../outbox/outbox.ts';
import type { Metrics } from './metrics.ts';
import { type Route, route } from './route.ts';

/** Longer without a word from the node, and the gateway is not ready. */
const HEARD_MAX_MS = 30_000;

export interface HealthStatus {
  readonly outbox: OutboxStatus;
  readonly chain: {
    readonly id: number;
    readonly head: number;
    readonly next: number;
    readonly heardAgoMs: number;
  };
  readonly log: { readonly size: number; readonly published: number; readonly cosigned: readonly string[] };
}

export interface Health {
  status(): HealthStatus;
  /** Reasons not to be sent work; none = ready. */
  ready(): Promise<readonly string[]>;
}

export interface ChainPulse {
  readonly watcher: Pick<Watcher, 'head' | 'next'>;
  /** When the node last answered. */
  heardAtMs(): number;
}

export function createHealth(context: Context, ingest: Ingest, pulse: ChainPulse): Health {
  const status = (): HealthStatus => {
    const latest = context.log.latest();
    return {
      outbox: context.outbox.status(),
      chain: {
        id: context.chain.chainId,
        head: pulse.watcher.head,
        next: pulse.watcher.next,
        heardAgoMs: Math.max(0, context.nowMs() - pulse.heardAtMs()),
      },
      log: { size: ingest.cursor().size, published: latest?.size ?? 0, cosigned: latest?.cosigned ?? [] },
    };
  };
  return {
    status,
    async ready() {
      const reasons: string[] = [];
      const { chain, outbox } = status();
      if (chain.heardAgoMs > HEARD_MAX_MS) reasons.push('the chain has been silent');
      if (chain.head + 1 < chain.next) reasons.push('the chain ends before what was read of it');
      if (outbox.lanes.length > 0 && outbox.lanes.every(({ pausedBecause }) => pausedBecause !== undefined))
        reasons.push('every lane is paused');
      await context.store
        .commit([{ type: 'put', key: 'ready', value: context.nowMs() }])
        .catch((error) => reasons.push(`the store cannot be written: ${error.code ?? 'unknown'}`));
      return reasons;
    },
  };
}

export function healthRoutes(health: Health, metrics: Metrics): readonly Route[] {
  const common = { method: 'get', tag: 'operation', access: 'public' } as const;
  return [
    route({
      ...common,
      path: '/livez',
      summary: { ko: '살아 있는가', en: 'Is the process alive' },
      answer: z.object({ status: z.literal('alive') }),
      handle: (_asked, response) => void response.json({ status: 'alive' }),
    }),
    route({
      ...common,
      path: '/readyz',
      summary: { ko: '일을 받을 수 있는가', en: 'May it be sent work' },
      answer: z.object({ status: z.enum(['ready', 'not ready']), reasons: z.array(z.string()) }),
      async handle(_asked, response) {
        const reasons = await health.ready();
        response
          .status(reasons.length === 0 ? 200 : 503)
          .json({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
      },
    }),
    route({
      ...common,
      path: '/metrics',
      summary: { ko: '지표(Prometheus)', en: 'Metrics (Prometheus)' },
      media: 'text/plain',
      async handle(_asked, response) {
        response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
      },
    }),
  ];
}

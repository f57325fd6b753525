/** Prometheus metrics. Labels are routes, states and lanes, never people. */
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HealthStatus } from './health.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly observe: RequestHandler;
}

export function createMetrics(status: () => HealthStatus): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'sillok_http_request_seconds',
    help: 'Duration of requests by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const gauge = (name: string, help: string, value: (status: HealthStatus) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(status()));
      },
    });
  gauge(
    'sillok_queue_entries',
    'Entries accepted and neither final nor refused.',
    ({ outbox }) => outbox.open,
  );
  gauge(
    'sillok_queue_waiting_entries',
    'Entries accepted and not yet in a transaction.',
    ({ outbox }) => outbox.waiting,
  );
  gauge(
    'sillok_queue_oldest_seconds',
    'Age of the oldest open entry.',
    ({ outbox }) => outbox.oldestAgeMs / 1000,
  );
  gauge('sillok_chain_head', 'Newest block the node showed.', ({ chain }) => chain.head);
  gauge('sillok_chain_unread_blocks', 'Blocks not yet read.', ({ chain }) =>
    Math.max(0, chain.head + 1 - chain.next),
  );
  gauge(
    'sillok_chain_head_age_seconds',
    'Time since the node was last heard.',
    ({ chain }) => chain.heardAgoMs / 1000,
  );
  gauge('sillok_log_leaves', 'Leaves of the log.', ({ log }) => log.size);
  gauge(
    'sillok_log_lag_leaves',
    'Leaves not yet under a cosigned checkpoint.',
    ({ log }) => log.size - log.published,
  );
  const lane = (
    name: string,
    help: string,
    value: (lane: HealthStatus['outbox']['lanes'][number]) => number,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['lane'],
      registers,
      collect() {
        status().outbox.lanes.forEach((one, i) => {
          this.set({ lane: i }, value(one));
        });
      },
    });
  lane('sillok_lane_next_nonce', 'Nonce of the next transaction.', ({ nextNonce }) => nextNonce);
  lane('sillok_lane_in_flight', 'Transactions signed and not yet final.', ({ inFlight }) => inFlight);
  lane('sillok_lane_paused', '1 when the lane is paused.', ({ pausedBecause }) =>
    pausedBecause === undefined ? 0 : 1,
  );
  new Gauge({
    name: 'sillok_repairs_total',
    help: 'Repairs of the outbox since the start, by kind (nonce gaps, drift, rebroadcasts).',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const [kind, count] of Object.entries(status().outbox.repairs)) this.set({ kind }, count);
    },
  });

  return {
    registry,
    observe(request, response, next) {
      const end = requests.startTimer();
      response.on('finish', () => {
        const route = String(response.locals.route ?? 'other');
        end({ route, method: request.method, status: String(response.statusCode) });
      });
      next();
    },
  };
}

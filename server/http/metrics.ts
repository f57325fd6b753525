/**
 * Prometheus metrics. Labels are routes, states, services, lanes, and numbers of nodes and standbys in the order of their
 * configuration: never people, and no address of a machine. scripts/monitoring/README.md lists them all.
 */
import type { Request, RequestHandler, Response } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ALERT_CODES, ALERTS } from '../actions/operate/alerts.ts';
import type { Log } from '../log/log.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { HealthStatus } from './health.ts';
import { type Reading, STATE_GAUGES } from './metrics-state.ts';
import { type Route, route } from './route.ts';

export interface Metrics {
  readonly contentType: string;
  readonly observe: RequestHandler;
  render(): Promise<string>;
}

export interface Measured {
  readonly outbox: Pick<Outbox, 'onSettled'>;
  readonly log: Pick<Log, 'onPublished'>;
  status(): Promise<HealthStatus>;
  /** Entries by service. */
  entries(): Promise<Readonly<Record<string, number>>>;
}

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Beyond it, waiting entries are not measured: the witnesses are away, and an alert says so. */
const MAX_WAITING = 200_000;
const FINAL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300];

export function createMetrics(measured: Measured): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[],
  ) => new Histogram<Label>({ name, help, buckets, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge<string>({ name, help, labelNames: [...labelNames], registers });

  const requests = histogram(
    'sillok_http_request_seconds',
    'Duration of requests by route, method and status.',
    REQUEST_SECONDS,
    ['route', 'method', 'status'],
  );
  const acknowledged = histogram(
    'sillok_acknowledgement_seconds',
    'From the request of a write to its durable acknowledgement; requests that asked to wait are left out.',
    REQUEST_SECONDS,
    ['service'],
  );
  const settled = histogram(
    'sillok_final_seconds',
    'From the acknowledgement of an entry to its final outcome on the chain.',
    FINAL_SECONDS,
    ['outcome'],
  );
  const receipted = histogram(
    'sillok_receipt_seconds',
    'From the acknowledgement of an entry to a checkpoint with enough cosignatures.',
    FINAL_SECONDS,
    [],
  );
  const repairs = new Counter({
    name: 'sillok_repairs_total',
    help: 'Repairs of the outbox since the start, by kind (nonce gaps, drift, rebroadcasts).',
    labelNames: ['kind'],
    registers,
  });
  const entries = new Counter({
    name: 'sillok_entries_total',
    help: 'Entries recorded, attestations one by one.',
    labelNames: ['service'],
    registers,
  });
  const alert = gauge('sillok_alert', 'How often this is wrong now; 0 when it is not.', ['code', 'severity']);
  const states = STATE_GAUGES.map(({ name, help, labels, read }) => ({
    metric: gauge(name, help, labels),
    read,
  }));
  observeReceipts(measured, settled, receipted);

  async function refresh(): Promise<void> {
    const status = await measured.status();
    for (const { metric, read } of states) show(metric, read(status));
    repairs.reset();
    for (const [kind, count] of Object.entries(status.outbox.repairs)) repairs.inc({ kind }, count);
    entries.reset();
    for (const [service, count] of Object.entries(await measured.entries())) entries.inc({ service }, count);
    show(
      alert,
      ALERT_CODES.map((code) => ({
        labels: { code, severity: ALERTS[code].severity },
        value: status.alerts.filter((one) => one.code === code).length,
      })),
    );
  }

  return {
    contentType: registry.contentType,
    async render() {
      await refresh();
      return registry.metrics();
    },
    observe(request, response, next) {
      const startedNs = process.hrtime.bigint();
      response.on('finish', () => {
        const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
        const route = String(response.locals.route ?? 'other');
        requests.observe({ route, method: request.method, status: String(response.statusCode) }, seconds);
        const service = acknowledgedBy(request, response);
        if (service !== undefined) acknowledged.observe({ service }, seconds);
      });
      next();
    },
  };
}

export function metricsRoute({ render, contentType }: Metrics): Route {
  return route({
    method: 'get',
    path: '/metrics',
    tag: 'operation',
    access: 'public',
    summary: { ko: '지표(Prometheus)', en: 'Metrics (Prometheus)' },
    media: ['text/plain'],
    async handle(_asked, response) {
      const text = await render();
      response.type(contentType).send(text);
    },
  });
}

function show(metric: Gauge<string>, readings: readonly Reading[]): void {
  metric.reset();
  for (const { labels = {}, value } of readings) metric.set(labels, value);
}

/** The service whose write was answered as accepted. Who asked to wait measured something else. */
function acknowledgedBy(request: Request, response: Response): string | undefined {
  const isAccepted = response.statusCode === 202 || response.statusCode === 207;
  if (!isAccepted || request.method !== 'POST' || request.headers.prefer !== undefined) return undefined;
  return /^\/v1\/([^/{]+)\/[^/]+$/.exec(String(response.locals.route))?.[1];
}

/** An entry has its receipt once a checkpoint covers its leaf; until then it is remembered here. */
function observeReceipts(
  { outbox, log }: Pick<Measured, 'outbox' | 'log'>,
  settled: Histogram<'outcome'>,
  receipted: Histogram<never>,
): void {
  const waiting: { readonly leafIndex: number; readonly acceptedAtMs: number }[] = [];
  outbox.onSettled(({ state, leafIndex, ageMs }) => {
    settled.observe({ outcome: state }, ageMs / 1000);
    if (leafIndex !== undefined && waiting.length < MAX_WAITING)
      waiting.push({ leafIndex, acceptedAtMs: performance.now() - ageMs });
  });
  log.onPublished(({ size }) => {
    let covered = 0;
    while (covered < waiting.length && waiting[covered]!.leafIndex < size) covered++;
    for (const { acceptedAtMs } of waiting.splice(0, covered))
      receipted.observe((performance.now() - acceptedAtMs) / 1000);
  });
}

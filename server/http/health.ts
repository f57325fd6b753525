/** Is the process alive, may it be sent work, and how does everything stand. */
import { z } from 'zod';
import { ALERT_WORDS } from '../actions/operate/alert-words.ts';
import { type Alert, alertsOf, stopsWork } from '../actions/operate/alerts.ts';
import { createObserver, type Watched } from '../actions/operate/state.ts';
import type { OperatorState } from '../core/operator-state.ts';
import type { Text } from '../services/define.ts';
import { fill } from './language.ts';
import { type Route, route } from './route.ts';

/** However many ask, the parts are looked at once in this time. */
const KEPT_MS = 1000;
/** Alerts begin and end in the gateway's own log too, whether anybody asks or not. */
const LOOK_EVERY_MS = 30_000;

export interface HealthStatus extends OperatorState {
  readonly alerts: readonly Alert[];
}

export interface Health {
  status(): Promise<HealthStatus>;
  close(): void;
}

export function createHealth(watched: Watched): Health {
  const { logger, nowMs } = watched.context;
  const observer = createObserver(watched);
  let alerts: readonly Alert[] = [];
  let kept: { readonly atMs: number; readonly status: Promise<HealthStatus> } | undefined;

  async function look(): Promise<HealthStatus> {
    const state = await observer.observe();
    const before = alerts;
    alerts = alertsOf(state, before);
    for (const alert of alerts.filter((one) => !includes(before, one))) logger.warn(alert, 'alert');
    for (const alert of before.filter((one) => !includes(alerts, one)))
      logger.info({ code: alert.code, about: alert.about }, 'alert is over');
    return { ...state, alerts };
  }

  function status(): Promise<HealthStatus> {
    if (kept === undefined || Math.abs(nowMs() - kept.atMs) >= KEPT_MS)
      kept = { atMs: nowMs(), status: look() };
    return kept.status;
  }

  const timer = setInterval(() => void status().catch(() => undefined), LOOK_EVERY_MS).unref();
  return {
    status,
    close() {
      clearInterval(timer);
      observer.close();
    },
  };
}

function includes(alerts: readonly Alert[], { code, about }: Alert): boolean {
  return alerts.some((alert) => alert.code === code && alert.about === about);
}

/** With its words, filled in. */
export function explained(alert: Alert): Alert & { readonly title: Text; readonly remedy: Text } {
  const { title, remedy } = ALERT_WORDS[alert.code];
  const say = ({ ko, en }: Text): Text => ({ ko: fill(ko, alert.details), en: fill(en, alert.details) });
  return { ...alert, title: say(title), remedy: say(remedy) };
}

export function healthRoutes(health: Health): readonly Route[] {
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
      answer: z.object({
        status: z.enum(['ready', 'not ready']),
        reasons: z.array(z.string()).describe('Why not, in words.'),
        alerts: z
          .array(z.object({ code: z.string(), severity: z.enum(['critical', 'warning']), sinceMs: z.int() }))
          .describe('Everything that is wrong; most of it keeps no work away.'),
      }),
      async handle(_asked, response) {
        const { alerts } = await health.status();
        const reasons = alerts.filter(stopsWork).map((alert) => explained(alert).title.en);
        response.status(reasons.length === 0 ? 200 : 503).json({
          status: reasons.length === 0 ? 'ready' : 'not ready',
          reasons,
          // Which node or server it is about is the operator's business.
          alerts: alerts.map(({ code, severity, sinceMs }) => ({ code, severity, sinceMs })),
        });
      },
    }),
  ];
}

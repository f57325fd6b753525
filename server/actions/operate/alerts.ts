/**
 * What is wrong: state in, alerts out, the same everywhere they are shown. What an alert means and what to do about it stands in
 * alert-words.ts.
 */
import { mayFail } from '../../core/faults.ts';
import type { OperatorState, WitnessState } from '../../core/operator-state.ts';
import { seoulDay } from '../../core/seoul.ts';

/** Beyond these somebody should look. */
export const LIMITS = {
  silentMs: 30_000,
  blockAgeMs: 60_000,
  unreadBlocks: 100,
  queueAgeMs: 60_000,
  queueShare: 0.8,
  checkpointMs: 30_000,
  standbyLag: 1_000,
  claimsMs: 30_000,
  freeBytes: 2 ** 30,
  keysEndMs: 14 * 86_400_000,
} as const;

/** - `critical`: nothing new is taken in, or nothing new gets a receipt
 *  - `warning`: all goes on, but with nothing to spare, or not for long */
export type Severity = 'critical' | 'warning';

export interface Alert {
  readonly code: AlertCode;
  /** Which one of several. */
  readonly about?: string;
  readonly severity: Severity;
  readonly sinceMs: number;
  readonly details: Readonly<Record<string, string | number>>;
}

interface Found {
  readonly about?: string;
  /** Where the state tells; else since it was first seen. */
  readonly sinceMs?: number;
  readonly details?: Alert['details'];
}

interface Rule {
  readonly severity: Severity;
  /** The gateway is not to be sent work meanwhile. */
  readonly stops?: boolean;
  find(state: OperatorState): readonly Found[];
}

const when = (isWrong: boolean, found: Found = {}): readonly Found[] => (isWrong ? [found] : []);
const seconds = (ms: number): number => Math.round(ms / 1000);

/** Slower than the others by a moment is not absent. */
const absentees = ({ nowMs, log: { witnesses, published } }: OperatorState): readonly WitnessState[] =>
  witnesses.filter(
    ({ size, cosignedAtMs = 0, error }) =>
      (error !== undefined || size < published) && nowMs - cosignedAtMs > LIMITS.checkpointMs,
  );

export const ALERTS = {
  CHAIN_SILENT: {
    severity: 'critical',
    stops: true,
    find: ({ nowMs, chain: { heardAgoMs } }) =>
      when(heardAgoMs > LIMITS.silentMs, {
        sinceMs: nowMs - heardAgoMs,
        details: { seconds: seconds(heardAgoMs) },
      }),
  },
  CHAIN_SHORTENED: {
    severity: 'critical',
    stops: true,
    find: ({ chain: { head, next } }) => when(head + 1 < next, { details: { head, read: next - 1 } }),
  },
  BLOCKS_STOPPED: {
    severity: 'critical',
    stops: true,
    find: ({ nowMs, chain: { kind, endpoints } }) => {
      const heard = endpoints.filter(({ standing }) => standing !== 'silent');
      const ageMs = Math.min(...heard.map(({ headAgeMs }) => headAgeMs));
      return when(kind === 'network' && heard.length > 0 && ageMs > LIMITS.blockAgeMs, {
        sinceMs: nowMs - ageMs,
        details: { seconds: seconds(ageMs) },
      });
    },
  },
  ENDPOINTS_FEW: {
    severity: 'critical',
    find: ({ chain: { endpoints } }) => {
      const good = endpoints.filter(({ standing }) => standing === 'good').length;
      const needed = mayFail(endpoints.length) + 1;
      return when(endpoints.length > 0 && good < needed, {
        details: { good, needed, of: endpoints.length },
      });
    },
  },
  ENDPOINT_FALSE: {
    severity: 'critical',
    find: ({ chain: { endpoints } }) =>
      endpoints
        .filter(({ standing }) => standing === 'foreign' || standing === 'lying')
        .map(({ url, standing }) => ({ about: url, details: { url, standing } })),
  },
  ENDPOINT_DOWN: {
    severity: 'warning',
    find: ({ chain: { endpoints } }) =>
      endpoints
        .filter(({ standing }) => standing === 'silent' || standing === 'behind' || standing === 'ahead')
        .map(({ url, standing, head, error = '' }) => ({
          about: url,
          details: { url, standing, head, error },
        })),
  },
  PEERS_MISSING: {
    severity: 'warning',
    // A node that is silent is missed by all others, and told of already.
    find: ({ chain: { endpoints } }) => {
      const heard = endpoints.filter(({ standing }) => standing !== 'silent');
      const silent = endpoints.length - heard.length;
      return heard.flatMap(({ url, peers, validators = 0 }) => {
        const needed = validators - 1 - silent;
        return peers === undefined || peers >= needed
          ? []
          : [{ about: url, details: { url, peers, needed } }];
      });
    },
  },
  ROUNDS_REPEATED: {
    severity: 'warning',
    find: ({ chain: { endpoints } }) => {
      const round = Math.max(0, ...endpoints.map((endpoint) => endpoint.round ?? 0));
      return when(round > 0, { details: { round } });
    },
  },
  READING_BEHIND: {
    severity: 'warning',
    find: ({ chain: { head, next } }) =>
      when(head + 1 - next > LIMITS.unreadBlocks, { details: { blocks: head + 1 - next } }),
  },
  LANES_PAUSED: {
    severity: 'critical',
    stops: true,
    find: ({ outbox: { lanes } }) =>
      when(lanes.length > 0 && lanes.every(({ pausedBecause }) => pausedBecause !== undefined), {
        details: { reason: lanes[0]?.pausedBecause ?? '' },
      }),
  },
  LANE_PAUSED: {
    severity: 'warning',
    find: ({ outbox: { lanes } }) =>
      lanes.flatMap(({ address, pausedBecause: reason }, lane) =>
        reason === undefined ? [] : [{ about: String(lane), details: { lane, address, reason } }],
      ),
  },
  LANE_GAPS: {
    severity: 'warning',
    find: ({ outbox: { lanes } }) =>
      lanes.flatMap(({ address, gaps }, lane) =>
        gaps === 0 ? [] : [{ about: String(lane), details: { lane, address, gaps } }],
      ),
  },
  QUEUE_FULL: {
    severity: 'critical',
    stops: true,
    find: ({ outbox: { open, limit } }) => when(open >= limit, { details: { open, limit } }),
  },
  QUEUE_FILLING: {
    severity: 'warning',
    find: ({ outbox: { open, limit } }) =>
      when(open < limit && open > limit * LIMITS.queueShare, { details: { open, limit } }),
  },
  QUEUE_OLD: {
    severity: 'warning',
    find: ({ nowMs, outbox: { oldestAgeMs } }) =>
      when(oldestAgeMs > LIMITS.queueAgeMs, {
        sinceMs: nowMs - oldestAgeMs,
        details: { seconds: seconds(oldestAgeMs) },
      }),
  },
  CHECKPOINT_LATE: {
    severity: 'critical',
    find: ({ nowMs, log: { size, published, waitingSinceMs = nowMs } }) =>
      when(nowMs - waitingSinceMs > LIMITS.checkpointMs, {
        sinceMs: waitingSinceMs,
        details: { leaves: size - published, seconds: seconds(nowMs - waitingSinceMs) },
      }),
  },
  WITNESSES_FEW: {
    severity: 'critical',
    find: (state) => {
      const { witnesses, threshold } = state.log;
      const present = witnesses.length - absentees(state).length;
      return when(present < threshold, { details: { present, threshold, of: witnesses.length } });
    },
  },
  WITNESS_ABSENT: {
    severity: 'warning',
    find: (state) =>
      absentees(state).map(({ name, size, error = '', cosignedAtMs }) => ({
        about: name,
        ...(cosignedAtMs !== undefined && { sinceMs: cosignedAtMs }),
        details: { name, size, published: state.log.published, error },
      })),
  },
  WITNESS_REFUSES: {
    severity: 'critical',
    find: ({ log: { witnesses } }) =>
      witnesses.flatMap(({ name, refusal }) =>
        refusal === undefined
          ? []
          : [
              {
                about: name,
                sinceMs: refusal.atMs,
                details: { name, size: refusal.size, reason: refusal.code },
              },
            ],
      ),
  },
  WITNESS_CLOCK: {
    severity: 'warning',
    find: ({ log: { witnesses, threshold } }) => {
      const apart = witnesses.filter(({ clockAheadSec }) => clockAheadSec !== undefined);
      if (apart.length >= threshold) return [];
      return apart.map(({ name, clockAheadSec = 0 }) => ({
        about: name,
        details: { name, seconds: clockAheadSec },
      }));
    },
  },
  CLOCK_WRONG: {
    severity: 'warning',
    find: ({ log: { witnesses, threshold } }) => {
      const apart = witnesses.flatMap(({ clockAheadSec }) => clockAheadSec ?? []);
      return when(apart.length > 0 && apart.length >= threshold, { details: { seconds: -apart[0]! } });
    },
  },
  STANDBYS_LOST: {
    severity: 'critical',
    find: ({ standbys }) =>
      when(standbys.length > 0 && standbys.every(({ error }) => error !== undefined), {
        details: { of: standbys.length },
      }),
  },
  STANDBY_DOWN: {
    severity: 'warning',
    find: ({ standbys }) =>
      standbys.flatMap(({ url, error }) =>
        error === undefined ? [] : [{ about: url, details: { url, error } }],
      ),
  },
  STANDBY_BEHIND: {
    severity: 'warning',
    find: ({ standbys }) =>
      standbys
        .filter(({ lag = 0, error }) => error === undefined && lag > LIMITS.standbyLag)
        .map(({ url, lag = 0 }) => ({ about: url, details: { url, lag } })),
  },
  PUBLICATIONS_LACKING: {
    severity: 'warning',
    find: ({ publications: { late, oldest } }) =>
      when(late > 0, {
        sinceMs: (oldest[0]?.sinceSec ?? 0) * 1000,
        details: { late, digest: oldest[0]?.digest ?? '', leaf: oldest[0]?.leafIndex ?? 0 },
      }),
  },
  CLAIMS_STOPPED: {
    severity: 'critical',
    find: ({ nowMs, claims: { refusal } }) =>
      refusal === undefined
        ? []
        : when(nowMs - refusal.sinceMs > LIMITS.claimsMs, {
            sinceMs: refusal.sinceMs,
            details: {
              gateway: refusal.gateway,
              reason: refusal.code,
              seconds: seconds(nowMs - refusal.sinceMs),
            },
          }),
  },
  RECORDED_TWICE: {
    severity: 'warning',
    find: ({ claims: { recordedTwice } }) => when(recordedTwice > 0, { details: { entries: recordedTwice } }),
  },
  KEYS_ENDING: {
    severity: 'warning',
    find: ({ nowMs, keys }) =>
      keys
        .filter(({ endsAtSec }) => endsAtSec * 1000 - nowMs < LIMITS.keysEndMs)
        .map(({ organisation, endsAtSec }) => ({
          about: organisation,
          details: { organisation, day: seoulDay(endsAtSec) },
        })),
  },
  STORE_UNWRITABLE: {
    severity: 'critical',
    stops: true,
    find: ({ store: { error } }) => when(error !== undefined, { details: { reason: error ?? '' } }),
  },
  DISK_LOW: {
    severity: 'warning',
    find: ({ disk }) =>
      when(disk !== undefined && disk.freeBytes < LIMITS.freeBytes, {
        details: { megabytes: Math.floor((disk?.freeBytes ?? 0) / 2 ** 20) },
      }),
  },
} as const satisfies Readonly<Record<string, Rule>>;
export type AlertCode = keyof typeof ALERTS;

export const ALERT_CODES = Object.keys(ALERTS) as AlertCode[];

/** @param before alerts of the last look: what was wrong then is wrong since then. Critical ones first, the older before the newer. */
export function alertsOf(state: OperatorState, before: readonly Alert[] = []): readonly Alert[] {
  const found = ALERT_CODES.flatMap((code) => {
    const { severity, find }: Rule = ALERTS[code];
    return find(state).map(({ about, sinceMs, details = {} }): Alert => {
      const known = before.find((alert) => alert.code === code && alert.about === about);
      return {
        code,
        ...(about !== undefined && { about }),
        severity,
        sinceMs: sinceMs ?? known?.sinceMs ?? state.nowMs,
        details,
      };
    });
  });
  const rank = ({ severity }: Alert) => (severity === 'critical' ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs);
}

/** Whether the gateway is to be sent no work while this lasts. */
export function stopsWork({ code }: Alert): boolean {
  const { stops = false }: Rule = ALERTS[code];
  return stops;
}

/** Every alert: a state that raises it, and the neighbour that does not. */
import { expect } from 'chai';
import { ALERT_WORDS } from '../../../../server/actions/operate/alert-words.ts';
import {
  ALERT_CODES,
  type AlertCode,
  alertsOf,
  LIMITS,
  stopsWork,
} from '../../../../server/actions/operate/alerts.ts';
import type { EndpointState, OperatorState } from '../../../../server/core/operator-state.ts';

const NOW = 1_800_000_000_000;
const lane = { address: `0x${'ab'.repeat(20)}`, nextNonce: 4, inFlight: 1, gaps: 0 } as const;
const node = (i: number, change: Partial<EndpointState> = {}): EndpointState => ({
  url: `http://10.0.0.${i}:8551`,
  isCurrent: i === 1,
  standing: 'good',
  head: 100,
  headAgeMs: 1000,
  peers: 3,
  validators: 4,
  round: 0,
  ...change,
});
const nodes = (...changes: Partial<EndpointState>[]) => [1, 2, 3, 4].map((i) => node(i, changes[i - 1]));
const witness = (name: string, change: object = {}) => ({
  name,
  size: 50,
  cosignedAtMs: NOW - 500,
  ...change,
});
const standby = { url: 'https://city-2:8600', number: 10, lag: 0, epoch: 1 };

/** Four city servers on a good day. */
const WELL: OperatorState = {
  nowMs: NOW,
  outbox: { waiting: 0, open: 2, oldestAgeMs: 900, lanes: [lane, lane], repairs: {}, limit: 1000 },
  chain: { id: 1, kind: 'network', head: 100, next: 101, heardAgoMs: 200, endpoints: nodes() },
  log: {
    size: 50,
    published: 50,
    threshold: 3,
    cosigned: ['a', 'b', 'c', 'd'],
    witnesses: ['a', 'b', 'c', 'd'].map((name) => witness(name)),
  },
  standbys: [standby],
  publications: { held: 3, lacking: 1, late: 0, oldest: [] },
  claims: { recordedTwice: 0 },
  keys: [{ organisation: 'hanbit-motors', endsAtSec: NOW / 1000 + 365 * 86_400 }],
  store: {},
  disk: { freeBytes: 50 * 2 ** 30, totalBytes: 100 * 2 ** 30 },
};

const chain = (change: Partial<OperatorState['chain']>): OperatorState => ({
  ...WELL,
  chain: { ...WELL.chain, ...change },
});
const outbox = (change: Partial<OperatorState['outbox']>): OperatorState => ({
  ...WELL,
  outbox: { ...WELL.outbox, ...change },
});
const log = (change: Partial<OperatorState['log']>): OperatorState => ({
  ...WELL,
  log: { ...WELL.log, ...change },
});
const old = { headAgeMs: LIMITS.blockAgeMs + 1 };
const down = { standing: 'silent', error: 'CHAIN_UNREACHABLE' } as const;
const late = { size: 49, cosignedAtMs: NOW - LIMITS.checkpointMs - 1 };
const lacking = {
  digest: `0x${'cd'.repeat(32)}`,
  form: 'text',
  service: 'voting',
  leafIndex: 7,
  timeSec: NOW / 1000 - 400,
  sinceSec: NOW / 1000 - 400,
} as const;
const refusal = {
  code: 'CLAIMS_UNREACHABLE',
  gateway: 'https://city-1.example',
  sinceMs: NOW - LIMITS.claimsMs - 1,
} as const;
const paused = { ...lane, pausedBecause: 'nonce used elsewhere' };

/** By code: what raises it, and what is just not enough. */
const CASES: Readonly<Record<AlertCode, readonly [OperatorState, OperatorState]>> = {
  CHAIN_SILENT: [chain({ heardAgoMs: LIMITS.silentMs + 1 }), chain({ heardAgoMs: LIMITS.silentMs })],
  CHAIN_SHORTENED: [chain({ head: 99 }), chain({ head: 100 })],
  BLOCKS_STOPPED: [
    chain({ endpoints: nodes(old, old, old, old) }),
    chain({ endpoints: nodes(old, old, old) }),
  ],
  ENDPOINTS_FEW: [chain({ endpoints: nodes(down, down, down) }), chain({ endpoints: nodes(down, down) })],
  ENDPOINT_FALSE: [chain({ endpoints: nodes({ standing: 'lying' }) }), chain({ endpoints: nodes(down) })],
  ENDPOINT_DOWN: [chain({ endpoints: nodes(down) }), chain({ endpoints: nodes({ head: 99 }) })],
  PEERS_MISSING: [
    chain({ endpoints: nodes({ peers: 2 }) }),
    chain({ endpoints: nodes({ peers: 2 }, { peers: 2 }, { peers: 2 }, { ...down, peers: 0 }) }),
  ],
  ROUNDS_REPEATED: [chain({ endpoints: nodes({ round: 1 }) }), chain({ endpoints: nodes({ round: 0 }) })],
  READING_BEHIND: [chain({ head: 101 + LIMITS.unreadBlocks }), chain({ head: 100 + LIMITS.unreadBlocks })],
  LANES_PAUSED: [outbox({ lanes: [paused, paused] }), outbox({ lanes: [paused, lane] })],
  LANE_PAUSED: [outbox({ lanes: [lane, paused] }), outbox({ lanes: [lane, lane] })],
  LANE_GAPS: [outbox({ lanes: [lane, { ...lane, gaps: 1 }] }), outbox({ lanes: [lane] })],
  QUEUE_FULL: [outbox({ open: 1000 }), outbox({ open: 999 })],
  QUEUE_FILLING: [outbox({ open: 801 }), outbox({ open: 800 })],
  QUEUE_OLD: [outbox({ oldestAgeMs: LIMITS.queueAgeMs + 1 }), outbox({ oldestAgeMs: LIMITS.queueAgeMs })],
  CHECKPOINT_LATE: [
    log({ size: 51, waitingSinceMs: NOW - LIMITS.checkpointMs - 1 }),
    log({ size: 51, waitingSinceMs: NOW - LIMITS.checkpointMs }),
  ],
  WITNESSES_FEW: [
    log({ witnesses: [witness('a'), witness('b'), witness('c', late), witness('d', late)] }),
    log({ witnesses: [witness('a'), witness('b'), witness('c'), witness('d', late)] }),
  ],
  WITNESS_ABSENT: [
    log({ witnesses: [witness('a', late)], threshold: 0 }),
    log({ witnesses: [witness('a', { ...late, cosignedAtMs: NOW - LIMITS.checkpointMs })], threshold: 0 }),
  ],
  WITNESS_REFUSES: [
    log({ witnesses: [witness('a', { refusal: { code: 'ROOT_NOT_DERIVED', size: 50, atMs: NOW } })] }),
    log({ witnesses: [witness('a', { error: 'WITNESS_BEHIND' })] }),
  ],
  WITNESS_CLOCK: [
    log({ witnesses: [witness('a', { clockAheadSec: 86_400 }), witness('b'), witness('c')], threshold: 2 }),
    log({ witnesses: [witness('a'), witness('b'), witness('c')], threshold: 2 }),
  ],
  CLOCK_WRONG: [
    log({
      witnesses: ['a', 'b', 'c'].map((name) => witness(name, { clockAheadSec: -86_400 })),
      threshold: 3,
    }),
    log({ witnesses: [witness('a', { clockAheadSec: 86_400 }), witness('b'), witness('c')], threshold: 2 }),
  ],
  STANDBYS_LOST: [
    { ...WELL, standbys: [{ ...standby, error: 'timeout' }] },
    { ...WELL, standbys: [{ ...standby, error: 'timeout' }, standby] },
  ],
  STANDBY_DOWN: [
    { ...WELL, standbys: [{ ...standby, error: 'timeout' }, standby] },
    { ...WELL, standbys: [standby] },
  ],
  STANDBY_BEHIND: [
    { ...WELL, standbys: [{ ...standby, lag: LIMITS.standbyLag + 1 }] },
    { ...WELL, standbys: [{ ...standby, lag: LIMITS.standbyLag }] },
  ],
  PUBLICATIONS_LACKING: [
    { ...WELL, publications: { ...WELL.publications, late: 1, oldest: [lacking] } },
    { ...WELL, publications: { ...WELL.publications, lacking: 1, oldest: [lacking] } },
  ],
  CLAIMS_STOPPED: [
    { ...WELL, claims: { ...WELL.claims, refusal } },
    { ...WELL, claims: { ...WELL.claims, refusal: { ...refusal, sinceMs: NOW - LIMITS.claimsMs } } },
  ],
  RECORDED_TWICE: [{ ...WELL, claims: { recordedTwice: 1 } }, WELL],
  KEYS_ENDING: [
    { ...WELL, keys: [{ organisation: 'a', endsAtSec: (NOW + LIMITS.keysEndMs) / 1000 - 1 }] },
    { ...WELL, keys: [{ organisation: 'a', endsAtSec: (NOW + LIMITS.keysEndMs) / 1000 }] },
  ],
  STORE_UNWRITABLE: [{ ...WELL, store: { error: 'STORE_FULL' } }, WELL],
  DISK_LOW: [
    { ...WELL, disk: { freeBytes: LIMITS.freeBytes - 1, totalBytes: 2 ** 40 } },
    { ...WELL, disk: { freeBytes: LIMITS.freeBytes, totalBytes: 2 ** 40 } },
  ],
};

const codesOf = (state: OperatorState) => alertsOf(state).map(({ code }) => code);

describe('alerts', () => {
  it('are none on a good day, on four city servers and on one machine', () => {
    expect(alertsOf(WELL)).deep.equal([]);
    const { chain: network, ...rest } = WELL;
    const alone: OperatorState = {
      ...rest,
      chain: { ...network, kind: 'embedded', endpoints: [] },
      standbys: [],
    };
    expect(alertsOf(alone)).deep.equal([]);
  });

  for (const code of ALERT_CODES)
    it(`${code} is raised by what it is for, and not by its neighbour`, () => {
      const [wrong, right] = CASES[code];
      expect(codesOf(wrong)).includes(code);
      expect(codesOf(right)).not.includes(code);
    });

  it('say each what is wrong and what to do, in Korean and English, with nothing left to fill in', () => {
    for (const code of ALERT_CODES) {
      const { details } = alertsOf(CASES[code][0]).find((alert) => alert.code === code)!;
      for (const text of Object.values(ALERT_WORDS[code])) {
        expect(text.ko, code).match(/[가-힣]/);
        expect(text.en, code).not.match(/[가-힣]/);
        const blanks = [...`${text.ko}${text.en}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
        for (const blank of blanks) expect(details, `${code} {${blank}}`).has.property(blank);
      }
    }
  });

  it('last since they were first seen, each of several for itself, or since the state says', () => {
    const first = alertsOf(chain({ endpoints: nodes(down) }));
    expect(first.map(({ sinceMs }) => sinceMs)).deep.equal([NOW]);
    const later = { ...chain({ endpoints: nodes(down, down) }), nowMs: NOW + 5000 };
    expect(alertsOf(later, first).map(({ about, sinceMs }) => [about, sinceMs])).deep.equal([
      ['http://10.0.0.1:8551', NOW],
      ['http://10.0.0.2:8551', NOW + 5000],
    ]);
    const silent = alertsOf(chain({ heardAgoMs: 40_000 }));
    expect(silent.map(({ sinceMs }) => sinceMs)).deep.equal([NOW - 40_000]);
  });

  it('put what stops the work first, and keep work away only then', () => {
    const worst: OperatorState = { ...outbox({ lanes: [paused, paused] }), store: { error: 'STORE_FULL' } };
    const alerts = alertsOf(worst);
    expect(alerts.map(({ severity }) => severity)).deep.equal(['critical', 'critical', 'warning', 'warning']);
    expect(alerts.filter(stopsWork).map(({ code }) => code)).members(['LANES_PAUSED', 'STORE_UNWRITABLE']);
  });
});

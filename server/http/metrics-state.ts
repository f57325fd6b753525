/** Gauges that only repeat the operator's state. */
import type { OperatorState } from '../core/operator-state.ts';

export interface Reading {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface StateGauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(state: OperatorState): readonly Reading[];
}

const one = (name: string, help: string, read: (state: OperatorState) => number): StateGauge => ({
  name,
  help,
  read: (state) => [{ value: read(state) }],
});

/** One series for each of several; `undefined` leaves it out. Nodes and standbys are numbered from 1, in the order of the configuration. */
const each = <Thing>(
  name: string,
  help: string,
  label: string,
  things: (state: OperatorState) => readonly Thing[],
  read: (thing: Thing, state: OperatorState) => number | undefined,
  labelOf: (thing: Thing, i: number) => string | number = (_, i) => i + 1,
): StateGauge => ({
  name,
  help,
  labels: [label],
  read: (state) =>
    things(state).flatMap((thing, i) => {
      const value = read(thing, state);
      return value === undefined ? [] : [{ labels: { [label]: labelOf(thing, i) }, value }];
    }),
});

const lanes = ({ outbox }: OperatorState) => outbox.lanes;
const nodes = ({ chain }: OperatorState) => chain.endpoints;
const witnesses = ({ log }: OperatorState) => log.witnesses;
const standbys = ({ standbys: all }: OperatorState) => all;
const numberOfLane = (_: unknown, i: number) => i;
const nameOf = ({ name }: { readonly name: string }) => name;
const yes = (is: boolean) => (is ? 1 : 0);

export const STATE_GAUGES: readonly StateGauge[] = [
  one('sillok_queue_entries', 'Entries accepted and neither final nor refused.', ({ outbox }) => outbox.open),
  one(
    'sillok_queue_waiting_entries',
    'Entries accepted and not yet in a transaction.',
    ({ outbox }) => outbox.waiting,
  ),
  one(
    'sillok_queue_limit_entries',
    'Open entries at which writes are answered 503.',
    ({ outbox }) => outbox.limit,
  ),
  one(
    'sillok_queue_oldest_seconds',
    'Age of the oldest open entry.',
    ({ outbox }) => outbox.oldestAgeMs / 1000,
  ),
  each(
    'sillok_lane_next_nonce',
    'Nonce of the next transaction.',
    'lane',
    lanes,
    ({ nextNonce }) => nextNonce,
    numberOfLane,
  ),
  each(
    'sillok_lane_in_flight',
    'Transactions signed and not yet final.',
    'lane',
    lanes,
    ({ inFlight }) => inFlight,
    numberOfLane,
  ),
  each('sillok_lane_gaps', 'Nonces that have to be filled.', 'lane', lanes, ({ gaps }) => gaps, numberOfLane),
  each(
    'sillok_lane_paused',
    '1 when the lane is paused.',
    'lane',
    lanes,
    ({ pausedBecause }) => yes(pausedBecause !== undefined),
    numberOfLane,
  ),
  one('sillok_chain_head', 'Newest block the node showed.', ({ chain }) => chain.head),
  one('sillok_chain_unread_blocks', 'Blocks not yet read.', ({ chain }) =>
    Math.max(0, chain.head + 1 - chain.next),
  ),
  one(
    'sillok_chain_head_age_seconds',
    'Time since a node was last heard.',
    ({ chain }) => chain.heardAgoMs / 1000,
  ),
  each(
    'sillok_node_good',
    '1 while the node answers, is of this chain and no further than the others.',
    'node',
    nodes,
    ({ standing }) => yes(standing === 'good'),
  ),
  each('sillok_node_head', 'Newest block of the node.', 'node', nodes, ({ head }) => head),
  each(
    'sillok_node_head_age_seconds',
    'Time since the newest block of the node came.',
    'node',
    nodes,
    ({ headAgeMs }) => headAgeMs / 1000,
  ),
  each(
    'sillok_node_peers',
    'Other nodes it is connected to, where it tells.',
    'node',
    nodes,
    ({ peers }) => peers,
  ),
  each(
    'sillok_node_validators',
    'Validators by the node, where it tells.',
    'node',
    nodes,
    ({ validators }) => validators,
  ),
  each(
    'sillok_node_round',
    'Tries beyond the first that its newest block took.',
    'node',
    nodes,
    ({ round }) => round,
  ),
  one('sillok_log_leaves', 'Leaves of the log.', ({ log }) => log.size),
  one(
    'sillok_log_lag_leaves',
    'Leaves not yet under a cosigned checkpoint.',
    ({ log }) => log.size - log.published,
  ),
  one(
    'sillok_log_wait_seconds',
    'How long leaves have waited for a checkpoint.',
    ({ nowMs, log }) => (nowMs - (log.waitingSinceMs ?? nowMs)) / 1000,
  ),
  one('sillok_witness_threshold', 'Cosignatures that a checkpoint needs.', ({ log }) => log.threshold),
  each(
    'sillok_witness_size',
    'Leaves of the newest tree the witness cosigned.',
    'witness',
    witnesses,
    ({ size }) => size,
    nameOf,
  ),
  each(
    'sillok_witness_lag_leaves',
    'Leaves of the newest checkpoint that the witness did not cosign.',
    'witness',
    witnesses,
    ({ size }, { log }) => Math.max(0, log.published - size),
    nameOf,
  ),
  each(
    'sillok_witness_cosigned_age_seconds',
    'Time since the witness last cosigned.',
    'witness',
    witnesses,
    ({ cosignedAtMs }, { nowMs }) => (cosignedAtMs === undefined ? undefined : (nowMs - cosignedAtMs) / 1000),
    nameOf,
  ),
  each('sillok_standby_up', '1 while the standby answers.', 'standby', standbys, ({ error }) =>
    yes(error === undefined),
  ),
  each(
    'sillok_standby_lag_commits',
    'Commits that the standby lacks.',
    'standby',
    standbys,
    ({ lag }) => lag,
  ),
  one(
    'sillok_publications',
    'Copies of public documents that the chain names by a digest.',
    ({ publications }) => publications.held,
  ),
  one(
    'sillok_publications_lacking',
    'Those that the chain names and that are not here yet.',
    ({ publications }) => publications.lacking,
  ),
  one(
    'sillok_publications_late',
    'Of those, lacking for more than five minutes: withheld, or lost.',
    ({ publications }) => publications.late,
  ),
  one('sillok_claims_up', '1 while entries that go into batches are taken in.', ({ claims }) =>
    yes(claims.refusal === undefined),
  ),
  one(
    'sillok_recorded_twice_entries',
    'Entries that another gateway has recorded too, found since the start.',
    ({ claims }) => claims.recordedTwice,
  ),
  one('sillok_store_writable', '1 while the store takes writes.', ({ store }) =>
    yes(store.error === undefined),
  ),
  one(
    'sillok_disk_free_bytes',
    'Room on the disk of the data folder.',
    ({ disk }) => disk?.freeBytes ?? Number.NaN,
  ),
];

/** Tables of what there are several of: nodes, lanes, witnesses, standbys. */
import type { LaneStatus, StandbyState } from '../../../server/core/operator-state.ts';
import { ago, number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import type { ShownState } from '../../lib/operator-state.ts';
import { Hash } from '../../parts/hash.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { Table } from '../../parts/table.tsx';

const UNKNOWN = '–';
const orUnknown = (value: number | undefined) => (value === undefined ? UNKNOWN : number(value));

export function Nodes({ chain: { kind, endpoints } }: { chain: ShownState['chain'] }) {
  if (kind === 'embedded') return <p class="subtle">{t('admin.nodes.embedded')}</p>;
  return (
    <Table
      caption={t('admin.nodes')}
      rows={endpoints}
      columns={[
        {
          title: t('admin.node'),
          cell: ({ url, isCurrent }) => (
            <>
              {url.replace(/^https?:\/\//, '')}
              {isCurrent && <span class="subtle small"> {t('admin.node.current')}</span>}
            </>
          ),
        },
        {
          title: t('dash.server.state'),
          cell: ({ standing, error }) => (
            <>
              <HealthBadge isWell={standing === 'good'} word={t(`standing.${standing}`)} />
              {error !== undefined && <span class="small"> {error}</span>}
            </>
          ),
        },
        { title: t('admin.node.head'), numeric: true, cell: ({ head }) => number(head) },
        {
          title: t('admin.node.age'),
          numeric: true,
          cell: ({ headAgeMs }) => t('admin.seconds', { n: number(Math.round(headAgeMs / 1000)) }),
        },
        { title: t('admin.node.peers'), numeric: true, cell: ({ peers }) => orUnknown(peers) },
        { title: t('admin.node.validators'), numeric: true, cell: ({ validators }) => orUnknown(validators) },
        { title: t('admin.node.round'), numeric: true, cell: ({ round }) => orUnknown(round) },
      ]}
    />
  );
}

export function Lanes({ lanes }: { lanes: readonly LaneStatus[] }) {
  return (
    <Table
      caption={t('admin.lanes')}
      rows={lanes}
      columns={[
        { title: t('admin.lane'), cell: (lane) => <Hash what={t('admin.lane')} code={lane.address} /> },
        {
          title: t('dash.server.state'),
          cell: ({ pausedBecause }) => (
            <>
              <HealthBadge isWell={pausedBecause === undefined} />
              {pausedBecause !== undefined && <span class="small"> {pausedBecause}</span>}
            </>
          ),
        },
        { title: t('admin.lane.nonce'), numeric: true, cell: (lane) => number(lane.nextNonce) },
        { title: t('admin.lane.flight'), numeric: true, cell: (lane) => number(lane.inFlight) },
        { title: t('admin.lane.gaps'), numeric: true, cell: (lane) => number(lane.gaps) },
      ]}
    />
  );
}

export function Witnesses({
  state: {
    nowMs,
    alerts,
    log: { witnesses, threshold },
  },
}: {
  state: ShownState;
}) {
  const isAbsent = (name: string) =>
    alerts.some(({ code, about }) => code === 'WITNESS_ABSENT' && about === name);
  return (
    <Table
      caption={t('admin.witnesses', { k: threshold, total: witnesses.length })}
      rows={witnesses}
      columns={[
        { title: t('admin.name'), cell: ({ name }) => name },
        {
          title: t('dash.server.state'),
          cell: ({ name, error }) => (
            <>
              <HealthBadge isWell={!isAbsent(name)} />
              {error !== undefined && <span class="small"> {error}</span>}
            </>
          ),
        },
        { title: t('admin.witness.size'), numeric: true, cell: ({ size }) => number(size) },
        {
          title: t('dash.server.heard'),
          cell: ({ cosignedAtMs }) =>
            cosignedAtMs === undefined
              ? t('dash.server.silent')
              : ago(Math.max(0, Math.round((nowMs - cosignedAtMs) / 1000))),
        },
      ]}
    />
  );
}

export function Standbys({ standbys }: { standbys: readonly StandbyState[] }) {
  if (standbys.length === 0) return <p class="subtle">{t('admin.standbys.none')}</p>;
  return (
    <Table
      caption={t('admin.standbys')}
      rows={standbys}
      columns={[
        { title: t('admin.standby'), cell: ({ url }) => url },
        {
          title: t('dash.server.state'),
          cell: ({ error }) => (
            <>
              <HealthBadge isWell={error === undefined} />
              {error !== undefined && <span class="small"> {error}</span>}
            </>
          ),
        },
        { title: t('admin.standby.number'), numeric: true, cell: (standby) => orUnknown(standby.number) },
        { title: t('admin.standby.lag'), numeric: true, cell: ({ lag }) => orUnknown(lag) },
        { title: t('admin.standby.epoch'), numeric: true, cell: ({ epoch }) => orUnknown(epoch) },
      ]}
    />
  );
}

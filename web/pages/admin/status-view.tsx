/** What is wrong and which button; then everything that stands behind it, part by part. */
import { administer } from '../../lib/admin.ts';
import { dateTime, number } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import type { ShownAlert, ShownState } from '../../lib/operator-state.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Facts } from '../../parts/table.tsx';
import { EntryDesk } from './entry-desk.tsx';
import { Lanes, Nodes, Standbys, Witnesses } from './status-parts.tsx';

const EVERY_MS = 3000;
const GIGABYTE = 2 ** 30;

export function StatusView() {
  const { data, error, again } = useLoad(() => administer<ShownState>('status'), [], EVERY_MS);
  return (
    <div class="part">
      {error !== undefined && <Failure error={error} retry={again} />}
      {data ? <State state={data} /> : error === undefined && <Busy what={t('busy.data')} />}
      <EntryDesk />
    </div>
  );
}

function State({ state }: { state: ShownState }) {
  const { nowMs, alerts, chain, standbys, outbox } = state;
  return (
    <>
      <p class="subtle small">{t('dash.asof', { when: dateTime(nowMs / 1000, true) })}</p>
      {alerts.length === 0 && <Notice kind="success" title={t('admin.trouble.none')} />}
      {alerts.map((alert) => (
        <AlertNotice key={`${alert.code} ${alert.about ?? ''}`} alert={alert} />
      ))}
      <Overview state={state} />
      <Nodes chain={chain} />
      <Lanes lanes={outbox.lanes} />
      <Witnesses state={state} />
      <Standbys standbys={standbys} />
      <p class="row small">
        <a class="textlink" href="/metrics">
          {t('admin.metrics')}
        </a>
        <a class="textlink" href="/dashboard">
          {t('start.dashboard')}
        </a>
      </p>
    </>
  );
}

function AlertNotice({ alert }: { alert: ShownAlert }) {
  const { code, severity, sinceMs, title, remedy } = alert;
  return (
    <Notice kind={severity === 'critical' ? 'danger' : 'warning'} title={say(title)}>
      <p>
        <span class="strong">{t('admin.remedy')}</span> {say(remedy)}
      </p>
      <p class="subtle small">
        {t('admin.since', { when: dateTime(sinceMs / 1000, true) })} <code>{code}</code>
      </p>
    </Notice>
  );
}

function Overview({ state: { outbox, chain, log, disk } }: { state: ShownState }) {
  const seconds = (ms: number) => t('admin.seconds', { n: number(Math.round(ms / 1000)) });
  return (
    <Facts
      facts={[
        [t('admin.queue.waiting'), number(outbox.waiting)],
        [
          t('admin.queue.open'),
          t('admin.queue.value', { open: number(outbox.open), limit: number(outbox.limit) }),
        ],
        [t('admin.queue.oldest'), seconds(outbox.oldestAgeMs)],
        [
          t('admin.chain'),
          t('admin.chain.value', {
            id: chain.id,
            head: number(chain.head),
            unread: number(Math.max(0, chain.head + 1 - chain.next)),
            ago: seconds(chain.heardAgoMs),
          }),
        ],
        [
          t('admin.log'),
          t('admin.log.value', {
            size: number(log.size),
            published: number(log.published),
            lag: number(log.size - log.published),
          }),
        ],
        ...(disk === undefined
          ? []
          : [
              [
                t('admin.disk'),
                t('admin.disk.value', {
                  free: number(Math.round(disk.freeBytes / GIGABYTE)),
                  total: number(Math.round(disk.totalBytes / GIGABYTE)),
                }),
              ] as const,
            ]),
      ]}
    />
  );
}

/** How the gateway stands: queue, sending accounts, chain and log, each with what it means when it is not as it should be. */
import { administer } from '../../lib/admin.ts';
import { number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Busy } from '../../parts/busy.tsx';
import { Hash } from '../../parts/hash.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Facts, Table } from '../../parts/table.tsx';

interface Status {
  readonly outbox: {
    readonly waiting: number;
    readonly open: number;
    readonly oldestAgeMs: number;
    readonly lanes: readonly {
      readonly address: string;
      readonly nextNonce: number;
      readonly inFlight: number;
      readonly gaps: number;
      readonly pausedBecause?: string;
    }[];
  };
  readonly chain: { readonly id: number; readonly head: number; readonly heardAgoMs: number };
  readonly log: { readonly size: number; readonly published: number; readonly cosigned: readonly string[] };
}

/** Longer waits than these are worth a call. */
const OLD_MS = 60_000;
const SILENT_MS = 30_000;

export function StatusView() {
  const { data, error, again } = useLoad(() => administer<Status>('status'), [], 3000);
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const { outbox, chain, log } = data;
  const seconds = (ms: number) => t('admin.seconds', { n: number(Math.round(ms / 1000)) });
  const troubles = [
    ...(chain.heardAgoMs > SILENT_MS ? [t('admin.trouble.chain')] : []),
    ...(outbox.oldestAgeMs > OLD_MS ? [t('admin.trouble.old', { age: seconds(outbox.oldestAgeMs) })] : []),
    ...outbox.lanes.flatMap((lane) =>
      lane.pausedBecause ? [t('admin.trouble.lane', { why: lane.pausedBecause })] : [],
    ),
    ...(log.published < log.size ? [t('admin.trouble.log')] : []),
  ];
  return (
    <div class="part">
      {troubles.length === 0 ? (
        <Notice kind="success" title={t('admin.trouble.none')} />
      ) : (
        troubles.map((text) => (
          <Notice kind="warning" key={text}>
            {text}
          </Notice>
        ))
      )}
      <Facts
        facts={[
          [t('admin.queue.waiting'), number(outbox.waiting)],
          [t('admin.queue.open'), number(outbox.open)],
          [t('admin.queue.oldest'), seconds(outbox.oldestAgeMs)],
          [
            t('admin.chain'),
            t('admin.chain.value', {
              id: chain.id,
              head: number(chain.head),
              ago: seconds(chain.heardAgoMs),
            }),
          ],
          [
            t('admin.log'),
            t('admin.log.value', { size: number(log.size), published: number(log.published) }),
          ],
          [t('start.witnesses'), log.cosigned.join(', ')],
        ]}
      />
      <Table
        caption={t('admin.lanes')}
        rows={outbox.lanes}
        columns={[
          { title: t('admin.lane'), cell: (lane) => <Hash what={t('admin.lane')} code={lane.address} /> },
          { title: t('admin.lane.nonce'), numeric: true, cell: (lane) => number(lane.nextNonce) },
          { title: t('admin.lane.flight'), numeric: true, cell: (lane) => number(lane.inFlight) },
          { title: t('admin.lane.gaps'), numeric: true, cell: (lane) => number(lane.gaps) },
        ]}
      />
    </div>
  );
}

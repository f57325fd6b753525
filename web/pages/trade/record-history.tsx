/** Disputes of a record, and what was done to it since. */
import type { Hex } from '../../../server/core/bytes.ts';
import { words } from '../../../server/services/vehicles/words.ts';
import { dateTime } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useName } from '../../lib/organisations.ts';
import { type OwnRecord, recordLink } from '../../lib/records.ts';
import { Organisation } from '../../parts/organisation.tsx';

type Dispute = OwnRecord['disputes'][number];

const reasonOf = (reason: string | undefined) =>
  reason === undefined ? '' : sayCode(`reason.${reason}`, [words]);

export function RecordHistory({ record }: { record: OwnRecord }) {
  return (
    <>
      {record.disputes.length > 0 && (
        <section class="part">
          <h2>{t('record.disputes')}</h2>
          <ul class="timeline">
            {record.disputes.map((dispute) => (
              <DisputeItem key={dispute.entryId} dispute={dispute} of={record.entryId} />
            ))}
          </ul>
        </section>
      )}
      {record.changes.length > 0 && (
        <section class="part">
          <h2>{t('record.changes')}</h2>
          <ul class="timeline">
            {record.changes.map((change) => (
              <li key={change.entryId}>
                <p class="row">
                  <strong>{dateTime(change.recordedAtSec)}</strong>
                  <span>{change.kind !== 'create' && t(`record.kind.${change.kind}`)}</span>
                  <span>{reasonOf(change.reason)}</span>
                </p>
                <p class="subtle small">
                  <Organisation id={change.organisation} />
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function DisputeItem({ dispute, of }: { dispute: Dispute; of: Hex }) {
  const closedBy = useName(dispute.closed?.by ?? '');
  return (
    <li>
      <p class="row">
        <strong>{reasonOf(dispute.reason)}</strong>
        <span class={`krds-badge small ${dispute.closed ? 'bg-light-gray' : 'bg-light-warning'}`}>
          {dispute.closed
            ? t('record.dispute.closed', { who: closedBy, when: dateTime(dispute.closed.atSec) })
            : t('record.dispute.open')}
        </span>
      </p>
      {dispute.note && <p>{dispute.note}</p>}
      <p class="subtle small">
        <Organisation id={dispute.organisation} /> · {dateTime(dispute.openedAtSec)}
      </p>
      {dispute.mayClose && (
        <p>
          <a class="krds-btn small secondary" href={`${recordLink(of)}/disputes/${dispute.entryId}`}>
            {t('act.resolve')}
          </a>
        </p>
      )}
    </li>
  );
}

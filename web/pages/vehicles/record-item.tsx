/** One record in a car's history. */
import { words } from '../../../server/services/vehicles/words.ts';
import { dateTime, number } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { recordLink } from '../../lib/records.ts';
import { useSession } from '../../lib/session.ts';
import { DocumentView } from '../../parts/document-view.tsx';
import { receiptLink } from '../../parts/entry-progress.tsx';
import { More } from '../../parts/more.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import type { ShownRecord } from './types.ts';

export function RecordItem({ record }: { record: ShownRecord }) {
  const { document, status, type } = record;
  const session = useSession();
  return (
    <li>
      <p class="row">
        <strong>{record.occurredOn}</strong>
        <span>{sayCode(`type.${type}`, [words])}</span>
        <span class={`krds-badge small ${status === 'active' ? 'bg-light-success' : 'bg-light-gray'}`}>
          {sayCode(`status.${status}`, [words])}
        </span>
        {record.openDisputes !== undefined && (
          <span class="krds-badge small bg-light-warning">
            {t('record.disputed', { n: record.openDisputes })}
          </span>
        )}
        {document?.odometerKm !== undefined && <span>{number(document.odometerKm)} km</span>}
      </p>
      <p class="subtle small">
        {t('car.by')} <Organisation id={record.organisation} /> ·{' '}
        {t('car.recorded', { when: dateTime(record.recordedAtSec) })}{' '}
        <a class="textlink" href={receiptLink(record.entryId)}>
          {t('car.receipt')}
        </a>
        {session && (
          <>
            {' · '}
            <a class="textlink" href={recordLink(record.entryId)}>
              {t('record.open')} <span class="sr-only">{`${record.occurredOn} ${type}`}</span>
            </a>
          </>
        )}
      </p>
      {document === null ? (
        <p class="subtle small">{t('car.erased')}</p>
      ) : (
        <More title={t('car.record')}>
          <DocumentView document={document} act={{ service: 'vehicles', action: `register-${type}` }} />
        </More>
      )}
    </li>
  );
}

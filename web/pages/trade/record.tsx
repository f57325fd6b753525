/** One record for staff: what it says, what was done to it, and what they can do with it now. */
import { words } from '../../../server/services/vehicles/words.ts';
import type { PageProps } from '../../app.tsx';
import { dateTime } from '../../lib/format.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { actOf, askRecord, type OwnRecord, recordLink } from '../../lib/records.ts';
import { Awaited } from '../../parts/awaited.tsx';
import { DocumentView } from '../../parts/document-view.tsx';
import { receiptLink } from '../../parts/entry-progress.tsx';
import { More } from '../../parts/more.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Organisation } from '../../parts/organisation.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Facts } from '../../parts/table.tsx';
import { Photographs } from './photographs.tsx';
import { RecordHistory } from './record-history.tsx';

export function RecordPage({ at }: PageProps) {
  return <SignedIn title={t('record.title')}>{() => <RecordOf entryId={at.entryId!} />}</SignedIn>;
}

function RecordOf({ entryId }: { entryId: string }) {
  const loaded = useLoad(async () => ({ record: await askRecord(entryId) }), [entryId], 5000);
  return (
    <Awaited loaded={loaded}>
      {({ record }) =>
        record ? <Whole record={record} /> : <Notice kind="warning" title={t('record.none')} />
      }
    </Awaited>
  );
}

function Whole({ record }: { record: OwnRecord }) {
  const photographs = (record.document?.photographs ?? []) as readonly string[];
  return (
    <>
      <RecordHead record={record} />
      <RecordHistory record={record} />
      <Acts record={record} />
      {photographs.length > 0 && <Photographs record={record.entryId} digests={photographs} />}
      {record.document && (
        <More title={t('car.record')} open>
          <DocumentView
            document={record.written ?? record.document}
            act={{ service: 'vehicles', action: `register-${record.type}` }}
          />
        </More>
      )}
    </>
  );
}

function RecordHead({ record }: { record: OwnRecord }) {
  const { status, openDisputes } = record;
  return (
    <section class="part">
      <h2 class="row">
        {sayCode(`type.${record.type}`, [words])} · {record.occurredOn}
        <span class={`krds-badge small ${status === 'active' ? 'bg-light-success' : 'bg-light-gray'}`}>
          {sayCode(`status.${status}`, [words])}
        </span>
        {openDisputes !== undefined && (
          <span class="krds-badge small bg-light-warning">{t('record.disputed', { n: openDisputes })}</span>
        )}
      </h2>
      <Facts
        facts={[
          [t('record.by'), <Organisation key="by" id={record.organisation} />],
          [t('record.since'), dateTime(record.recordedAtSec)],
        ]}
      />
      <p class="row">
        <a class="textlink" href={receiptLink(record.entryId)}>
          {t('entry.receipt')}
        </a>
        <a class="textlink" href={`/cars/${record.subject}`}>
          {t('record.car')}
        </a>
        {record.replacedBy && (
          <a class="textlink" href={recordLink(record.replacedBy)}>
            {t('record.next')}
          </a>
        )}
      </p>
    </section>
  );
}

function Acts({ record }: { record: OwnRecord }) {
  if (record.may.length === 0) return <p class="subtle">{t('record.acts.none')}</p>;
  return (
    <section class="part no-print">
      <h2>{t('record.acts')}</h2>
      <nav class="cards" aria-label={t('record.acts')}>
        {record.may.map((action) => (
          <a class="card" href={`${recordLink(record.entryId)}/${action}`} key={action}>
            <span class="card-title">{t(`act.${actOf(action)}`)}</span>
            <span>{t(`act.${actOf(action)}.text`)}</span>
          </a>
        ))}
      </nav>
    </section>
  );
}

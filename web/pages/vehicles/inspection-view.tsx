/** Inspection records of one number, as the QR on a record leads to them. */
import { words } from '../../../server/services/vehicles/words.ts';
import { sayCode, t } from '../../lib/lang.ts';
import { DocumentView } from '../../parts/document-view.tsx';
import { receiptLink } from '../../parts/entry-progress.tsx';
import { More } from '../../parts/more.tsx';
import { Damage } from './damage.tsx';
import { type Finding, Summary } from './summary.tsx';
import type { InspectionAnswer } from './types.ts';

export function InspectionView({ answer }: { answer: InspectionAnswer }) {
  return (
    <>
      {answer.inspections.map((record) => {
        const accident = record.document?.accident;
        const findings: Finding[] = [
          {
            kind: record.state === 'in-force' ? 'good' : 'bad',
            text: `${sayCode(`state.${record.state}`, [words], {}, sayCode(`status.${record.state}`, [words]))} (${record.validUntil})`,
            details: [],
          },
          ...(accident
            ? [
                {
                  kind: accident === 'none' ? 'good' : 'bad',
                  text: t(`car.accident.${accident}`),
                  details: [],
                } as const,
              ]
            : []),
        ];
        return (
          <section class="part" key={record.entryId}>
            <h2>{[record.document?.modelName, record.vin].filter(Boolean).join(' · ') || t('car.name')}</h2>
            <Summary findings={findings} />
            <p>
              <a class="textlink" href={receiptLink(record.entryId)}>
                {t('car.receipt')}
              </a>
            </p>
            {record.document && <Damage marks={record.document.body ?? []} />}
            {record.document && (
              <More title={t('car.record')} open>
                <DocumentView
                  document={record.document}
                  act={{ service: 'vehicles', action: 'register-inspection' }}
                />
              </More>
            )}
          </section>
        );
      })}
    </>
  );
}

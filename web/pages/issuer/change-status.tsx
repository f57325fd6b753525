/** Suspend, resume or revoke one credential: a reason, a signature, and the wait until it counts. */
import { useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { messageOf } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import { optionsOf, resolve } from '../../lib/schema.ts';
import type { ServiceInfo } from '../../lib/services.ts';
import type { Session } from '../../lib/session.ts';
import { EntryProgress } from '../../parts/entry-progress.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { SignSheet } from '../../parts/sign-sheet.tsx';
import type { Issued } from './issued.tsx';

export type Change = 'revoke' | 'suspend' | 'resume';

interface Props {
  readonly one: Issued;
  readonly change: Change;
  readonly session: Session;
  readonly service: ServiceInfo;
  readonly idempotencyKey: string;
  readonly onClose: () => void;
}

export function ChangeStatus({ one, change, session, service, idempotencyKey, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [isSigning, setSigning] = useState(false);
  const [entryId, setEntryId] = useState<Hex>();
  const [error, setError] = useState<unknown>();
  const input = service.actions.find(({ name }) => name === change)?.input ?? {};
  const reasons = optionsOf(resolve(resolve(input, input).properties?.reason ?? {}, input));
  const title = t(`issuer.${change}`);
  const what = `${t('issuer.change.of', { name: one.holderName ?? '', number: one.number ?? '' })}: ${title}`;
  if (isSigning)
    return (
      <SignSheet
        act={{
          service: 'credentials',
          action: change,
          body: { entryId: one.entryId, reason },
          key: idempotencyKey,
        }}
        what={what}
        session={session}
        onDone={(answer) => {
          setEntryId((answer as { entryId: Hex }).entryId);
          setSigning(false);
        }}
        onClose={(failure) => {
          setError(failure);
          setSigning(false);
        }}
      />
    );
  return (
    <Sheet title={title} onClose={onClose}>
      <p>{what}</p>
      {entryId ? (
        <EntryProgress entryId={entryId} done={title} />
      ) : (
        <>
          {change === 'revoke' && <Notice kind="warning">{t('issuer.revoke.final')}</Notice>}
          {error !== undefined && <Failure error={new Error(messageOf(error))} />}
          <SelectField
            label={t('issuer.change.reason')}
            value={reason}
            options={reasons}
            onValue={setReason}
            required
          />
        </>
      )}
      <div class="row end">
        <button type="button" class="krds-btn large tertiary" onClick={onClose}>
          {t('action.close')}
        </button>
        {!entryId && (
          <button
            type="button"
            class="krds-btn large"
            disabled={reason === ''}
            onClick={() => setSigning(true)}
          >
            {t('form.send')}
          </button>
        )}
      </div>
    </Sheet>
  );
}

/** One act on one record: what it means, what it needs, and the signature. */
import { useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import type { PageProps } from '../../app.tsx';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { actOf, askRecord, type OwnRecord, recordLink } from '../../lib/records.ts';
import { type Group, resolve, type Value } from '../../lib/schema.ts';
import { type ActionInfo, findAction } from '../../lib/services.ts';
import type { Session } from '../../lib/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Busy } from '../../parts/busy.tsx';
import { EntryProgress } from '../../parts/entry-progress.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';

export function RecordActPage({ at }: PageProps) {
  const action = at.dispute === undefined ? at.action! : 'resolve';
  return (
    <SignedIn title={t(`act.${actOf(action)}`)}>
      {(session) => (
        <OnRecord entryId={at.entryId as Hex} action={action} dispute={at.dispute as Hex} session={session} />
      )}
    </SignedIn>
  );
}

interface OnRecordProps {
  readonly entryId: Hex;
  readonly action: string;
  readonly dispute: Hex | undefined;
  readonly session: Session;
}

function OnRecord({ entryId, action, dispute, session }: OnRecordProps) {
  const [answer, setAnswer] = useState<Hex>();
  const { data, error, again } = useLoad(
    async () => ({ record: await askRecord(entryId), found: await findAction('vehicles', action) }),
    [entryId, action],
  );
  if (error !== undefined) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const { record, found } = data;
  if (!record || !found) return <Notice kind="warning" title={t('record.none')} />;
  const isNew = /^(amend|supersede)/.test(action);
  const back = (
    <BackLink to={recordLink(isNew && answer !== undefined ? answer : entryId)} isNew={isNew && !!answer} />
  );
  const isAllowed = dispute === undefined ? record.may.includes(action) : mayClose(record, dispute);
  if (answer !== undefined)
    return (
      <>
        <EntryProgress entryId={answer} done={t('entry.receipted')} />
        {back}
      </>
    );
  if (!isAllowed)
    return (
      <>
        <Notice kind="warning" title={t('record.stale')} />
        {back}
      </>
    );
  return (
    <>
      <p class="lead">{t(`act.${actOf(action)}.text`)}</p>
      <ActForm
        service={found.service}
        action={found.action}
        session={session}
        about={dispute ?? entryId}
        initial={initialOf(found.action, record, dispute)}
        layout={
          isNew
            ? [
                ['', ['reason']],
                [t('record.what'), ['record']],
              ]
            : [['', ['reason', 'note']]]
        }
        onRecorded={(recorded) => setAnswer((recorded as { entryId: Hex }).entryId)}
      />
      {back}
    </>
  );
}

function BackLink({ to, isNew }: { to: string; isNew: boolean }) {
  return (
    <p>
      <a class="textlink" href={to}>
        {t(isNew ? 'record.new' : 'record.back')}
      </a>
    </p>
  );
}

function mayClose(record: OwnRecord, dispute: Hex): boolean {
  return record.disputes.some(({ entryId, mayClose: may }) => entryId === dispute && may);
}

/** A correction starts from what was written; members that only the document has are left out. */
function initialOf({ input }: ActionInfo, record: OwnRecord, dispute: Hex | undefined): Value {
  const member = resolve(input, input).properties?.record;
  const fields = member && resolve(member, input).properties;
  const written = Object.entries((record.written ?? {}) as Group).filter(
    ([name]) => fields && name in fields,
  );
  return { entryId: dispute ?? record.entryId, ...(fields && { record: Object.fromEntries(written) }) };
}

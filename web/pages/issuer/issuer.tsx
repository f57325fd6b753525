import { useState } from 'preact/hooks';
import { say, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { type ActionInfo, listServices, type ServiceInfo } from '../../lib/services.ts';
import type { Session } from '../../lib/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Busy } from '../../parts/busy.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Failure } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Batch } from './batch.tsx';
import { IssuedList } from './issued.tsx';

export function IssuerPage() {
  return <SignedIn title={t('work.issuer')}>{(session) => <Issuer session={session} />}</SignedIn>;
}

const TABS = ['list', 'single', 'batch'] as const;

function Issuer({ session }: { session: Session }) {
  const [tab, setTab] = useState<string>('list');
  const [type, setType] = useState('');
  const { data, error, again } = useLoad(
    async () => (await listServices()).find(({ id }) => id === 'credentials'),
    [],
  );
  if (error !== undefined) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const types = data.actions.filter(({ name }) => name.startsWith('issue-'));
  const action = types.find(({ name }) => name === type);
  return (
    <Tabs tabs={TABS.map((id) => ({ id, title: t(`issuer.${id}`) }))} now={tab} onTab={setTab}>
      {tab === 'list' && <IssuedList session={session} service={data} />}
      {tab !== 'list' && (
        <SelectField
          label={t('issuer.type')}
          value={type}
          options={types.map(({ name, summary }) => ({ value: name, label: say(summary) }))}
          onValue={setType}
          {...(action ? {} : { hint: t('issuer.type.first') })}
        />
      )}
      {tab !== 'list' && action && (
        <Issue key={type} kind={tab} service={data} action={action} session={session} />
      )}
    </Tabs>
  );
}

interface IssueProps {
  readonly kind: string;
  readonly service: ServiceInfo;
  readonly action: ActionInfo;
  readonly session: Session;
}

function Issue({ kind, ...rest }: IssueProps) {
  return kind === 'single' ? <ActForm {...rest} /> : <Batch {...rest} />;
}

import type { PageProps } from '../app.tsx';
import { say, t } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { findAction } from '../lib/services.ts';
import { ActForm } from '../parts/act-form.tsx';
import { Busy } from '../parts/busy.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { SignedIn } from '../parts/sign-in.tsx';

/** Any act of any service: the form is made from the gateway's own description of it. */
export function ServiceFormPage({ at }: PageProps) {
  const { data, error, again } = useLoad(
    async () => ({ found: await findAction(at.service!, at.action!) }),
    [at.service, at.action],
  );
  if (error !== undefined) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  const { found } = data;
  if (!found)
    return (
      <div class="page narrow">
        <h1 tabIndex={-1}>{t('missing.title')}</h1>
        <Notice kind="warning">{t('form.unknown')}</Notice>
      </div>
    );
  return (
    <SignedIn title={say(found.action.summary)}>
      {(session) => <ActForm service={found.service} action={found.action} session={session} />}
    </SignedIn>
  );
}

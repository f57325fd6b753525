/** An act by its name: its form as soon as the gateway has described it. */
import { t } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { findAction } from '../lib/services.ts';
import { ActForm, type ActFormProps } from './act-form.tsx';
import { Busy } from './busy.tsx';
import { Failure, Notice } from './notice.tsx';

export function Action(
  props: Omit<ActFormProps, 'service' | 'action'> & { service: string; action: string },
) {
  const { data, error, again } = useLoad(
    async () => ({ found: await findAction(props.service, props.action) }),
    [props.service, props.action],
  );
  if (error !== undefined) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  if (!data.found) return <Notice kind="warning">{t('form.unknown')}</Notice>;
  return <ActForm {...props} service={data.found.service} action={data.found.action} />;
}

/** The gateway's own figures, as they are: one who is called at night wants all of them. */
import { administer } from '../../lib/admin.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Busy } from '../../parts/busy.tsx';
import { factsOf } from '../../parts/document-view.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Facts } from '../../parts/table.tsx';

export function StatusView() {
  const { data, error, again } = useLoad(() => administer<unknown>('status'), [], 3000);
  if (error !== undefined && !data) return <Failure error={error} retry={again} />;
  if (!data) return <Busy what={t('busy.data')} />;
  return <Facts facts={factsOf(data, {}, {})} />;
}

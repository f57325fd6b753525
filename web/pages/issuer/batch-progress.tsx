/** Many entries followed together, a few at a time. */
import { useEffect, useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { followEntry } from '../../lib/entries.ts';
import { t } from '../../lib/lang.ts';
import { Progress } from '../../parts/busy.tsx';
import { Notice } from '../../parts/notice.tsx';

const AT_ONCE = 4;

export function BatchProgress({ entryIds }: { entryIds: readonly Hex[] }) {
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const waiting = [...entryIds];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const end = await followEntry(next, () => undefined, stop.signal);
        if (end.state === 'refused') setRefused((n) => n + 1);
        else setDone((n) => n + 1);
      }
    };
    for (let i = 0; i < AT_ONCE; i++) work().catch(() => undefined);
    return () => stop.abort();
  }, [entryIds.join()]);
  const ended = done + refused;
  return (
    <>
      {ended < entryIds.length && (
        <Progress
          what={t('issuer.progress', { done: ended, n: entryIds.length })}
          done={ended}
          of={entryIds.length}
        />
      )}
      {ended === entryIds.length && done > 0 && (
        <Notice kind="success" title={t('issuer.done', { n: done })} />
      )}
      {refused > 0 && <Notice kind="danger" title={t('issuer.failed', { n: refused })} />}
    </>
  );
}

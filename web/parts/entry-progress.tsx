/** From "accepted" to "recorded": each step in words. Success is said only when the record is final and its receipt is there. */
import { useEffect, useState } from 'preact/hooks';
import type { Hex } from '../../server/core/bytes.ts';
import { type Entry, followEntry } from '../lib/entries.ts';
import { t } from '../lib/lang.ts';
import { Busy } from './busy.tsx';
import { Notice } from './notice.tsx';

export function EntryProgress({
  entryId,
  done,
  onEnd,
}: {
  entryId: Hex;
  done: string;
  onEnd?: (entry: Entry) => void;
}) {
  const [entry, setEntry] = useState<Entry>();
  useEffect(() => {
    const stop = new AbortController();
    followEntry(entryId, setEntry, stop.signal).then(onEnd, () => undefined);
    return () => stop.abort();
  }, [entryId]);
  if (entry?.state === 'refused') {
    return (
      <Notice kind="danger" title={t('entry.refused')}>
        <p>{entry.refusal?.detail ?? t('entry.refused.code', { code: entry.refusal?.code ?? '' })}</p>
      </Notice>
    );
  }
  if (entry?.state === 'receipted')
    return (
      <Notice kind="success" title={done}>
        <a class="krds-btn medium secondary" href={receiptLink(entryId)}>
          {t('entry.receipt')}
        </a>
      </Notice>
    );
  if (entry?.cosignatures) return <Busy what={t('entry.cosignatures', { ...entry.cosignatures })} />;
  return <Busy what={t(`entry.${entry?.state ?? 'accepted'}`)} />;
}

export function receiptLink(entryId: Hex): string {
  return `/r#${entryId}`;
}

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Hex } from '../../server/core/bytes.ts';
import { askReceipt, type Entry, followEntry } from '../lib/entries.ts';
import { type ReceiptLink, readShortLink } from '../lib/found.ts';
import { t } from '../lib/lang.ts';
import { checkReceipt } from '../lib/proof.ts';
import { usePlace } from '../lib/router.ts';
import { saveFile } from '../lib/save.ts';
import { trustAtHand } from '../lib/trust.ts';
import type { Outcome } from '../lib/verify-text.ts';
import { Busy } from '../parts/busy.tsx';
import { EntryProgress } from '../parts/entry-progress.tsx';
import { HowToCheck } from '../parts/how-to-check.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { OutcomeView } from '../parts/outcome.tsx';

interface Shown {
  readonly text: string;
  readonly outcome: Outcome;
}

export function ReceiptPage() {
  const { fragment } = usePlace();
  const link = useMemo(() => readShortLink(fragment), [fragment]);
  if (!link)
    return (
      <div class="page narrow">
        <h1 tabIndex={-1}>{t('receipt.title')}</h1>
        <Notice kind="warning">{t('receipt.none')}</Notice>
        <a class="krds-btn large" href="/verify">
          {t('start.verify')}
        </a>
      </div>
    );
  return <Receipt key={fragment} link={link} />;
}

function Receipt({ link }: { link: ReceiptLink }) {
  const { entryId } = link;
  const [entry, setEntry] = useState<Entry>();
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const show = async () => {
      const end = await followEntry(entryId, setEntry, stop.signal);
      if (end.state !== 'receipted') return;
      const text = await askReceipt(entryId);
      const known = await trustAtHand();
      setShown({
        text,
        outcome: { verdict: checkReceipt(text, known, link), isOffline: !known.isFresh },
      });
    };
    show().catch((failure) => !stop.signal.aborted && setError(failure));
    return () => stop.abort();
  }, [link, turn]);
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('receipt.title')}</h1>
      {error !== undefined && <Failure error={error} retry={() => location.reload()} />}
      {!shown && error === undefined && entry?.state !== 'refused' && <Busy what={waitingFor(entry)} />}
      {entry?.state === 'refused' && <EntryProgress entryId={entryId} done="" />}
      {shown && <Checked entryId={entryId} {...shown} onSettled={() => setTurn(turn + 1)} />}
    </div>
  );
}

function waitingFor(entry: Entry | undefined): string {
  if (entry?.cosignatures) return t('entry.cosignatures', { ...entry.cosignatures });
  return t(entry && entry.state !== 'receipted' ? 'receipt.wait' : 'receipt.busy');
}

function Checked({ entryId, text, outcome, onSettled }: Shown & { entryId: Hex; onSettled: () => void }) {
  const [isFullShown, setFullShown] = useState(false);
  const name = `sillok-${entryId.slice(2, 10)}.tlog-proof`;
  return (
    <>
      <OutcomeView outcome={outcome} onSettled={onSettled} />
      <section class="part boxed">
        <h2>{t('receipt.qr')}</h2>
        <p>{t('receipt.qr.text')}</p>
        <img class="qr" src={`/v1/entries/${entryId}/receipt?form=qr`} alt={t('receipt.qr')} />
        {isFullShown ? (
          <img class="qr" src={`/v1/entries/${entryId}/receipt?form=compact`} alt={t('receipt.full')} />
        ) : (
          <button type="button" class="krds-btn medium tertiary no-print" onClick={() => setFullShown(true)}>
            {t('receipt.full.show')}
          </button>
        )}
      </section>
      <div class="row no-print">
        <button type="button" class="krds-btn large" onClick={() => print()}>
          {t('receipt.print')}
        </button>
        <button
          type="button"
          class="krds-btn large secondary"
          onClick={() => saveFile(name, text, 'text/plain')}
        >
          {t('receipt.save')}
        </button>
      </div>
      <HowToCheck file={name} />
    </>
  );
}

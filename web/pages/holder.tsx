import { CERTIFICATES, typeOfSchema } from '../../server/services/credentials/records.ts';
import { words } from '../../server/services/credentials/words.ts';
import { dateTime } from '../lib/format.ts';
import { fetchHeld, type Held } from '../lib/held.ts';
import { say, sayCode, t } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { usePlace } from '../lib/router.ts';
import { saveFile } from '../lib/save.ts';
import { Awaited } from '../parts/awaited.tsx';
import { Busy } from '../parts/busy.tsx';
import { DocumentView } from '../parts/document-view.tsx';
import { HowToCheck } from '../parts/how-to-check.tsx';
import { Notice } from '../parts/notice.tsx';
import { Qr } from '../parts/qr.tsx';

export function HolderPage() {
  const { fragment } = usePlace();
  const loaded = useLoad(async () => ({ held: await fetchHeld(fragment) }), [fragment], 10_000);
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('holder.title')}</h1>
      <Awaited loaded={loaded} busy={t('holder.busy')}>
        {({ held }) =>
          held ? <Certificate held={held} /> : <Notice kind="warning">{t('holder.none')}</Notice>
        }
      </Awaited>
    </div>
  );
}

const LOOKS: Readonly<Record<string, string>> = { valid: 'valid', revoked: 'invalid', expired: 'invalid' };

function Certificate({ held }: { held: Held }) {
  const { status, document, file } = held;
  const type = typeOfSchema(String(document.schema));
  const name = `sillok-${held.entryId.slice(2, 10)}.sillok.json`;
  // The address as the holder opened it: what a verifier scans leads to the same page.
  const link = `${location.origin}/c#${location.hash.slice(1)}`;
  return (
    <>
      <section class={`verdict ${LOOKS[status.state] ?? 'unknown'}`}>
        <h2 class="verdict-head">
          <span class="verdict-sign" aria-hidden="true">
            {status.state === 'valid' ? '✓' : LOOKS[status.state] === 'invalid' ? '✕' : '?'}
          </span>
          {t(`holder.status.${status.state}`)}
        </h2>
        {status.reasons.map(({ code, details }) => (
          <p key={code}>{sayCode(code, [words], details)}</p>
        ))}
        <p class="subtle small">{t('car.asof', { when: dateTime(status.asOfSec) })}</p>
      </section>
      {!file && <Busy what={t('holder.wait')} />}
      <section class="part">
        <h2>{type ? say(CERTIFICATES[type].title) : t('holder.facts')}</h2>
        <DocumentView document={document} />
      </section>
      <section class="part boxed">
        <h2>{t('holder.qr')}</h2>
        <Qr text={link} label={t('holder.qr')} />
        <p>{t('holder.qr.text')}</p>
      </section>
      {file && (
        <>
          <div class="row no-print">
            <button type="button" class="krds-btn large" onClick={() => print()}>
              {t('holder.print')}
            </button>
            <button
              type="button"
              class="krds-btn large secondary"
              onClick={() => saveFile(name, JSON.stringify(file), 'application/json')}
            >
              {t('holder.save')}
            </button>
          </div>
          <p class="subtle">{t('holder.keep')}</p>
        </>
      )}
      <HowToCheck file={name} />
    </>
  );
}

/** Codes for the people who may vote: made here, or loaded from a list. */
import { useState } from 'preact/hooks';
import { askJson, newKey } from '../../lib/api.ts';
import type { VotingImportCodesReply } from '../../lib/client/services.generated.ts';
import { makeCodes } from '../../lib/codes.ts';
import { parseCsv } from '../../lib/csv.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { saveFile } from '../../lib/save.ts';
import { Busy } from '../../parts/busy.tsx';
import { FileField, TextField } from '../../parts/field.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';

/** What one request may hold. */
const AT_ONCE = 5000;

type Added = Omit<VotingImportCodesReply, 'codes'>;

export function RollCodes({ poll, onChange }: { poll: Poll; onChange: () => void }) {
  const [count, setCount] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<string>();
  const [error, setError] = useState<unknown>();
  const register = async (codes: readonly string[]): Promise<Added> => {
    let added = 0;
    let alreadyKnown = 0;
    for (let at = 0; at < codes.length; at += AT_ONCE) {
      const answer = await askJson<Added>('/v1/voting/import-codes', {
        method: 'POST',
        body: { pollId: poll.pollId, codes: codes.slice(at, at + AT_ONCE) },
        headers: { 'idempotency-key': newKey() },
      });
      added += answer.added;
      alreadyKnown += answer.alreadyKnown;
    }
    return { added, alreadyKnown };
  };
  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    setError(undefined);
    await work().then(setDone, setError);
    setBusy(false);
    onChange();
  };
  const make = async () => {
    const codes = makeCodes(Number(count));
    const { added } = await register(codes);
    saveFile(`codes-${poll.pollId.slice(2, 10)}.csv`, `\ufeffcode\r\n${codes.join('\r\n')}\r\n`, 'text/csv');
    return t('manage.made', { n: added });
  };
  const load = async (file: File) => {
    const cells = parseCsv(await file.text()).map((row) => row[0] ?? '');
    const codes = /^(code|코드)$/i.test(cells[0] ?? '') ? cells.slice(1) : cells;
    const { added, alreadyKnown } = await register(codes);
    return t('manage.loaded', { added, known: alreadyKnown });
  };
  return (
    <section class="part boxed">
      <h2>{t('manage.roll')}</h2>
      <p>{t('manage.roll.text')}</p>
      {error !== undefined && <Failure error={error} />}
      {done && <Notice kind="success">{done}</Notice>}
      {busy && <Busy what={t('busy.send')} />}
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void run(make);
        }}
      >
        <TextField
          label={t('manage.make')}
          type="number"
          inputMode="numeric"
          value={count}
          onValue={setCount}
        />
        <div class="row">
          <button type="submit" class="krds-btn medium secondary" disabled={busy || !(Number(count) >= 1)}>
            {t('manage.make.do')}
          </button>
        </div>
      </form>
      <FileField
        label={t('manage.csv')}
        accept=".csv,text/csv,text/plain"
        onFile={(file) => run(() => load(file))}
      />
    </section>
  );
}

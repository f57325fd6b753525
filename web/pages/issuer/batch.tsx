/** A list of people: load, check each row, sign once, see each credential recorded. */
import { useRef, useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { messageOf, newKey } from '../../lib/api.ts';
import { csvLine, parseCsv } from '../../lib/csv.ts';
import { say, t } from '../../lib/lang.ts';
import { type CheckedRows, checkRows, columnsOf } from '../../lib/rows.ts';
import { saveFile } from '../../lib/save.ts';
import { resolve } from '../../lib/schema.ts';
import type { ActionInfo, ServiceInfo } from '../../lib/services.ts';
import type { Session } from '../../lib/session.ts';
import type { Act } from '../../lib/signing.ts';
import { FileField } from '../../parts/field.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignSheet } from '../../parts/sign-sheet.tsx';
import { Table } from '../../parts/table.tsx';
import { BatchProgress } from './batch-progress.tsx';

const MAX = 1000;

interface Result {
  readonly status: number;
  readonly entryId?: Hex;
  readonly error?: { readonly detail?: string };
}

export function Batch({
  service,
  action,
  session,
}: {
  service: ServiceInfo;
  action: ActionInfo;
  session: Session;
}) {
  const schema = resolve(action.input, action.input);
  const [checked, setChecked] = useState<CheckedRows>();
  const [error, setError] = useState<unknown>();
  const [act, setAct] = useState<Act>();
  const [results, setResults] = useState<readonly Result[]>();
  const key = useRef(newKey());
  const columns = columnsOf(schema);
  const bad = checked?.rows.filter((row) => row.problems.length > 0).length ?? 0;

  const open = async (file: File) => {
    setError(undefined);
    const table = parseCsv(await file.text());
    if (table.length < 2) return setError(new Error(t('issuer.csv.empty')));
    if (table.length > MAX + 1) return setError(new Error(t('issuer.csv.many')));
    key.current = newKey();
    setChecked(checkRows(table, schema));
  };
  const sample = () => {
    const example = (action.example ?? {}) as Record<string, unknown>;
    const lines = [columns.map(({ name }) => name), columns.map(({ name }) => String(example[name] ?? ''))];
    saveFile(`${action.name}.csv`, `\ufeff${lines.map(csvLine).join('\r\n')}\r\n`, 'text/csv');
  };
  if (results) {
    const accepted = results.flatMap(({ entryId }) => (entryId ? [entryId] : []));
    const refused = results.filter(({ error: problem }) => problem !== undefined);
    return (
      <div class="part">
        <BatchProgress entryIds={accepted} />
        {refused.length > 0 && (
          <Notice kind="danger" title={t('issuer.failed', { n: refused.length })}>
            <p>{refused[0]?.error?.detail}</p>
          </Notice>
        )}
      </div>
    );
  }
  return (
    <div class="part">
      <FileField
        label={t('issuer.csv')}
        hint={t('issuer.csv.hint', {
          names: columns.map(({ name, label }) => `${name} (${label})`).join(', '),
        })}
        accept=".csv,text/csv"
        onFile={open}
      />
      <div>
        <button type="button" class="krds-btn small tertiary" onClick={sample}>
          {t('issuer.csv.sample')}
        </button>
      </div>
      {error !== undefined && <Failure error={new Error(messageOf(error))} />}
      {checked && (
        <>
          {checked.unknownColumns.length > 0 && (
            <Notice kind="warning">
              {t('issuer.csv.unknown', { names: checked.unknownColumns.join(', ') })}
            </Notice>
          )}
          {bad > 0 ? (
            <Notice kind="danger" title={t('issuer.rows.bad', { n: bad })} />
          ) : (
            <Notice kind="success" title={t('issuer.rows.good', { n: checked.rows.length })} />
          )}
          <Rows checked={checked} names={columns.filter(({ required }) => required)} />
          <div class="row end">
            <button
              type="button"
              class="krds-btn xlarge"
              disabled={bad > 0}
              onClick={() =>
                setAct({
                  service: service.id,
                  action: action.name,
                  body: checked.rows.map((row) => row.input),
                  key: key.current,
                })
              }
            >
              {t('issuer.issue', { n: checked.rows.length })}
            </button>
          </div>
        </>
      )}
      {act && (
        <SignSheet
          act={act}
          what={say(action.summary)}
          session={session}
          onDone={(answer) => {
            setAct(undefined);
            setResults(Array.isArray(answer) ? (answer as Result[]) : [answer as Result]);
          }}
          onClose={(failure) => {
            setAct(undefined);
            setError(failure);
          }}
        />
      )}
    </div>
  );
}

const SHOWN = 200;

function Rows({
  checked,
  names,
}: {
  checked: CheckedRows;
  names: readonly { name: string; label: string }[];
}) {
  // Rows to correct come first; the rest is cut, the count above says how many there are.
  const numbered = checked.rows.map((row, i) => ({ ...row, number: i + 2 }));
  const ordered = numbered.toSorted((a, b) => b.problems.length - a.problems.length).slice(0, SHOWN);
  return (
    <Table
      caption={t('issuer.rows')}
      rows={ordered}
      columns={[
        { title: t('issuer.row'), numeric: true, cell: (row) => row.number },
        ...names.map(({ name, label }) => ({
          title: label,
          cell: (row: (typeof ordered)[number]) => String(row.input[name] ?? ''),
        })),
        {
          title: t('issuer.row.check'),
          cell: (row) =>
            row.problems.length === 0 ? (
              <span class="check-status passed">{t('issuer.row.good')}</span>
            ) : (
              <span class="wrong">{row.problems.join(' · ')}</span>
            ),
        },
      ]}
    />
  );
}

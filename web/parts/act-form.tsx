/** An act of an organisation from a form to its record: fill in, check, sign, follow. */
import { useRef, useState } from 'preact/hooks';
import type { Hex } from '../../server/core/bytes.ts';
import { ApiError, newKey } from '../lib/api.ts';
import { dropDraft, keepDraft, keptDraft } from '../lib/drafts.ts';
import { useFocus } from '../lib/focus.ts';
import { say, t } from '../lib/lang.ts';
import { cleaned, emptyOf, fillGood, missingIn, resolve, type Value } from '../lib/schema.ts';
import type { ActionInfo, ServiceInfo } from '../lib/services.ts';
import type { Session } from '../lib/session.ts';
import type { Act } from '../lib/signing.ts';
import { EntryProgress } from './entry-progress.tsx';
import { Failure, Notice } from './notice.tsx';
import { SchemaFields } from './schema-form.tsx';
import { SignSheet } from './sign-sheet.tsx';

export interface ActFormProps {
  readonly service: ServiceInfo;
  readonly action: ActionInfo;
  readonly session: Session;
  /** Fields in parts with a title each; without it all in one. */
  readonly layout?: readonly (readonly [title: string, fields: readonly string[]])[];
  readonly initial?: Value;
  /** What the form is about, so that its draft is not taken for another's. */
  readonly about?: string;
  readonly onRecorded?: (answer: unknown) => void;
}

export function ActForm({ service, action, session, layout, initial, about, onRecorded }: ActFormProps) {
  const root = action.input;
  const schema = resolve(root, root);
  const place = [service.id, action.name, ...(about === undefined ? [] : [about])].join('/');
  const kept = initial === undefined || about !== undefined ? keptDraft(place) : undefined;
  const [value, setValue] = useState<Value>(() => merged(emptyOf(schema, root), kept ?? initial));
  const [isKept, setKept] = useState(kept !== undefined);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [error, setError] = useState<unknown>();
  const [act, setAct] = useState<Act>();
  const [entryId, setEntryId] = useState<Hex>();
  const key = useRef(newKey());
  const form = useRef<HTMLFormElement>(null);
  // A picture that arrives after the signature changes nothing any more.
  const isOver = useRef(false);
  useFocus(
    () =>
      error === undefined
        ? undefined
        : form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .wrong'),
    [error],
  );

  const change = (next: Value) => {
    if (isOver.current) return;
    setValue(next);
    keepDraft(place, next);
    const missing = missingIn(schema, next, root);
    const isStill = (path: string, text: string) => text !== t('form.empty') || missing.includes(path);
    setWrong((last) =>
      Object.fromEntries(Object.entries(last).filter(([path, text]) => isStill(path, text))),
    );
  };
  /** Whether something is still empty in these fields that has a good answer. */
  const hasGood = (fields: readonly string[]) =>
    JSON.stringify(fillGood(schema, value, root, fields)) !== JSON.stringify(value);
  const restart = () => {
    isOver.current = false;
    dropDraft(place);
    key.current = newKey();
    setValue(about === undefined ? emptyOf(schema, root) : merged(emptyOf(schema, root), initial));
    setKept(false);
    setEntryId(undefined);
    setWrong({});
    setError(undefined);
  };
  const send = () => {
    const missing = missingIn(schema, value, root);
    setWrong(Object.fromEntries(missing.map((path) => [path, t('form.empty')])));
    setError(missing.length > 0 ? new Error(t('error.form', { n: missing.length })) : undefined);
    if (missing.length === 0)
      setAct({
        service: service.id,
        action: action.name,
        body: cleaned(schema, value, root) ?? {},
        key: key.current,
      });
  };
  const refused = (failure?: unknown) => {
    setAct(undefined);
    if (failure === undefined) return;
    // A refused body is another body next time: the key of the old one would be refused.
    key.current = newKey();
    setError(failure);
    if (failure instanceof ApiError) setWrong(failure.wrong);
  };
  const done = (answer: unknown) => {
    isOver.current = true;
    setAct(undefined);
    dropDraft(place);
    setEntryId((answer as { entryId?: Hex }).entryId);
    onRecorded?.(answer);
  };

  if (entryId)
    return (
      <div class="part">
        <EntryProgress entryId={entryId} done={t('entry.receipted')} />
        <div>
          <button type="button" class="krds-btn large secondary" onClick={restart}>
            {t('form.again')}
          </button>
        </div>
      </div>
    );
  const sections = layout ?? [['', Object.keys(schema.properties ?? {})] as const];
  return (
    <form
      ref={form}
      class="part"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isKept && (
        <Notice kind="info" title={t('form.kept')}>
          <button type="button" class="krds-btn small secondary" onClick={restart}>
            {t('form.drop')}
          </button>
        </Notice>
      )}
      {sections.map(([title, fields]) => (
        <section class="part" key={title}>
          {title && (
            <div class="row between">
              <h2>{title}</h2>
              {hasGood(fields) && (
                <button
                  type="button"
                  class="krds-btn small tertiary"
                  onClick={() => change(fillGood(schema, value, root, fields))}
                >
                  {t('form.good')} <span class="sr-only">{title}</span>
                </button>
              )}
            </div>
          )}
          <SchemaFields
            path=""
            schema={schema}
            root={root}
            value={value}
            wrong={wrong}
            only={fields}
            onValue={change}
          />
        </section>
      ))}
      {error !== undefined && (
        <Failure error={error}>
          <ul class="list">
            {[...new Set(Object.values(wrong))].map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Failure>
      )}
      <div class="row end">
        <button type="submit" class="krds-btn xlarge">
          {t('form.send')}
        </button>
      </div>
      {act && (
        <SignSheet act={act} what={say(action.summary)} session={session} onDone={done} onClose={refused} />
      )}
    </form>
  );
}

function merged(empty: Value, given: Value): Value {
  if (given === undefined) return empty;
  if (typeof given !== 'object' || Array.isArray(given) || typeof empty !== 'object') return given;
  const both = { ...(empty as object), ...(given as object) };
  return Object.fromEntries(
    Object.keys(both).map((name) => [
      name,
      merged((empty as Record<string, Value>)[name], (given as Record<string, Value>)[name]),
    ]),
  );
}

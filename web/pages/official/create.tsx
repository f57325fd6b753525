import { useRef, useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { ApiError, newKey } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import {
  applyTemplate,
  bodyOf,
  emptyOption,
  type PollDraft,
  seoulLocal,
  type Template,
  wrongIn,
} from '../../lib/poll-draft.ts';
import type { Session } from '../../lib/session.ts';
import type { Act } from '../../lib/signing.ts';
import { EntryProgress } from '../../parts/entry-progress.tsx';
import { ChipField, TextField } from '../../parts/field.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/sign-in.tsx';
import { SignSheet } from '../../parts/sign-sheet.tsx';
import { OptionFields } from './option-fields.tsx';
import { Preview } from './preview.tsx';

const TEMPLATES: readonly Template[] = ['yesno', 'prefer', 'many'];

export function CreatePollPage() {
  return <SignedIn title={t('official.new')}>{(session) => <Create session={session} />}</SignedIn>;
}

function freshDraft(): PollDraft {
  const now = Date.now();
  const empty = { titleKo: '', titleEn: '', textKo: '', textEn: '', options: [emptyOption(), emptyOption()] };
  return applyTemplate(
    { ...empty, min: 1, max: 1, opens: seoulLocal(now, 0), closes: seoulLocal(now, 7) },
    'yesno',
  );
}

function Create({ session }: { session: Session }) {
  const [draft, setDraft] = useState(freshDraft);
  const [template, setTemplate] = useState<Template>('yesno');
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<unknown>();
  const [act, setAct] = useState<Act>();
  const [pollId, setPollId] = useState<Hex>();
  const key = useRef(newKey());
  const change = (part: Partial<PollDraft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    const still = wrongIn(next);
    setWrong((last) => Object.fromEntries(Object.entries(last).filter(([path]) => path in still)));
  };
  const send = () => {
    const found = wrongIn(draft);
    setWrong(found);
    const count = Object.keys(found).length;
    setError(count > 0 ? new Error(t('error.form', { n: count })) : undefined);
    if (count === 0)
      setAct({ service: 'voting', action: 'create-poll', body: bodyOf(draft), key: key.current });
  };
  const refused = (failure?: unknown) => {
    setAct(undefined);
    if (failure === undefined) return;
    key.current = newKey();
    setError(failure);
    if (failure instanceof ApiError) setWrong(failure.wrong);
  };
  if (pollId)
    return (
      <>
        <EntryProgress entryId={pollId} done={t('entry.receipted')} />
        <div>
          <a class="krds-btn large" href={`/official/${pollId}`}>
            {t('create.manage')}
          </a>
        </div>
      </>
    );
  return (
    <form
      class="part"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Notice kind="info">{t('create.frozen')}</Notice>
      <ChipField
        label={t('create.template')}
        kind="radio"
        values={[template]}
        options={TEMPLATES.map((value) => ({ value, label: t(`create.template.${value}`) }))}
        onToggle={(value) => {
          setTemplate(value as Template);
          setDraft(applyTemplate(draft, value as Template));
        }}
      />
      <div class="fields two">
        <TextField
          label={t('create.title.ko')}
          value={draft.titleKo}
          onValue={(titleKo) => change({ titleKo })}
          wrong={wrong.title ?? wrong['title.ko']}
          required
          maxLength={200}
        />
        <TextField
          label={t('create.title.en')}
          value={draft.titleEn}
          onValue={(titleEn) => change({ titleEn })}
          required={false}
          maxLength={200}
        />
        <TextField
          label={t('create.text.ko')}
          lines={4}
          value={draft.textKo}
          onValue={(textKo) => change({ textKo })}
        />
        <TextField
          label={t('create.text.en')}
          lines={4}
          value={draft.textEn}
          onValue={(textEn) => change({ textEn })}
        />
      </div>
      <OptionFields draft={draft} wrong={wrong} onChange={change} />
      <div class="fields two">
        <TextField
          label={t('create.min')}
          type="number"
          value={String(draft.min)}
          onValue={(min) => change({ min: Number(min) })}
          wrong={wrong.minChoices}
        />
        <TextField
          label={t('create.max')}
          type="number"
          value={String(draft.max)}
          onValue={(max) => change({ max: Number(max) })}
          wrong={wrong.maxChoices}
        />
        <TextField
          label={t('create.opens')}
          type="datetime-local"
          value={draft.opens}
          onValue={(opens) => change({ opens })}
          wrong={wrong.opensAt}
        />
        <TextField
          label={t('create.closes')}
          type="datetime-local"
          value={draft.closes}
          onValue={(closes) => change({ closes })}
          wrong={wrong.closesAt}
        />
      </div>
      <Preview draft={draft} />
      {error !== undefined && <Failure error={error} />}
      <div class="row end">
        <button type="submit" class="krds-btn xlarge">
          {t('create.send')}
        </button>
      </div>
      {act && (
        <SignSheet
          act={act}
          what={t('create.what', { title: draft.titleKo })}
          session={session}
          onDone={(answer) => setPollId((answer as { entryId: Hex }).entryId)}
          onClose={refused}
        />
      )}
    </form>
  );
}

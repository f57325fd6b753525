import { t } from '../../lib/lang.ts';
import { useLatest } from '../../lib/latest.ts';
import { emptyOption, type OptionDraft, type PollDraft, shrink } from '../../lib/poll-draft.ts';
import { FileField, TextField } from '../../parts/field.tsx';

const MAX = 64;

interface Props {
  readonly draft: PollDraft;
  readonly wrong: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<PollDraft>) => void;
}

export function OptionFields({ draft, wrong, onChange }: Props) {
  const { options } = draft;
  const set = (i: number, part: Partial<OptionDraft>) =>
    onChange({ options: options.with(i, { ...options[i]!, ...part }) });
  const latest = useLatest({ options, set });
  return (
    <fieldset class="group">
      <legend>{t('poll.options')}</legend>
      {wrong.options && <p class="wrong">{wrong.options}</p>}
      {options.map((option, i) => (
        <div class="part boxed" key={option.id}>
          <div class="fields">
            <TextField
              label={t('create.option', { n: i + 1 })}
              value={option.ko}
              onValue={(ko) => set(i, { ko })}
              wrong={wrong[`options.${i}`] ?? wrong[`options.${i}.ko`]}
              required
              maxLength={200}
            />
            <TextField
              label={t('create.option.en', { n: i + 1 })}
              value={option.en}
              onValue={(en) => set(i, { en })}
              required={false}
              maxLength={200}
            />
            <FileField
              label={t('create.option.image', { n: i + 1 })}
              accept="image/png,image/jpeg,image/webp"
              wrong={wrong[`options.${i}.image`]}
              onFile={async (file) => {
                const image = await shrink(file);
                const { options: all, set: change } = latest.current;
                const at = all.findIndex(({ id }) => id === option.id);
                if (image !== undefined && at >= 0) change(at, { image });
              }}
            />
            {option.image && (
              <TextField
                label={t('create.option.alt', { n: i + 1 })}
                value={option.alt}
                onValue={(alt) => set(i, { alt })}
                maxLength={200}
              />
            )}
          </div>
          {options.length > 2 && (
            <div>
              <button
                type="button"
                class="krds-btn small tertiary"
                onClick={() => onChange({ options: options.filter((_, at) => at !== i) })}
              >
                {t('create.option.remove', { n: i + 1 })}
              </button>
            </div>
          )}
        </div>
      ))}
      <div>
        <button
          type="button"
          class="krds-btn medium secondary"
          disabled={options.length >= MAX}
          onClick={() => onChange({ options: [...options, emptyOption()] })}
        >
          {t('create.option.add')}
        </button>
      </div>
    </fieldset>
  );
}

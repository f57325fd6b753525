/** One question of a form: label, input, hint and what is wrong, tied together for a screen reader. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../lib/lang.ts';

export interface FieldText {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  readonly required?: boolean | undefined;
}

function Field(props: FieldText & { children: (ids: InputTies) => ComponentChildren }) {
  const id = useId();
  const hintId = props.hint ? `${id}-hint` : undefined;
  const wrongId = props.wrong ? `${id}-wrong` : undefined;
  const ties: InputTies = {
    id,
    ...(hintId || wrongId ? { 'aria-describedby': [hintId, wrongId].filter(Boolean).join(' ') } : {}),
    ...(props.wrong ? { 'aria-invalid': 'true' as const } : {}),
    ...(props.required ? { 'aria-required': 'true' as const } : {}),
  };
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        <Must required={props.required} />
      </label>
      {props.children(ties)}
      {props.hint && (
        <p class="hint" id={hintId}>
          {props.hint}
        </p>
      )}
      {props.wrong && (
        <p class="wrong" id={wrongId}>
          {props.wrong}
        </p>
      )}
    </div>
  );
}

export interface InputTies {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: 'true';
  readonly 'aria-required'?: 'true';
}

function Must({ required }: { required?: boolean | undefined }) {
  if (required === undefined) return null;
  return <span class={required ? 'must' : 'may'}>{t(required ? 'form.required' : 'form.optional')}</span>;
}

type AutoFill = 'off' | 'name' | 'username';

type TextProps = FieldText & {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'number' | 'date' | 'datetime-local' | 'password';
  readonly inputMode?: 'numeric' | 'text';
  readonly lines?: number;
  readonly autoComplete?: AutoFill;
  readonly maxLength?: number | undefined;
};

export function TextField(props: TextProps) {
  return (
    <Field {...props}>
      {(ties) =>
        props.lines ? (
          <textarea
            class="krds-input"
            rows={props.lines}
            value={props.value}
            onInput={(event) => props.onValue(event.currentTarget.value)}
            {...ties}
          />
        ) : (
          <input
            class="krds-input"
            {...kindOfInput(props.type)}
            value={props.value}
            autoComplete={props.autoComplete ?? 'off'}
            {...(props.inputMode ? { inputMode: props.inputMode } : {})}
            {...(props.maxLength ? { maxLength: props.maxLength } : {})}
            onInput={(event) => props.onValue(event.currentTarget.value)}
            {...ties}
          />
        )
      }
    </Field>
  );
}

/** The types of the tags tell roles apart by `type`; no role is set here, so one type stands for all. */
function kindOfInput(type: TextProps['type'] = 'text') {
  return { type } as { type: 'text' };
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function SelectField(
  props: FieldText & { value: string; options: readonly Option[]; onValue: (value: string) => void },
) {
  return (
    <Field {...props}>
      {(ties) => (
        <select
          class="krds-form-select"
          value={props.value}
          onChange={(event) => props.onValue(event.currentTarget.value)}
          {...ties}
        >
          <option value="">{t('action.choose')}</option>
          {props.options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === props.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Few options side by side: one of them, or several. */
export function ChipField(
  props: FieldText & {
    kind: 'radio' | 'checkbox';
    values: readonly string[];
    options: readonly Option[];
    onToggle: (value: string, on: boolean) => void;
  },
) {
  const id = useId();
  return (
    <fieldset class="field">
      <legend>
        {props.label}
        <Must required={props.required} />
      </legend>
      <div class="chips">
        {props.options.map((option) => (
          <div class="krds-form-chip" key={option.value}>
            <input
              type={props.kind}
              class={props.kind}
              name={id}
              id={`${id}-${option.value}`}
              checked={props.values.includes(option.value)}
              onChange={(event) => props.onToggle(option.value, event.currentTarget.checked)}
            />
            <label class="krds-form-chip-outline" for={`${id}-${option.value}`}>
              {option.label}
            </label>
          </div>
        ))}
      </div>
      {props.hint && <p class="hint">{props.hint}</p>}
      {props.wrong && <p class="wrong">{props.wrong}</p>}
    </fieldset>
  );
}

type FileProps = FieldText & { readonly accept: string } & (
    | { readonly onFile: (file: File) => void; readonly onFiles?: never; readonly camera?: never }
    /** Several at once; with `camera` one, as a phone's camera takes it. */
    | { readonly onFiles: (files: readonly File[]) => void; readonly camera?: true; readonly onFile?: never }
  );

export function FileField(props: FileProps) {
  const isCamera = props.camera === true;
  return (
    <Field {...props}>
      {(ties) => (
        <input
          type="file"
          accept={props.accept}
          {...(isCamera ? { capture: 'environment' as const } : {})}
          multiple={props.onFiles !== undefined && !isCamera}
          onChange={(event) => {
            const files = [...(event.currentTarget.files ?? [])];
            if (files.length === 0) return;
            if (props.onFiles) props.onFiles(files);
            else props.onFile(files[0]!);
          }}
          {...ties}
        />
      )}
    </Field>
  );
}

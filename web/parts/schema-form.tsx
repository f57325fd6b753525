/** A form made from the JSON schema of an action, so that a new service has its form without a change here. */
import { localOfSec, secOfLocal } from '../lib/format.ts';
import { t } from '../lib/lang.ts';
import {
  emptyOf,
  fillGood,
  type Group,
  hintOf,
  join,
  kindOf,
  labelOf,
  optionsOf,
  resolve,
  type Schema,
  type Value,
} from '../lib/schema.ts';
import { BodyMap } from './body-map.tsx';
import { ChipField, SelectField, TextField } from './field.tsx';
import { PhotoField } from './photo-field.tsx';

const MOST_PHOTOGRAPHS = 20;

export interface SchemaProps {
  readonly name: string;
  readonly path: string;
  readonly schema: Schema;
  readonly root: Schema;
  readonly value: Value;
  readonly required: boolean;
  /** What is wrong, by path. */
  readonly wrong: Readonly<Record<string, string>>;
  readonly onValue: (value: Value) => void;
}

/** Members of a group, without a frame of their own. */
export function SchemaFields(props: Omit<SchemaProps, 'name' | 'required'> & { only?: readonly string[] }) {
  const { schema, root, path, wrong, onValue } = props;
  const group = (props.value ?? {}) as Group;
  const names = props.only ?? Object.keys(schema.properties ?? {});
  return (
    <div class="fields">
      {names.map((name) => {
        const member = schema.properties?.[name];
        if (!member || member.const !== undefined) return null;
        return (
          <SchemaField
            key={name}
            name={name}
            path={join(path, name)}
            schema={member}
            root={root}
            value={group[name]}
            required={schema.required?.includes(name) ?? false}
            wrong={wrong}
            onValue={(value) => onValue({ ...group, [name]: value })}
          />
        );
      })}
    </div>
  );
}

function SchemaField(props: SchemaProps) {
  const schema = resolve(props.schema, props.root);
  const inner = { ...props, schema };
  switch (kindOf(schema)) {
    case 'object':
      return <GroupField {...inner} />;
    case 'array':
      return <ListField {...inner} />;
    default:
      return <ValueField {...inner} />;
  }
}

function GroupField(props: SchemaProps) {
  const hint = hintOf(props.schema);
  return (
    <fieldset class="group">
      <legend>{labelOf(props.name, props.schema)}</legend>
      {hint && <p class="hint">{hint}</p>}
      {props.wrong[props.path] && <p class="wrong">{props.wrong[props.path]}</p>}
      {!props.required && <FillGood {...props} />}
      <SchemaFields {...props} />
    </fieldset>
  );
}

/** One press for the usual case: nothing found in this group. */
function FillGood({ name, schema, root, value, onValue }: SchemaProps) {
  const good = fillGood(schema, value, root);
  if (JSON.stringify(good) === JSON.stringify(value)) return null;
  return (
    <div>
      <button type="button" class="krds-btn small tertiary" onClick={() => onValue(good)}>
        {t('form.good')} <span class="sr-only">{labelOf(name, schema)}</span>
      </button>
    </div>
  );
}

function ListField(props: SchemaProps) {
  const items = (Array.isArray(props.value) ? props.value : []) as readonly Value[];
  const item = resolve(props.schema.items ?? {}, props.root);
  const label = labelOf(props.name, props.schema);
  const text = {
    label,
    hint: hintOf(props.schema),
    wrong: props.wrong[props.path],
    required: props.required,
  };
  if (props.schema.widget === 'body-diagram')
    return (
      <BodyMap
        {...props}
        item={item}
        text={text}
        members={(mark) => <SchemaFields schema={item} root={props.root} wrong={props.wrong} {...mark} />}
      />
    );
  if (props.schema.widget === 'photographs')
    return (
      <PhotoField
        text={text}
        digests={items.map(String)}
        most={props.schema.maxItems ?? MOST_PHOTOGRAPHS}
        onDigests={props.onValue}
      />
    );
  if (kindOf(item) === 'choice')
    return (
      <ChipField
        {...text}
        kind="checkbox"
        values={items.map(String)}
        options={optionsOf(item)}
        onToggle={(value, on) => props.onValue(on ? [...items, value] : items.filter((one) => one !== value))}
      />
    );
  return (
    <fieldset class="group">
      <legend>{label}</legend>
      {text.hint && <p class="hint">{text.hint}</p>}
      {text.wrong && <p class="wrong">{text.wrong}</p>}
      {items.map((value, i) => (
        <div class="part boxed" key={i}>
          <SchemaField
            {...props}
            name={`${i + 1}`}
            path={join(props.path, String(i))}
            schema={{ ...item, label: item.label ?? { ko: `${label} ${i + 1}`, en: `${label} ${i + 1}` } }}
            value={value}
            required={true}
            onValue={(next) => props.onValue(items.with(i, next))}
          />
          <div>
            <button
              type="button"
              class="krds-btn small tertiary"
              onClick={() => props.onValue(items.filter((_, at) => at !== i))}
            >
              {t('action.remove')} <span class="sr-only">{`${label} ${i + 1}`}</span>
            </button>
          </div>
        </div>
      ))}
      <div>
        <button
          type="button"
          class="krds-btn small secondary"
          disabled={items.length >= (props.schema.maxItems ?? Number.POSITIVE_INFINITY)}
          onClick={() => props.onValue([...items, emptyOf(item, props.root)])}
        >
          {t('action.add')} <span class="sr-only">{label}</span>
        </button>
      </div>
    </fieldset>
  );
}

function ValueField({ name, path, schema, value, required, wrong, onValue }: SchemaProps) {
  const text = { label: labelOf(name, schema), hint: hintOf(schema), wrong: wrong[path], required };
  const kind = kindOf(schema);
  const shown = value === undefined ? '' : String(value);
  if (kind === 'choice') {
    const options = optionsOf(schema);
    const pick = (picked: string) => onValue(schema.enum?.find((one) => String(one) === picked));
    if (options.length > 6) return <SelectField {...text} value={shown} options={options} onValue={pick} />;
    return <ChipField {...text} kind="radio" values={[shown]} options={options} onToggle={pick} />;
  }
  if (kind === 'boolean') {
    const options = [
      { value: 'true', label: t('form.yes') },
      { value: 'false', label: t('form.no') },
    ];
    return (
      <ChipField
        {...text}
        kind="radio"
        values={[shown]}
        options={options}
        onToggle={(v) => onValue(v === 'true')}
      />
    );
  }
  if (kind === 'integer' || kind === 'number') {
    if (/Sec$/.test(name))
      return (
        <TextField
          {...text}
          type="datetime-local"
          value={typeof value === 'number' ? localOfSec(value) : ''}
          onValue={(local) => onValue(local === '' ? undefined : secOfLocal(local))}
        />
      );
    return (
      <TextField
        {...text}
        type="number"
        inputMode="numeric"
        value={shown}
        onValue={(typed) => onValue(typed === '' ? undefined : Number(typed))}
      />
    );
  }
  const isDate = schema.widget === 'date' || schema.format === 'date';
  return (
    <TextField
      {...text}
      type={isDate ? 'date' : 'text'}
      {...(schema.widget === 'textarea' ? { lines: 5 } : {})}
      value={shown}
      maxLength={schema.maxLength}
      onValue={onValue}
    />
  );
}

/** Damage on a car's body: a drawing of the panels and, for each marked one, the kinds of damage as a list. */
import type { ComponentChildren } from 'preact';
import { t } from '../lib/lang.ts';
import { type Group, join, labelOf, optionsOf, resolve, type Schema, type Value } from '../lib/schema.ts';
import type { FieldText } from './field.tsx';

interface Props {
  readonly path: string;
  readonly root: Schema;
  readonly value: Value;
  readonly item: Schema;
  readonly text: FieldText;
  readonly onValue: (value: Value) => void;
  /** Draws the other members of one mark. */
  readonly members: (mark: MarkFields) => ComponentChildren;
}

interface MarkFields {
  readonly path: string;
  readonly value: Value;
  readonly only: readonly string[];
  readonly onValue: (value: Value) => void;
}

export function BodyMap(props: Props) {
  const marks = (Array.isArray(props.value) ? props.value : []) as readonly Group[];
  const part = Object.keys(props.item.properties ?? {}).find((name) => {
    const member = resolve(props.item.properties![name]!, props.root);
    return (member.enum?.length ?? 0) > 8;
  });
  if (part === undefined) return null;
  const panels = optionsOf(resolve(props.item.properties![part]!, props.root));
  const rest = Object.keys(props.item.properties ?? {}).filter((name) => name !== part);
  const toggle = (panel: string, on: boolean) =>
    props.onValue(on ? [...marks, { [part]: panel }] : marks.filter((mark) => mark[part] !== panel));
  return (
    <fieldset class="group">
      <legend>{props.text.label}</legend>
      <p class="hint">{props.text.hint ?? t('body.hint')}</p>
      {props.text.wrong && <p class="wrong">{props.text.wrong}</p>}
      <div class="chips">
        {panels.map((panel) => (
          <div class="krds-form-chip" key={panel.value}>
            <input
              type="checkbox"
              class="checkbox"
              id={`${props.path}-${panel.value}`}
              checked={marks.some((mark) => mark[part] === panel.value)}
              onChange={(event) => toggle(panel.value, event.currentTarget.checked)}
            />
            <label class="krds-form-chip-outline" for={`${props.path}-${panel.value}`}>
              {panel.label}
            </label>
          </div>
        ))}
      </div>
      {marks.map((mark, i) => (
        <fieldset class="group" key={String(mark[part])}>
          <legend>{panels.find((panel) => panel.value === mark[part])?.label ?? labelOf(part, {})}</legend>
          {props.members({
            path: join(props.path, String(i)),
            value: mark,
            only: rest,
            onValue: (next) => props.onValue(marks.with(i, next as Group)),
          })}
        </fieldset>
      ))}
    </fieldset>
  );
}

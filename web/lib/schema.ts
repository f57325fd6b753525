/** The form side of a JSON schema: what to ask, how to call it, and the value in the shape the schema wants. */
import type { Text } from '../../server/services/define.ts';
import { say } from './lang.ts';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly label?: Text;
  readonly title?: string;
  readonly hint?: Text;
  readonly description?: string;
  readonly unit?: Text;
  readonly widget?: 'date' | 'textarea' | 'entry' | 'body-diagram' | 'photographs';
  readonly options?: Readonly<Record<string, Text>>;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly format?: string;
  readonly default?: unknown;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

export type Value =
  | string
  | number
  | boolean
  | undefined
  | readonly Value[]
  | { readonly [name: string]: Value };
export type Group = { readonly [name: string]: Value };

/** Follows references and takes the one branch that is not null. */
export function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace(/^#\/(\$defs|definitions)\//, '');
  const { $ref: _ref, ...own } = schema;
  const found: Schema = name === undefined ? schema : { ...root.$defs?.[name], ...own };
  const branches = (found.anyOf ?? found.oneOf)?.filter((branch) => branch.type !== 'null');
  if (branches?.length === 1) return resolve({ ...branches[0]!, ...labelOnly(found) }, root);
  if (found.allOf?.length === 1) return resolve({ ...found.allOf[0]!, ...labelOnly(found) }, root);
  return found;
}

export function kindOf(schema: Schema): string {
  if (schema.enum) return 'choice';
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== 'null') : schema.type;
  return typeof type === 'string' ? type : schema.properties ? 'object' : 'string';
}

export function labelOf(name: string, schema: Schema): string {
  return say(schema.label) || schema.title || spaced(name);
}

export function hintOf(schema: Schema): string | undefined {
  const text = say(schema.hint) || (schema.hint ? '' : (schema.description ?? ''));
  const unit = say(schema.unit);
  const isSaid = `${text}${say(schema.label)}`.includes(unit);
  return [text, isSaid ? '' : `(${unit})`].filter(Boolean).join(' ') || undefined;
}

export function optionsOf(schema: Schema): { value: string; label: string }[] {
  return (schema.enum ?? []).map((value) => ({
    value: String(value),
    label: say(schema.options?.[value]) || String(value),
  }));
}

/** First value of a form: groups are there, everything else is empty unless the schema has a default. */
export function emptyOf(schema: Schema, root: Schema): Value {
  const found = resolve(schema, root);
  if (found.default !== undefined) return found.default as Value;
  if (found.const !== undefined) return found.const as Value;
  if (kindOf(found) === 'array') return [];
  if (kindOf(found) !== 'object') return undefined;
  return Object.fromEntries(
    Object.entries(found.properties ?? {}).map(([name, member]) => [name, emptyOf(member, root)]),
  );
}

/** The value as it is sent: what was left empty is left out, and a group that is optional and empty too. */
export function cleaned(schema: Schema, value: Value, root: Schema): Value {
  const found = resolve(schema, root);
  if (Array.isArray(value)) {
    const items = value
      .map((item) => cleaned(found.items ?? {}, item, root))
      .filter((item) => item !== undefined);
    return items.length === 0 && (found.minItems ?? 0) === 0 ? undefined : items;
  }
  if (typeof value === 'object') {
    const members = Object.entries(value as Group).flatMap(([name, member]) => {
      const kept = cleaned(found.properties?.[name] ?? {}, member, root);
      const isNeeded = found.required?.includes(name);
      const empty = resolve(found.properties?.[name] ?? {}, root);
      if (kept === undefined && isNeeded && kindOf(empty) === 'array') return [[name, []] as const];
      if (kept === undefined && isNeeded && kindOf(empty) === 'object') return [[name, {}] as const];
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return members.length === 0 ? undefined : Object.fromEntries(members);
  }
  return value === '' ? undefined : value;
}

/** Required members that are still empty, by path. */
export function missingIn(schema: Schema, value: Value, root: Schema, path = ''): string[] {
  const found = resolve(schema, root);
  if (Array.isArray(value))
    return value.flatMap((item, i) => missingIn(found.items ?? {}, item, root, join(path, String(i))));
  if (kindOf(found) !== 'object') return [];
  const group = (value ?? {}) as Group;
  return Object.entries(found.properties ?? {}).flatMap(([name, member]) => {
    const at = join(path, name);
    const inner = group[name];
    const isNeeded = found.required?.includes(name) ?? false;
    const isEmpty = cleaned(member, inner, root) === undefined;
    if (isEmpty && !isNeeded) return [];
    const kind = kindOf(resolve(member, root));
    if (isEmpty && kind !== 'object' && kind !== 'array') return [at];
    return missingIn(member, inner, root, at);
  });
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function labelOnly(schema: Schema): Partial<Schema> {
  const { label, hint, unit, widget, options, title, description } = schema;
  const all = { label, hint, unit, widget, options, title, description };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** odometerKm -> odometer km */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** Answers that say "nothing found". */
const GOOD = ['good', 'none', 'ok', 'normal', 'right'];

/**
 * Fills every empty choice that has to be answered with its good answer, if it has one. Optional ones stay empty: a part that
 * is left out is one the car does not have.
 */
export function fillGood(schema: Schema, value: Value, root: Schema, only?: readonly string[]): Value {
  const found = resolve(schema, root);
  if (kindOf(found) === 'choice') {
    if (value !== undefined && value !== '') return value;
    return found.enum?.find((one) => GOOD.includes(String(one)));
  }
  if (kindOf(found) !== 'object') return value;
  const group = (value ?? {}) as Group;
  const filled = Object.entries(found.properties ?? {}).map(([name, member]) => {
    const isMeant = (only === undefined || only.includes(name)) && found.required?.includes(name);
    return [name, isMeant ? fillGood(member, group[name], root) : group[name]] as const;
  });
  return Object.fromEntries(filled);
}

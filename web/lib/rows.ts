/** Rows of a CSV as inputs of an act: columns by field name or label, values by value or text, each row checked. */
import { t } from './lang.ts';
import {
  type Group,
  kindOf,
  labelOf,
  missingIn,
  optionsOf,
  resolve,
  type Schema,
  type Value,
} from './schema.ts';

export interface CheckedRow {
  readonly input: Group;
  /** What to correct; empty = can be sent. */
  readonly problems: readonly string[];
}

export interface CheckedRows {
  readonly rows: readonly CheckedRow[];
  readonly unknownColumns: readonly string[];
}

export function columnsOf(schema: Schema): { name: string; label: string; required: boolean }[] {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    label: labelOf(name, resolve(member, schema)),
    required: schema.required?.includes(name) ?? false,
  }));
}

export function checkRows(table: readonly (readonly string[])[], schema: Schema): CheckedRows {
  const [head = [], ...lines] = table;
  const columns = columnsOf(schema);
  const found = head.map((title) => columns.find(({ name, label }) => name === title || label === title));
  const rows = lines.map((line) => {
    const problems: string[] = [];
    const members = found.flatMap((column, i) => {
      const cell = line[i] ?? '';
      if (!column || cell === '') return [];
      const value = cellValue(cell, resolve(schema.properties![column.name]!, schema));
      if (value === undefined) problems.push(t('issuer.row.value', { name: column.label }));
      return [[column.name, value] as const];
    });
    const input = Object.fromEntries(members);
    const missing = missingIn(schema, input, schema).map(
      (path) => columns.find(({ name }) => name === path)?.label ?? path,
    );
    const given =
      problems.length === 0
        ? missing
        : missing.filter((name) => !problems.some((one) => one.startsWith(name)));
    if (given.length > 0) problems.push(t('issuer.row.missing', { names: given.join(', ') }));
    return { input, problems };
  });
  return { rows, unknownColumns: head.filter((_, i) => found[i] === undefined) };
}

function cellValue(cell: string, schema: Schema): Value {
  const kind = kindOf(schema);
  if (kind === 'choice') {
    const option = optionsOf(schema).find(({ value, label }) => value === cell || label === cell);
    return schema.enum?.find((one) => String(one) === option?.value);
  }
  if (kind === 'integer' || kind === 'number') return /^-?\d+$/.test(cell) ? Number(cell) : undefined;
  if (schema.widget === 'date') {
    const day = cell.replace(/[./]/g, '-');
    return /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined;
  }
  return cell;
}

/** Command line of the bench. */
import { parseArgs } from 'node:util';
import { isWrongOption, wrongOptionLine } from '../../server/core/arguments.ts';
import type { Mode } from './counts.ts';
import type { Measure } from './measure.ts';

export interface Options {
  readonly mode: Mode;
  readonly json: boolean;
  readonly out?: string;
  readonly measures: readonly Measure[];
}

/** Told to the user as it is; exit status 2. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

/** @returns undefined when help was asked for. @throws WrongOption */
export function readOptions(
  args: readonly string[],
  measures: readonly Measure[],
  onNetwork: readonly Measure[],
): Options | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  if (values.quick === true && values.full === true)
    throw new WrongOption('--quick and --full exclude each other');
  if (values.network === true && values.only !== undefined)
    throw new WrongOption('--network and --only exclude each other');
  return {
    mode: values.quick === true ? 'quick' : values.full === true ? 'full' : 'usual',
    json: values.json === true,
    measures: values.network === true ? onNetwork : chosen(values.only, measures),
    ...(values.out !== undefined && { out: filled('--out', values.out) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        json: { type: 'boolean' },
        out: { type: 'string' },
        only: { type: 'string' },
        network: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw isWrongOption(error) ? new WrongOption(wrongOptionLine(error)) : error;
  }
}

function chosen(only: string | undefined, measures: readonly Measure[]): readonly Measure[] {
  if (only === undefined) return measures;
  const ids = filled('--only', only)
    .split(',')
    .map((id) => id.trim());
  const unknown = ids.filter((id) => !measures.some((measure) => measure.id === id));
  if (unknown.length > 0)
    throw new WrongOption(
      `--only: no measure "${unknown.join('", "')}". There are: ${measures.map(({ id }) => id).join(', ')}`,
    );
  return measures.filter(({ id }) => ids.includes(id));
}

function filled(name: string, value: string): string {
  if (value.trim() === '') throw new WrongOption(`${name} needs a value`);
  return value;
}

export function help(measures: readonly Measure[]): string {
  return [
    'npm run bench -- [--quick | --full] [--network | --only a,b] [--json] [--out FILE]',
    '',
    '  --quick      small counts: shows that everything works, its figures mean nothing',
    '  --full       also restarts with 100,000 entries (some minutes more)',
    '  --network    on four validators with their witnesses instead of the embedded chain',
    '  --only a,b   these measures only; ratios need the measures they refer to (naive, limit)',
    '  --json       the result as JSON on standard output instead of the table',
    '  --out FILE   the result as JSON in a file as well',
    '',
    'Measures:',
    ...measures.map(({ id, what }) => `  ${id.padEnd(12)} ${what}`),
  ].join('\n');
}

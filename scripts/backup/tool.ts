/** What both tools do with their arguments and their errors. */
import { parseArgs } from 'node:util';
import { isWrongOption } from '../../server/core/arguments.ts';
import { AppError } from '../../server/core/errors.ts';
import { startupLine } from '../../server/http/startup-lines.ts';

const WORDS: Readonly<Record<string, string>> = {
  BACKUP_EXISTS: 'OUT is there already, or its parent is not',
  BACKUP_MISSING: 'there is no whole backup: manifest.json is missing',
  BACKUP_DAMAGED: 'the backup is damaged',
  DATA_NOT_EMPTY: 'the folder is not empty',
  DATA_MISSING: 'there is no such data folder',
  STORE_PRESENT: 'there is a store in it: move it away first',
  STORE_LOCKED: 'a gateway is running on this data: give --url, or stop it first',
  GATEWAY_UNREACHABLE: 'the gateway does not answer',
  GATEWAY_REFUSED: 'the gateway refuses',
  SNAPSHOT_DAMAGED: 'the copy of the store is damaged or broke off',
};

type Options = Readonly<Record<string, string>>;

/** Prints what `work` returns; its help and exit code 2 when it returns nothing. */
export async function runTool(
  name: string,
  help: string,
  defaults: Options,
  work: (positionals: readonly string[], options: Options) => Promise<string | undefined>,
): Promise<void> {
  const strings = Object.entries(defaults).map(
    ([key, value]) => [key, { type: 'string', default: value }] as const,
  );
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { ...Object.fromEntries(strings), help: { type: 'boolean', default: false } },
    });
    const said = values.help === true ? help : await work(positionals, values as unknown as Options);
    console.log(said ?? help);
    process.exitCode = said === undefined ? 2 : 0;
  } catch (error) {
    const known = error instanceof AppError ? WORDS[error.code] : undefined;
    if (error instanceof AppError && known !== undefined)
      console.error(`${name}: ${known} ${JSON.stringify(error.details)} [${error.code}]`);
    else console.error(`${name}: ${startupLine(error)}`);
    process.exitCode = isWrongOption(error) ? 2 : 1;
  }
}

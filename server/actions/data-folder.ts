/** The folder of everything that must be kept, and the passphrase of what is secret in it. */
import { randomBytes } from 'node:crypto';
import { access, chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../core/errors.ts';
import { writeDurably } from '../store/write-file.ts';

export interface DataFolder {
  readonly store: string;
  readonly chain: string;
  readonly vault: string;
  readonly log: string;
  readonly logKey: string;
  readonly witness: string;
  readonly deployment: string;
  readonly trust: string;
  /** Every version of the trust file that was made here. */
  readonly trusts: string;
  readonly passphrase: string;
}

/** Readable by its owner only. @throws AppError DATA_READ_ONLY | DATA_NOT_FOLDER */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path);
  const within = (name: string) => join(folder, name);
  try {
    await makeFolder(folder);
    await chmod(folder, 0o700);
    await makeFolder(within('keys'));
    await makeFolder(within('trusts'));
    await writeFile(within('.writable'), '');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new AppError(
      /ENOTDIR|EEXIST/.test(code) ? 'DATA_NOT_FOLDER' : 'DATA_READ_ONLY',
      { folder, code },
      error,
    );
  }
  return {
    store: within('store'),
    chain: within('chain'),
    vault: within('keys/vault'),
    log: within('log'),
    logKey: within('keys/log.json'),
    witness: within('witness'),
    deployment: within('deployment.json'),
    trust: within('trust.json'),
    trusts: within('trusts'),
    passphrase: within('keys/passphrase'),
  };
}

/** Not Node's recursive mkdir, which never returns where the system says ENOENT for good, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  const make = async () => {
    await mkdir(path, { mode: 0o700 });
  };
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  });
}

/**
 * From the operator's file; else from our own, which is made once, before there is anything sealed under it.
 * @throws AppError PASSPHRASE_MISSING | PASSPHRASE_EMPTY
 */
export async function readPassphrase(folder: DataFolder, file: string | undefined): Promise<string> {
  const path = file === undefined ? folder.passphrase : resolve(file);
  const found = await readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    const isFirstStart = (await readdir(folder.vault).catch(() => [])).length === 0;
    if (file !== undefined || error.code !== 'ENOENT' || !isFirstStart)
      throw new AppError('PASSPHRASE_MISSING', { file: path }, error);
    const made = `${randomBytes(32).toString('hex')}\n`;
    await writeDurably(path, made);
    return made;
  });
  const passphrase = found.replace(/\r?\n$/, '');
  if (passphrase === '') throw new AppError('PASSPHRASE_EMPTY', { file: path });
  return passphrase;
}

/**
 * A part that got lost must not be made anew in silence: new keys open nothing, and a new store has forgotten what was promised.
 * @throws AppError DATA_INCOMPLETE
 */
export async function mustBeComplete(
  folder: DataFolder,
  { chain, log, witness }: { readonly chain: boolean; readonly log: boolean; readonly witness: boolean },
): Promise<void> {
  const parts = [
    folder.store,
    ...['originals', 'subjects', 'key.administrator'].map((name) => join(folder.vault, `${name}.json`)),
    ...(log ? [folder.logKey] : []),
    ...(chain ? [folder.chain] : []),
    ...(witness ? [join(folder.witness, 'witness-key.json')] : []),
  ];
  for (const path of parts)
    await access(path).catch((error) => {
      throw new AppError('DATA_INCOMPLETE', { path }, error);
    });
}

/** undefined when there is none. @throws AppError DATA_CORRUPT when it is no JSON, or not what `isWhole` asks for */
export async function readJsonFile<T>(
  path: string,
  isWhole: (value: unknown) => boolean = () => true,
): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isWhole(value)) return value as T;
  } catch (error) {
    throw new AppError('DATA_CORRUPT', { file: path }, error);
  }
  throw new AppError('DATA_CORRUPT', { file: path });
}

export function writeJsonFile(path: string, value: unknown): Promise<void> {
  return writeDurably(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

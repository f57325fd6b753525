import { type FileHandle, open } from 'node:fs/promises';

type Own = Pick<FileHandle, 'datasync' | 'sync' | 'write'>;
type Calls = Partial<Record<keyof Own, unknown>>;

/** Meanwhile all files have these calls, made of their own ones. Of the store the commit log uses them; LevelDB has code of its own. */
export async function withFileCalls(replace: (own: Own) => Calls, act: () => Promise<void>): Promise<void> {
  const file = await open('/dev/null');
  const files = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const own: Own = { datasync: files.datasync, sync: files.sync, write: files.write };
  Object.assign(files, replace(own));
  try {
    await act();
  } finally {
    Object.assign(files, own);
  }
}

/**
 * The file system refuses these calls.
 * @param before awaited by each call before it fails
 */
export function whileFilesFail(
  calls: readonly (keyof Own)[],
  act: () => Promise<void>,
  { code = 'EIO', before = async () => {} } = {},
): Promise<void> {
  const words = code === 'ENOSPC' ? 'no space left on device' : 'i/o error';
  const fail = async () => {
    await before();
    throw Object.assign(new Error(`${code}: ${words}`), { code });
  };
  return withFileCalls(() => Object.fromEntries(calls.map((call) => [call, fail])), act);
}

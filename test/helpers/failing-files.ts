import { type FileHandle, open } from 'node:fs/promises';

type Call = 'datasync' | 'sync' | 'write' | 'writeFile';

/**
 * The file system refuses these calls to files meanwhile. Of the store the commit log makes them; LevelDB has code of its own.
 * @param before awaited by each call before it fails
 */
export async function whileFilesFail(
  calls: readonly Call[],
  act: () => Promise<void>,
  { code = 'EIO', before = async () => {} } = {},
): Promise<void> {
  const file = await open('/dev/null');
  const files = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const originals = Object.fromEntries(calls.map((call) => [call, files[call]]));
  const fail = async () => {
    await before();
    throw Object.assign(
      new Error(`${code}: ${code === 'ENOSPC' ? 'no space left on device' : 'i/o error'}`),
      { code },
    );
  };
  Object.assign(files, Object.fromEntries(calls.map((call) => [call, fail])));
  try {
    await act();
  } finally {
    Object.assign(files, originals);
  }
}

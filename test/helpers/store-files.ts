/** Damage to the files of a store. */
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The newest log in this folder, of LevelDB or of commits. */
export async function newest(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
  return join(folder, names.at(-1)!);
}

/** What is behind it are zeros. */
export async function usedOf(path: string): Promise<number> {
  const content = await readFile(path);
  let used = content.length;
  while (content[used - 1] === 0) used--;
  return used;
}

/** Takes so many bytes from its end. */
export async function cutUsed(path: string, bytes: number): Promise<void> {
  await truncate(path, (await usedOf(path)) - bytes);
}

/** One bit. */
export async function flip(path: string, at: number): Promise<void> {
  const content = await readFile(path);
  content[at]! ^= 1 << (at % 8);
  await writeFile(path, content);
}

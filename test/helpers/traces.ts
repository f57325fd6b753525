import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a folder that holds one of the needles: `path: needle`. */
export async function filesHolding(folder: string, needles: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    // The gateway goes on, and may have moved it: then all are looked at anew.
    if (bytes === undefined) return filesHolding(folder, needles);
    for (const needle of needles) if (bytes.includes(needle)) found.push(`${path}: ${needle}`);
  }
  return found;
}

/** Finds the machine's own Chromium: tests bring a driver, never a browser. */
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FIXED = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Path of the browser; the variable CHROMIUM names another. undefined when there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    process.env.CHROMIUM ?? '',
    ...folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`)),
    ...FIXED,
  ];
  return candidates.find((path) => path !== '' && existsSync(path));
}

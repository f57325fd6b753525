/**
 * The file of secrets that a gateway shares with its standbys: one line `TOKEN` for all of them, or one line `URL TOKEN` for each,
 * so that a thief at one of them can do nothing at another.
 */
import { addressOf } from './standby-set.ts';

const MIN_LENGTH = 32;

/**
 * undefined when the file has none for this standby, or one that could be guessed.
 * @param url absent where the file must hold one for all
 */
export function tokenIn(text: string, url?: string): string | undefined {
  const lines = text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    return words[0] === '' ? [] : [words];
  });
  const isForAll = lines.length === 1 && lines[0]!.length === 1;
  const found = isForAll ? lines[0]![0] : lines.find(([of]) => isSame(of!, url))?.[1];
  return found !== undefined && found.length >= MIN_LENGTH ? found : undefined;
}

function isSame(of: string, url: string | undefined): boolean {
  return url !== undefined && URL.canParse(of) && addressOf(of) === addressOf(url);
}

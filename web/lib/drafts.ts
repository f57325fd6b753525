/** What is being written stays on the device until it is recorded: a closed page or a lost network loses nothing. */
import type { Value } from './schema.ts';

const PREFIX = 'sillok.draft.';

export function keptDraft(place: string): Value {
  try {
    const kept = sessionStorage.getItem(PREFIX + place);
    return kept === null ? undefined : (JSON.parse(kept) as Value);
  } catch {
    return undefined;
  }
}

export function keepDraft(place: string, value: Value): void {
  try {
    sessionStorage.setItem(PREFIX + place, JSON.stringify(value));
  } catch {
    // A full or forbidden storage only means that nothing is kept.
  }
}

export function dropDraft(place: string): void {
  sessionStorage.removeItem(PREFIX + place);
}

/** The answer of every verification: a list of named checks, the same in gateway, page and command line. */
export interface Check {
  /** Stable code with words in both languages. */
  readonly id: string;
  /** `skipped`: could not be decided with what is at hand; `details.reason` says why. */
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Values behind the outcome, ready for the words (for instance {k: 3, n: 4}). */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** `unknown`: nothing is wrong, but too little is known to say valid (for instance no trusted witness key at hand). */
export interface Verdict {
  readonly outcome: 'valid' | 'invalid' | 'unknown';
  readonly checks: readonly Check[];
}

export function passed(id: string, details?: Check['details']): Check {
  return details === undefined ? { id, status: 'passed' } : { id, status: 'passed', details };
}

export function failed(id: string, reason: string, details: Check['details'] = {}): Check {
  return { id, status: 'failed', details: { ...details, reason } };
}

export function skipped(id: string, reason: string, details: Check['details'] = {}): Check {
  return { id, status: 'skipped', details: { ...details, reason } };
}

/** One failed check makes the whole invalid; of the required ones, one skipped makes it unknown. */
export function outcomeOf(required: readonly Check[], further: readonly Check[] = []): Verdict['outcome'] {
  if ([...required, ...further].some((check) => check.status === 'failed')) return 'invalid';
  return required.every((check) => check.status === 'passed') ? 'valid' : 'unknown';
}

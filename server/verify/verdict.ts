/** The answer of every verification: a list of named checks, the same in gateway, page and command line. */
export interface Check {
  /** Stable code with words in both languages. */
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Values behind the outcome, ready for the words (for instance {k: 3, n: 4}). */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** `unknown`: nothing is wrong, but too little is known to say valid (for instance no trusted witness key at hand). */
export interface Verdict {
  readonly outcome: 'valid' | 'invalid' | 'unknown';
  readonly checks: readonly Check[];
}

/** What an audit found: one line of evidence for each place where two accounts of the same thing differ. */
export interface Finding {
  /** Which comparison: see {@link AUDIT_CHECKS}. */
  readonly check: AuditCheck;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

export const AUDIT_CHECKS = {
  'contract-code': 'the contracts hold the code they were deployed with',
  'log-files': 'every tile and bundle of the log holds what the chain says',
  'log-checkpoint': 'the checkpoint is signed, witnessed and the root of exactly these entries',
  rows: "every row of the gateway's view and every public figure is what the chain's events fold to",
  entries: 'every entry stands where the chain says',
  'contract-state': "the contracts' storage agrees with their own events",
  originals: 'every original kept here is the one committed to',
  publications: 'every public document served here is the one that the chain names by its hash',
  polls: 'every text, picture and roll of a poll published here is the one that the chain binds',
} as const;
export type AuditCheck = keyof typeof AUDIT_CHECKS;

export interface CheckReport {
  readonly check: AuditCheck;
  /** How many things were compared. Nothing compared proves nothing. */
  readonly compared: number;
  readonly findings: readonly Finding[];
}

/** Gathers the findings of one check. */
export class Comparison {
  readonly #check: AuditCheck;
  readonly #findings: Finding[] = [];
  #compared = 0;

  constructor(check: AuditCheck) {
    this.#check = check;
  }

  equal(where: string, expected: unknown, found: unknown): void {
    this.#compared += 1;
    const [left, right] = [show(expected), show(found)];
    if (left !== right) this.#findings.push({ check: this.#check, where, expected: left, found: right });
  }

  report(): CheckReport {
    return { check: this.#check, compared: this.#compared, findings: this.#findings };
  }
}

/** Members in one order, so that only what differs counts. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

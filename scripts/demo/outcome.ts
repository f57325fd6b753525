/** What one part of the demonstration did, and whether it came out as the input says. */
export interface Outcome {
  readonly name: string;
  /** Entries recorded; each must have a valid receipt. */
  readonly entryIds: readonly string[];
  readonly isRight: boolean;
  readonly says: string;
}

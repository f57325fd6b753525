/** The voter's key. Its arithmetic comes with the prover and is loaded only when somebody enrols or votes. */
export async function newVotingKey(): Promise<string> {
  return (await import('./prove.ts')).newVotingKey();
}

/** Decimal. */
export async function commitmentOfKey(votingKey: string): Promise<string> {
  return (await import('./prove.ts')).commitmentOfKey(votingKey);
}

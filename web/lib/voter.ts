/** What this device keeps for one poll: the voting key, and how far its ballot is. Nothing of it is ever sent. */
import type { Hex } from '../../server/core/bytes.ts';
import type { ProvenBallot } from './prove.ts';

export interface Voter {
  readonly votingKey: string;
  /** Proven and not yet acknowledged: sent again until it is. */
  readonly waiting?: ProvenBallot;
  /** The ballot's entry, once acknowledged. */
  readonly entryId?: Hex;
}

const PREFIX = 'sillok.voter.';

export function voterOf(pollId: string): Voter | undefined {
  const kept = localStorage.getItem(PREFIX + pollId);
  return kept === null ? undefined : (JSON.parse(kept) as Voter);
}

export function keepVoter(pollId: string, voter: Voter): void {
  localStorage.setItem(PREFIX + pollId, JSON.stringify(voter));
  // Asks the browser not to throw the key away when space is short; it may say no.
  void navigator.storage?.persist?.();
}

export function pollsOfDevice(): readonly string[] {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length));
}

export function keyFile(pollId: string, { votingKey }: Voter): string {
  return JSON.stringify({ sillok: 'voting-key.1', pollId, votingKey }, null, 2);
}

/** undefined when the text is no key of this poll. */
export function readKeyFile(text: string, pollId: string): Voter | undefined {
  try {
    const file = JSON.parse(text) as { sillok?: string; pollId?: string; votingKey?: string };
    const isKey =
      file.sillok === 'voting-key.1' &&
      file.pollId === pollId &&
      /^[A-Za-z0-9+/]{43}=$/.test(file.votingKey ?? '');
    return isKey ? { votingKey: file.votingKey! } : undefined;
  } catch {
    return undefined;
  }
}

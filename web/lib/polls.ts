/** Polls over HTTP. Ballots and enrolments go without any cookie. */
import { askJson, askOptional } from './api.ts';
import type {
  VotingBallotsAnswer,
  VotingImagesAnswer,
  VotingPollAnswer,
  VotingPollsAnswer,
} from './client/services.generated.ts';

export type Poll = VotingPollAnswer;
export type PublicBallot = VotingBallotsAnswer['ballots'][number];

export const askPoll = (pollId: string) => askOptional<Poll>(`/v1/voting/polls/${pollId}`);

export async function askPolls(): Promise<readonly Poll[]> {
  return (await askJson<VotingPollsAnswer>('/v1/voting/polls?limit=100')).polls;
}

/** Every ballot in the order of counting. */
export async function askBallots(
  pollId: string,
  onMore: (n: number) => void,
): Promise<readonly PublicBallot[]> {
  const ballots: PublicBallot[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const path: string = `/v1/voting/polls/${pollId}/ballots?limit=200&after=${after}`;
    const page: VotingBallotsAnswer = await askJson(path, {
      isAnonymous: true,
    });
    ballots.push(...page.ballots);
    onMore(ballots.length);
    after = page.next;
  }
  return ballots;
}

export function enrol(pollId: string, code: string, commitment: string, key: string): Promise<unknown> {
  return askJson('/v1/voting/enrol', {
    method: 'POST',
    body: { pollId, code, commitment },
    headers: { 'idempotency-key': key },
    isAnonymous: true,
  });
}

export async function askImages(poll: Poll): Promise<ReadonlyMap<number, string>> {
  const options = poll.content?.options ?? [];
  if (!options.some((option) => option.image)) return new Map();
  const { images } = await askJson<VotingImagesAnswer>(`/v1/voting/polls/${poll.pollId}/images`);
  const found = await Promise.all(
    images.map(async ({ option, image }) => {
      const wanted = options[option]?.image?.sha256;
      return image !== null && wanted !== undefined && (await hashOfDataUrl(image)) === wanted
        ? ([option, image] as const)
        : undefined;
    }),
  );
  return new Map(found.filter((one) => one !== undefined));
}

/** A server could show another picture than the one on record. */
async function hashOfDataUrl(url: string): Promise<string> {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) =>
    character.charCodeAt(0),
  );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `0x${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

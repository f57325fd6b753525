/** An office that creates polls at a running gateway. */
import { expect } from 'chai';
import type { Hex } from '../../server/core/bytes.ts';
import type { PollAnswer } from '../../server/services/voting/answers.ts';
import vectors from '../../server/services/voting/vectors.json' with { type: 'json' };
import { commitmentOf } from './ballots.ts';
import { send, sendPatiently } from './gateway.ts';

const [withPicture] = vectors.inputs.valid.filter(({ name }) => name === 'a poll with a picture');
export const POLL_WITH_PICTURE = withPicture!.input;
/** As a data URL. */
export const [{ image: PICTURE }] = POLL_WITH_PICTURE.options as unknown as [{ image: string }];

/** @returns API key of the office */
export async function foundPollOffice(url: string, adminKey: string): Promise<string> {
  const organisation = 'poll-office';
  const admin = { key: adminKey };
  const office = { organisation, name: '투표과', kind: 'public-body', accreditations: ['voting'] };
  await send(`${url}/v1/admin/organisations`, { ...admin, body: office });
  const { body } = await send<{ key: string }>(`${url}/v1/admin/api-keys`, {
    ...admin,
    body: { organisation, label: 'test', scopes: ['voting/*'] },
  });
  return body.key;
}

/** Recorded when it resolves. */
export async function makePoll(url: string, key: string, change: object = {}): Promise<PollAnswer> {
  const made = await sendPatiently<{ pollId: Hex }>(`${url}/v1/voting/create-poll`, {
    key,
    body: { ...POLL_WITH_PICTURE, ...change },
    wait: 30,
  });
  expect(made.status, JSON.stringify(made.body)).to.equal(201);
  for (;;) {
    const { body } = await send<PollAnswer>(`${url}/v1/voting/polls/${made.body.pollId}`);
    if (body.leafIndex !== null) return body;
  }
}

/** Enrols the voters of helpers/ballots.ts with these numbers and freezes the roll; recorded when it resolves. */
export async function freezeRoll(
  url: string,
  key: string,
  pollId: Hex,
  voters: readonly number[],
): Promise<void> {
  const codes = voters.map((voter) => `CODE-${1000 + voter}`);
  const act = (action: string, body: object, by?: string) =>
    sendPatiently(`${url}/v1/voting/${action}`, { key: by, body: { pollId, ...body }, wait: 30 });
  expect((await act('import-codes', { codes }, key)).status).to.be.below(300);
  for (const [i, code] of codes.entries())
    expect(
      (await act('enrol', { code, commitment: commitmentOf(voters[i]!).toString() })).status,
    ).to.be.below(300);
  const opened = await act('open-poll', {}, key);
  expect(opened.status, JSON.stringify(opened.body)).to.equal(201);
}

/** Digests of its text and its pictures. */
export function digestsOf({ contentHash, content }: PollAnswer): Hex[] {
  return [contentHash, ...content!.options.flatMap(({ image }) => image?.sha256 ?? [])];
}

/** Waits until the server has copies of all. */
export async function untilCopied(url: string, digests: readonly Hex[]): Promise<void> {
  for (const digest of digests)
    while ((await fetch(`${url}/v1/publications/${digest}`).catch(() => undefined))?.status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 25));
}

/** What a device sends when a ballot was lost, repeated or refused. */
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { sendBallot } from '../../../web/lib/cast.ts';
import type { ProvenBallot } from '../../../web/lib/prove.ts';
import { voterOf } from '../../../web/lib/voter.ts';

const pollId: Hex = `0x${'5a'.repeat(32)}`;
const voter = { votingKey: 'a-voting-key' };
const nullifier = '1234567890'.repeat(7);
const ballot = (proof: string): ProvenBallot => ({
  pollId,
  choices: [1],
  nullifier,
  proof: Array.from({ length: 8 }, (_, i) => `${proof}${i}`),
});

interface Sent {
  readonly key: string;
  readonly credentials: string | undefined;
}

describe('A ballot on its way', () => {
  const own = { fetch: globalThis.fetch, storage: globalThis.localStorage };
  let sent: Sent[];
  let answers: (() => Response)[];

  beforeEach(() => {
    sent = [];
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true, writable: true });
    globalThis.fetch = async (_url, init) => {
      const headers = init?.headers as Record<string, string>;
      sent.push({ key: headers['idempotency-key']!, credentials: init?.credentials });
      return answers.shift()!();
    };
  });
  after(() => {
    globalThis.fetch = own.fetch;
    Object.defineProperty(globalThis, 'localStorage', {
      value: own.storage,
      configurable: true,
      writable: true,
    });
  });

  const accepted = () => Response.json({ entryId: `0x${'77'.repeat(32)}` }, { status: 202 });
  const refused = () => Response.json({ code: 'BALLOT_REFUSED', detail: 'no' }, { status: 422 });
  const cast = (one: ProvenBallot) =>
    sendBallot(pollId, voter, one, () => undefined, new AbortController().signal);

  it('is the same request when it is sent again, and names nobody', async () => {
    answers = [accepted, accepted];
    await cast(ballot('11'));
    await cast(ballot('11'));
    expect(sent[0]!.key).equal(sent[1]!.key);
    for (const { key, credentials } of sent) {
      expect(key).match(/^[\x21\x22\x24-\x7e]{8,100}$/);
      expect(credentials).equal('omit');
    }
  });

  it('is another request after a refusal, when it is proven anew', async () => {
    answers = [refused, accepted];
    const error = await cast(ballot('11')).catch((failure: Error) => failure);
    expect(error).instanceOf(Error);
    expect(voterOf(pollId)).not.have.property('waiting');
    await cast(ballot('22'));
    expect(sent[0]!.key).not.equal(sent[1]!.key);
  });
});

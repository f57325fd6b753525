import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { signTrust } from '../../../server/log/succession.ts';
import type { PollAnswer } from '../../../server/services/voting/answers.ts';
import { COSIGNATURE } from '../../../server/verify/note.ts';
import { fingerprintOf } from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { aCard, makeBranch, send, startOwn, stopOwn, type TestGateway } from '../../helpers/gateway.ts';
import { testKey } from '../../helpers/log.ts';
import { logKeyOf } from '../../helpers/log-key.ts';
import {
  digestsOf,
  foundPollOffice,
  freezeRoll,
  makePoll,
  PICTURE,
  untilCopied,
} from '../../helpers/poll-office.ts';
import { digestOf } from '../../helpers/publications.ts';

const HEX = /^0x[0-9a-f]{64}$/;

describe('Two gateways and a reader on one chain', () => {
  let first: TestGateway;
  let second: TestGateway;
  let reader: TestGateway;
  let branch: { organisation: string; key: string };
  const all = () => [first, second, reader];
  const follow = (variables: Readonly<Record<string, string>> = {}, kept?: string) =>
    startOwn(
      {
        SILLOK_RPC_URL: first.context.chain.endpoints()[0]!.url,
        SILLOK_LOG_URL: `${first.url}/log`,
        SILLOK_TRUST_FINGERPRINT: fingerprintOf(first.trust),
        ...variables,
      },
      kept,
    );

  before(async () => {
    first = await startOwn();
    [second, reader] = await Promise.all([follow(), follow({ SILLOK_ROLE: 'reader' })]);
    branch = await makeBranch(first);
  });
  after(async () => {
    for (const running of [reader, second, first]) if (running !== undefined) await stopOwn(running);
  });

  it('show the same entries, tiles and receipts, whoever took the entry in', async () => {
    const entryId = await record(first, branch.key);
    for (const { url } of all()) {
      await untilThere(`${url}/v1/entries/${entryId}`);
      const { status, body } = await send<string>(`${url}/v1/entries/${entryId}/receipt`, { wait: 30 });
      expect(status).to.equal(200);
      expect(verifyReceipt(body, first.trust, { verifyEd25519 }).outcome).to.equal('valid');
    }
    const { size } = first.context.log.latest()!;
    while (all().some(({ context }) => context.log.latest()?.text !== first.context.log.latest()!.text))
      await setTimeout(50);
    for (const path of [
      'log/checkpoint',
      `log/tile/0/000.p/${size}`,
      `log/tile/entries/000.p/${size}`,
      'v1/trust',
    ]) {
      const answers = await Promise.all(all().map(({ url }) => fetch(`${url}/${path}`)));
      expect(
        answers.map(({ status }) => status),
        path,
      ).to.deep.equal([200, 200, 200]);
      const bytes = await Promise.all(answers.map((answer) => answer.text()));
      expect(new Set(bytes).size, path).to.equal(1);
    }
    const receipts = await Promise.all(
      all().map(({ url }) => send<string>(`${url}/v1/entries/${entryId}/receipt`)),
    );
    expect(new Set(receipts.map(({ body }) => body)).size).to.equal(1);
  });

  it('have one signing log: the others hold no key of it', async () => {
    for (const { folder } of [second, reader])
      expect(await readFile(join(folder, 'keys/log.json')).catch(({ code }) => code)).to.equal('ENOENT');
  });

  it('take nothing in at the reader, which names the gateway that does', async () => {
    const answer = await send(`${reader.url}/v1/library-cards/issue`, { key: branch.key, body: {} });
    expect(answer.status).to.equal(403);
    expect(answer.body.code).to.equal('READ_ONLY');
    expect(answer.body.detail).to.contain(new URL(first.url).origin);
    expect(
      (await send(`${reader.url}/v1/admin/api-keys`, { key: first.adminKey, body: {} })).body.code,
    ).to.equal('READ_ONLY');
    expect((await send(`${reader.url}/v1/session/wallet`, { body: {} })).body.code).to.equal('READ_ONLY');
    expect((await send(`${reader.url}/v1/services`)).status).to.equal(200);
    expect((await send(`${reader.url}/readyz`)).status).to.equal(200);
    expect(reader.adminKey).to.equal(undefined);
    expect(reader.context.outbox.status().lanes).to.deep.equal([]);
  });

  it('keep what they have over a restart, and catch up what came meanwhile', async () => {
    await reader.stop();
    const entryId = await record(first, branch.key);
    const folder = reader.folder;
    reader = await follow({ SILLOK_ROLE: 'reader' }, folder);
    // Unknown until it has read the blocks that came meanwhile.
    while ((await send(`${reader.url}/v1/entries/${entryId}`)).status === 404) await setTimeout(25);
    const { status } = await send<string>(`${reader.url}/v1/entries/${entryId}/receipt`, { wait: 30 });
    expect(status).to.equal(200);
  });

  it('show a poll whole that the first one took in, and hand its text and pictures on', async () => {
    const made = await makePoll(first.url, await foundPollOffice(first.url, first.adminKey));
    const { pollId } = made;
    const digests = digestsOf(made);
    for (const { url } of all()) await untilCopied(url, digests);
    const shown = await Promise.all(
      all().map(async ({ url }) => (await send<PollAnswer>(`${url}/v1/voting/polls/${pollId}`)).body),
    );
    for (const { content, notices } of shown) {
      expect(content).to.deep.equal(made.content);
      expect(notices).to.deep.equal(made.notices);
    }
    expect(shown[0]!.notices).to.not.include('TEXT_MISSING');
    expect(shown[0]!.enrolment).to.not.equal(null);
    expect(shown[1]!.enrolment).to.equal(null);
    for (const { url } of all()) {
      const { body } = await send<{ images: unknown }>(`${url}/v1/voting/polls/${pollId}/images`);
      expect(body.images).to.deep.equal([{ option: 0, image: PICTURE }]);
      for (const digest of digests) {
        const answer = await fetch(`${url}/v1/publications/${digest}`);
        expect(answer.status).to.equal(200);
        expect(answer.headers.get('cache-control')).to.contain('immutable');
        expect(answer.headers.get('content-type')).to.equal('application/octet-stream');
        expect(answer.headers.get('x-content-type-options')).to.equal('nosniff');
        expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).to.equal(digest);
      }
    }
  });

  it('hand a voter the frozen roll, whichever gateway it was enrolled at', async () => {
    const office = await foundPollOffice(first.url, first.adminKey);
    const { pollId } = await makePoll(first.url, office);
    await freezeRoll(first.url, office, pollId, [0, 1, 2]);
    const parts = ['roll', 'roll/0'].map((part) => `v1/voting/polls/${pollId}/${part}`);
    for (const path of parts) {
      const [own, ...others] = await Promise.all(all().map(({ url }) => untilThere(`${url}/${path}`)));
      for (const other of others) expect(other).to.deep.equal(own);
    }
  });

  it('show by its digest what is public and named, and nothing else that has one', async () => {
    const { body } = await send<{ events: { args: Record<string, string> }[] }>(`${first.url}/v1/events`);
    const digests = body.events.flatMap(({ args }) => Object.values(args)).filter((value) => HEX.test(value));
    expect(digests.length).to.be.greaterThan(10);
    const shown = [];
    for (const digest of new Set(digests)) {
      const { status } = await fetch(`${first.url}/v1/publications/${digest}`);
      if (status === 200) shown.push(digest);
      else expect(status).to.equal(404);
    }
    const polls = await send<{ polls: PollAnswer[] }>(`${first.url}/v1/voting/polls`);
    expect(new Set(shown)).to.deep.equal(new Set(polls.body.polls.map(({ contentHash }) => contentHash)));
    for (const digest of ['0x', '0x00', `0x${'AB'.repeat(32)}`, '..%2f..%2fkeys'])
      expect((await fetch(`${first.url}/v1/publications/${digest}`)).status, digest).to.be.oneOf([404, 422]);
  });

  it('are refused a trust file that was not announced, and one that does not follow', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sillok-follow-'));
    const start = (variables: Record<string, string>, kept = join(folder, 'fresh')) =>
      follow({ SILLOK_ROLE: 'reader', ...variables }, kept).then(
        async (running) => {
          await running.stop();
          return 'started';
        },
        (error: AppError) => error.code,
      );
    expect(await start({ SILLOK_TRUST_FINGERPRINT: '' })).to.equal('TRUST_FINGERPRINT_MISSING');
    expect(await start({ SILLOK_TRUST_FINGERPRINT: '0'.repeat(64) })).to.equal('TRUST_FINGERPRINT');
    expect(await start({ SILLOK_LOG_URL: 'http://127.0.0.1:1/log' })).to.equal('TRUST_UNREADABLE');
    const lie = join(folder, 'lie.json');
    await writeFile(lie, JSON.stringify({ ...first.trust, version: 7, threshold: 0 }));
    await reader.stop();
    const kept = join(folder, 'kept');
    await cp(reader.folder, kept, { recursive: true });
    reader = await follow({ SILLOK_ROLE: 'reader' }, reader.folder);
    expect(await start({ SILLOK_TRUST: lie, SILLOK_TRUST_FINGERPRINT: '' }, kept)).to.equal(
      'TRUST_NOT_SUCCESSOR',
    );
    const key = await logKeyOf(first);
    const minion = { key: testKey('minion.example/witness', COSIGNATURE).verifierKey, operator: 'Newspaper' };
    const witnesses = [...first.trust.witnesses, minion];
    await writeFile(lie, JSON.stringify(signTrust({ ...first.trust, version: 7, witnesses }, [key])));
    expect(await start({ SILLOK_TRUST: lie }, kept), 'signed by a thief').to.equal('TRUST_WEAKER');
    await rm(folder, { recursive: true, force: true });
  });

  async function untilThere(url: string): Promise<unknown> {
    for (;;) {
      const { status, body } = await send(url);
      if (status === 200) return body;
      await setTimeout(50);
    }
  }

  async function record(at: TestGateway, key: string): Promise<string> {
    const { body, status } = await send(`${at.url}/v1/library-cards/issue`, {
      key,
      body: aCard(),
      wait: 30,
    });
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 201]);
    return body.entryId;
  }
});

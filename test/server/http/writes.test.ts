/** Rows R20, R27 and R28 of the reliability table, against the whole gateway. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { commitmentOf } from '../../../server/core/hash.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { parseDocumentFile, verifyDocument } from '../../../server/verify/document.ts';
import {
  aCard,
  gateway,
  type Loose,
  makeBranch,
  send,
  type TestGateway,
  untilReceipted,
} from '../../helpers/gateway.ts';

describe('writes over HTTP', () => {
  let running: TestGateway;
  let branch: { organisation: string; key: string };
  let issue: string;

  before(async () => {
    running = await gateway();
    branch = await makeBranch(running);
    issue = `${running.url}/v1/library-cards/issue`;
  });
  const post = (body: unknown, more = {}) => send(issue, { key: branch.key, body, ...more });
  const countEntries = async () => {
    const { body } = await send<{ size: number }>(`${running.url}/v1/events?after=0&limit=1`);
    return body.size;
  };

  it('answers 202 with an id that leads to a receipt', async () => {
    const { status, body, headers } = await post(aCard());
    expect(status).equal(202);
    expect(body.state).equal('accepted');
    expect(headers.get('location')).equal(`/v1/entries/${body.entryId}`);
    const entry = await untilReceipted(running.url, body.entryId);
    expect(entry).include({
      state: 'receipted',
      service: 'library-cards',
      organisation: branch.organisation,
    });
    const receipt = await send<string>(`${running.url}/v1/entries/${body.entryId}/receipt`);
    expect(receipt.body).match(/^c2sp\.org\/tlog-proof@v1\n/);
  });

  it('answers 201 with the final state when the caller waits', async () => {
    const { status, body, headers } = await post(aCard(), { wait: 20 });
    expect(status).equal(201);
    expect(body.state).oneOf(['final', 'receipted']);
    expect(headers.get('preference-applied')).equal('wait=20');
  });

  it('gives the author a document file that the service’s own checks accept, and nobody else', async () => {
    const card = aCard();
    const { body } = await post(card, { wait: 20 });
    const path = `${running.url}/v1/entries/${body.entryId}/document`;
    const file = await send<{ document: object; salt: Hex }>(path, { key: branch.key, wait: 20 });
    expect(file.body.document).include(card);
    expect(commitmentOf(file.body.document, file.body.salt)).match(/^0x/);
    const verdict = verifyDocument({
      file: parseDocumentFile(file.body),
      trust: running.trust,
      tools: { verifyEd25519 },
      services: running.context.services,
    });
    expect(verdict.outcome).equal('valid');
    const stranger = await makeBranch(running);
    expect((await send(path, { key: stranger.key })).body.code).equal('ENTRY_OF_ANOTHER');
    expect((await send(path)).status).equal(401);
  });

  it('records 100 parallel identical requests once and answers all of them alike', async () => {
    const before = await countEntries();
    const idempotency = randomUUID();
    const card = aCard();
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(card, { idempotency })));
    expect(new Set(replies.map(({ status }) => status))).deep.equal(new Set([202]));
    expect(new Set(replies.map(({ body }) => JSON.stringify(body)))).property('size', 1);
    await untilReceipted(running.url, replies[0]!.body.entryId);
    expect(await countEntries()).equal(before + 1);
    const again = await post(Object.fromEntries(Object.entries(card).reverse()), { idempotency });
    expect(again.body).deep.equal(replies[0]!.body);
    expect(again.headers.get('idempotency-replayed')).equal('true');
  });

  it('refuses another body under a used key, also while the first is under way', async () => {
    const idempotency = randomUUID();
    const [first, second] = await Promise.all([
      post(aCard(), { idempotency }),
      post(aCard(), { idempotency }),
    ]);
    expect([first.status, second.status]).deep.equal([202, 422]);
    expect(second.body.code).equal('IDEMPOTENCY_KEY_REUSED');
    expect((await post(aCard(), { idempotency })).body.code).equal('IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps the keys of two organisations apart', async () => {
    const other = await makeBranch(running);
    const idempotency = randomUUID();
    const [one, two] = [
      await post(aCard(), { idempotency }),
      await post(aCard(), { idempotency, key: other.key }),
    ];
    expect([one.status, two.status]).deep.equal([202, 202]);
    expect(one.body.entryId).not.equal(two.body.entryId);
  });

  it('answers a list item by item, and the same list again with the same results', async () => {
    const cards = [aCard(), aCard({ number: 'broken' }), aCard(), { ...aCard(), extra: 1 }];
    const idempotency = randomUUID();
    const first = await send<Loose[]>(issue, {
      key: branch.key,
      body: cards,
      idempotency,
      wait: 20,
    });
    expect(first.status).equal(207);
    expect(first.body.map(({ status }) => status)).deep.equal([201, 422, 201, 422]);
    expect(first.body[1]!.error).include({ code: 'INPUT_INVALID', field: 'number' });
    const again = await send<Loose[]>(issue, { key: branch.key, body: cards, idempotency });
    expect(again.body.map(({ entryId }) => entryId)).deep.equal(first.body.map(({ entryId }) => entryId));
    expect((await post([])).body.code).equal('BATCH_EMPTY');
    expect((await post(Array.from({ length: 1001 }, () => 1))).body.code).equal('BATCH_TOO_LARGE');
  });

  it("refuses what the service's rule refuses, in its words", async () => {
    const card = aCard();
    await post(card, { wait: 20 });
    const { status, body } = await post(card);
    expect(status).equal(422);
    expect(body).include({ code: 'NUMBER_TAKEN', field: 'number' });
    const korean = await post(card, { headers: { 'accept-language': 'ko' } });
    expect(korean.body.detail).match(/[가-힣]/);
    expect(korean.headers.get('content-type')).contain('application/problem+json');
  });

  const poisoned: readonly (readonly [string, string, string])[] = [
    ['a member twice', '{"number":"L000001","number":"L000002"}', 'JSON_DUPLICATE_KEY'],
    ['a lone surrogate', '{"memberName":"\\ud800"}', 'JSON_TEXT_INVALID'],
    ['NUL', '{"memberName":"a\\u0000b"}', 'JSON_TEXT_INVALID'],
    ['__proto__', '{"__proto__":{"kind":"city"}}', 'JSON_FORBIDDEN_KEY'],
    ['deep nesting', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'JSON_TOO_DEEP'],
    ['a huge number', '{"number":1e999}', 'JSON_NUMBER_UNSAFE'],
    ['NaN', '{"number":NaN}', 'JSON_MALFORMED'],
    ['no JSON', 'number=L1', 'JSON_MALFORMED'],
    ['constructor', '{"constructor":{"prototype":{}}}', 'INPUT_INVALID'],
    ['look-alike letters', JSON.stringify({ ...aCard(), number: 'Ⅼ000001' }), 'INPUT_INVALID'],
    [
      '100,000 unknown members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 1]))),
      'INPUT_INVALID',
    ],
    ['a bare string', '"x"', 'INPUT_INVALID'],
  ];
  for (const [what, body, code] of poisoned)
    it(`refuses ${what}`, async () => {
      const reply = await post(body);
      expect(reply.status).oneOf([400, 422]);
      expect(reply.body.code).equal(code);
    });

  it('refuses bodies that are too large, compressed, or of another type', async () => {
    const large = await post(JSON.stringify({ memberName: 'x'.repeat(1_100_000) }));
    expect([large.status, large.body.code]).deep.equal([413, 'BODY_TOO_LARGE']);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(10_000_000)));
    const headers = { authorization: `Bearer ${branch.key}`, 'idempotency-key': randomUUID() };
    const json = { 'content-type': 'application/json' };
    const zipped = await fetch(issue, {
      method: 'POST',
      headers: { ...headers, ...json, 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect(zipped.status).equal(415);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
    ])
      expect((await post(aCard(), { headers: { 'content-type': type } })).status).equal(415);
    const latin = await fetch(issue, {
      method: 'POST',
      headers: { ...headers, ...json },
      body: new Uint8Array([0x22, 0xe9, 0x22]),
    });
    expect((await latin.json()).code).equal('JSON_TEXT_INVALID');
  });

  it('asks for an idempotency key of a sensible form', async () => {
    const bare = await fetch(issue, {
      method: 'POST',
      headers: { authorization: `Bearer ${branch.key}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect((await bare.json()).code).equal('IDEMPOTENCY_KEY_MISSING');
    for (const idempotency of ['short', 'with space in it', 'item#1-of-a-list', 'x'.repeat(101)])
      expect((await post(aCard(), { idempotency })).body.code).equal('IDEMPOTENCY_KEY_MALFORMED');
  });
});

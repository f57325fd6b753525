/** A thief with the whole data folder, and a stranger who reads all that is public. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { contentHash } from '../../../server/core/hash.ts';
import { EXAMPLES } from '../../../server/services/vehicles/examples.ts';
import { type Actor, administer, makeActor, record, someVin } from '../../helpers/actors.ts';
import { gateway, send, type TestGateway } from '../../helpers/gateway.ts';
import { filesHolding } from '../../helpers/traces.ts';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const code = () => Array.from(randomBytes(12), (byte) => LETTERS[byte % 24]).join('');
const commitment = () => BigInt(`0x${randomBytes(30).toString('hex')}`).toString();

describe('the data folder in the hands of a thief', () => {
  let running: TestGateway;
  let dealer: Actor;
  let school: Actor;
  let office: Actor;
  const vin = someVin();
  const codes = [code(), code(), code()];
  const commitments = codes.map(commitment);
  const idempotency = randomUUID();
  const purchase = {
    ...EXAMPLES.purchase,
    vin,
    plate: '87소4321',
    seller: { name: '남궁도둑', phone: '010-9876-5432' },
  };
  const course = {
    holderName: '제갈수료',
    holderBirthDate: '1988-12-24',
    courseName: '기초',
    hours: 8,
    completedOn: '2026-02-27',
  };
  const bodies: unknown[] = [purchase, course];
  let holderKey: string;
  let pollId: string;

  before(async () => {
    running = await gateway();
    dealer = await makeActor(running, ['vehicles']);
    school = await makeActor(running, ['credentials']);
    office = await makeActor(running, ['voting']);
    await record(running, 'vehicles/register-purchase', purchase, dealer.key);
    const entryId = await record(running, 'credentials/issue-course', course, school.key);
    const issued = await send<{ holderLink: string }>(`${running.url}/v1/credentials/issued/${entryId}`, {
      key: school.key,
    });
    holderKey = issued.body.holderLink.split('.')[1]!;
    pollId = await record(
      running,
      'voting/create-poll',
      {
        title: { ko: '시험' },
        options: [{ ko: '가' }, { ko: '나' }],
        opensAt: '2040-01-01T00:00:00Z',
        closesAt: '2041-01-01T00:00:00Z',
      },
      office.key,
    );
    await send(`${running.url}/v1/voting/import-codes`, { key: office.key, body: { pollId, codes } });
    for (const [i, one] of codes.entries()) {
      const body = { pollId, code: one, commitment: commitments[i] };
      bodies.push(body);
      const reply = await send(`${running.url}/v1/voting/enrol`, {
        body,
        ...(i === 0 && { idempotency }),
      });
      expect(reply.status, JSON.stringify(reply.body)).equal(200);
    }
  });

  it('holds no VIN, plate, name, birth date, telephone number, code or key in clear', async () => {
    const secrets = [
      vin,
      purchase.plate,
      '남궁도둑',
      '010-9876-5432',
      '제갈수료',
      '1988-12-24',
      ...codes,
      holderKey,
      dealer.key,
      dealer.key.slice(13),
      running.adminKey.slice(13),
    ];
    expect(await filesHolding(running.folder, secrets)).deep.equal([]);
  });

  it('holds no plain hash of what could be guessed: neither of a value nor of a whole request', async () => {
    const values = [vin, purchase.plate, '제갈수료', '1988-12-24', ...codes];
    const plain = values.flatMap((value) => [
      createHash('sha256').update(value).digest('hex'),
      createHash('sha256').update(value).digest('base64'),
      createHash('sha256').update(value).digest('base64url'),
    ]);
    const requests = bodies.flatMap((body) => [contentHash(body), contentHash(body).slice(2)]);
    expect(await filesHolding(running.folder, [...plain, ...requests])).deep.equal([]);
  });

  it('does not tell which code was enrolled with which voting key, even to whoever knows all codes', async () => {
    const rows = await running.context.store.range<unknown>({ gte: '', lt: '\uffff' });
    const texts = rows.map(({ key, value }) => `${key} ${JSON.stringify(value)}`);
    for (const one of commitments) {
      const hex = BigInt(one).toString(16);
      const holding = texts.filter((text) => text.includes(one) || text.includes(hex));
      expect(holding).to.have.length(1);
      expect(holding[0]).match(/^local:voting\/member\/\S+ true$/);
    }
    const guesses = codes.flatMap((one) =>
      commitments.map((other) => contentHash({ pollId, code: one, commitment: other })),
    );
    expect(texts.filter((text) => guesses.some((guess) => text.includes(guess)))).deep.equal([]);
  });

  it('shows nothing personal in events, metrics, figures, descriptions, lists or look-ups', async () => {
    const paths = [
      '/v1/events?limit=1000',
      '/metrics',
      '/v1/overview',
      '/v1/services',
      '/v1/organisations',
      '/v1/trust',
      '/openapi.json',
      `/v1/voting/polls/${pollId}`,
    ];
    const answers = await Promise.all(paths.map((path) => send(running.url + path)));
    const look = await send(`${running.url}/v1/vehicles/look-up`, { body: { vin } });
    expect(look.status).equal(200);
    const text = JSON.stringify([...answers.map(({ body }) => body), look.body]);
    const personal = [vin, '남궁도둑', '010-9876-5432', '제갈수료', ...codes, holderKey, ...commitments];
    expect(personal.filter((one) => text.includes(one))).deep.equal([]);
  });

  it('answers the same request again, and another under its key not at all', async () => {
    const enrol = (body: unknown) => send(`${running.url}/v1/voting/enrol`, { body, idempotency });
    const again = await enrol(bodies[2]);
    expect(again.status).equal(200);
    expect(again.headers.get('idempotency-replayed')).equal('true');
    const other = await enrol({ ...(bodies[2] as object), commitment: commitment() });
    expect(other.body.code).equal('IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps nothing of an erased original by which a guess at it could be tested', async () => {
    const entryId = await record(running, 'credentials/issue-course', course, school.key);
    await administer(running, `entries/${entryId}/erase`);
    const rows = await running.context.store.range<unknown>({ gte: 'idem:', lt: 'idem;' });
    expect(JSON.stringify(rows)).not.contain(contentHash(course));
  });
});

/** One organisation against another: documents, lists, stock, polls, credentials, keys. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { EXAMPLES } from '../../../server/services/vehicles/examples.ts';
import { type Actor, administer, makeActor, record, someVin } from '../../helpers/actors.ts';
import { gateway, send, type TestGateway, untilReceipted } from '../../helpers/gateway.ts';

const POLL = {
  title: { ko: '시험' },
  options: [{ ko: '가' }, { ko: '나' }],
  opensAt: '2040-01-01T00:00:00Z',
  closesAt: '2041-01-01T00:00:00Z',
};

describe('an organisation that reaches for another’s', () => {
  let running: TestGateway;
  let victim: Actor;
  let thief: Actor;
  const vin = someVin();
  const other = someVin();
  const ids: Record<'purchase' | 'inspection' | 'otherInspection' | 'certificate' | 'poll', Hex> = {
    purchase: '0x',
    inspection: '0x',
    otherInspection: '0x',
    certificate: '0x',
    poll: '0x',
  };
  const all = ['vehicles', 'credentials', 'voting'];

  before(async () => {
    running = await gateway();
    victim = await makeActor(running, all);
    thief = await makeActor(running, all);
    const number = () => `04-26-${String(Math.floor(Math.random() * 1e9))}`;
    const write = (action: string, body: unknown) => record(running, action, body, victim.key);
    const course = { holderName: '홍길동', courseName: '기초', hours: 8, completedOn: '2026-02-27' };
    const inspect = (car: string) =>
      write('vehicles/register-inspection', { ...EXAMPLES.inspection, vin: car, number: number() });
    [ids.purchase, ids.inspection, ids.otherInspection, ids.certificate, ids.poll] = await Promise.all([
      write('vehicles/register-purchase', { ...EXAMPLES.purchase, vin }),
      inspect(vin),
      inspect(other),
      write('credentials/issue-course', course),
      write('voting/create-poll', POLL),
    ]);
  });

  const as = (actor: Actor, path: string, body?: unknown) =>
    send(`${running.url}/v1/${path}`, { key: actor.key, ...(body !== undefined && { body }) });

  it('opens none of its documents', async () => {
    for (const id of Object.values(ids)) {
      const { status, body } = await as(thief, `entries/${id}/document`);
      expect(status, JSON.stringify(body)).oneOf([403, 404]);
      expect(body).not.has.property('document');
    }
    expect((await as(thief, `credentials/issued/${ids.certificate}`)).status).equal(404);
    expect(
      (await as(thief, `entries/${ids.purchase.toUpperCase().replace('0X', '0x')}/document`)).status,
    ).equal(403);
  });

  it('finds none of its cars, certificates or drafts in the own lists, whatever the cursor', async () => {
    const mine = await as(victim, 'vehicles/stock');
    expect((mine.body.cars as unknown[]).length).equal(1);
    const paths = [
      'vehicles/stock',
      `vehicles/stock?after=${'0'.repeat(13)}`,
      'credentials/issued',
      `credentials/issued?after=${'0'.repeat(12)}/0x${'0'.repeat(64)}`,
      'voting/own-polls',
      `voting/own-polls?after=0x${'0'.repeat(64)}`,
    ];
    for (const path of paths) {
      const { status, body } = await as(thief, path);
      expect(status, path).equal(200);
      const [list] = Object.values(body).filter(Array.isArray);
      expect(list, path).deep.equal([]);
    }
    for (const after of [`${victim.organisation}/`, '../', `0000000000000/../../${victim.organisation}`])
      expect((await as(thief, `vehicles/stock?after=${encodeURIComponent(after)}`)).status).equal(422);
  });

  it('changes none of its records, certificates or polls', async () => {
    const reason = 'issued-in-error';
    const record_ = { ...EXAMPLES.purchase, vin };
    const asked: [string, unknown, string][] = [
      ['vehicles/withdraw', { entryId: ids.purchase, reason }, 'NOT_THE_AUTHOR'],
      ['vehicles/suspend', { entryId: ids.inspection, reason: 'under-review' }, 'NOT_THE_AUTHOR'],
      [
        'vehicles/amend-purchase',
        { entryId: ids.purchase, reason: 'typing-error', record: record_ },
        'NOT_THE_AUTHOR',
      ],
      ['vehicles/register-sale', { ...EXAMPLES.sale, vin }, 'NOT_IN_STOCK'],
      ['credentials/revoke', { entryId: ids.certificate, reason }, 'NOT_THE_ISSUER'],
      ['credentials/suspend', { entryId: ids.certificate, reason }, 'NOT_THE_ISSUER'],
      ['voting/import-codes', { pollId: ids.poll, codes: ['AAAABBBBCCCC'] }, 'NOT_YOUR_POLL'],
      ['voting/close-enrolment', { pollId: ids.poll }, 'NOT_YOUR_POLL'],
      ['voting/open-poll', { pollId: ids.poll }, 'NOT_YOUR_POLL'],
      ['credentials/revoke', { entryId: ids.purchase, reason }, 'CREDENTIAL_UNKNOWN'],
      ['vehicles/withdraw', { entryId: ids.certificate, reason }, 'RECORD_UNKNOWN'],
      ['voting/import-codes', { pollId: ids.purchase, codes: ['AAAABBBBCCCC'] }, 'POLL_UNKNOWN'],
    ];
    for (const [action, body, code] of asked)
      expect((await as(thief, action, body)).body.code, action).equal(code);
  });

  it('may not be let by the chain either, when a gateway lets it', async () => {
    const { outbox, nowSec } = running.context;
    const [change] = await outbox.accept({
      groups: [
        {
          submissions: [
            {
              to: 'records',
              organisation: thief.organisation,
              service: 'vehicles',
              schema: 'vehicles.purchase.1',
              subject: `0x${'11'.repeat(32)}`,
              commitment: `0x${'22'.repeat(32)}`,
              refersTo: ids.purchase,
              kind: 'revoke',
              occurredAtSec: nowSec() - 10,
              idempotency: `0x${'33'.repeat(32)}`,
            },
          ],
        },
      ],
      ops: [],
    });
    const entry = await untilReceipted(running.url, change!);
    expect(entry.state).equal('refused');
    expect((entry.refusal as { code: string }).code).oneOf(['NotAuthor', 'DifferentSubject']);
  });

  it('cannot sell a car with the inspection of another, or sell what somebody else bought', async () => {
    const sale = { ...EXAMPLES.sale, vin, inspection: ids.otherInspection };
    expect((await as(victim, 'vehicles/register-sale', sale)).body.code).equal(
      'INSPECTION_OF_ANOTHER_VEHICLE',
    );
    const noInspection = { ...sale, inspection: ids.purchase };
    expect((await as(victim, 'vehicles/register-sale', noInspection)).body.code).equal('INSPECTION_UNKNOWN');
    const amended = {
      entryId: ids.inspection,
      reason: 'typing-error',
      record: { ...EXAMPLES.inspection, vin: other },
    };
    expect((await as(victim, 'vehicles/amend-inspection', amended)).body.code).equal('VEHICLE_DIFFERENT');
  });

  it('gets its own entry under the same idempotency key, action by action, never another’s answer', async () => {
    const idempotency = randomUUID();
    const course = { holderName: '홍길동', courseName: '기초', hours: 8, completedOn: '2026-02-27' };
    const issue = (actor: Actor, body: unknown) =>
      send(`${running.url}/v1/credentials/issue-course`, { key: actor.key, body, idempotency });
    const first = await issue(victim, course);
    const second = await issue(thief, course);
    expect(second.headers.get('idempotency-replayed')).equal(null);
    expect(second.body.entryId).not.equal(first.body.entryId);
    const work = { holderName: '홍길동', employer: 'x', position: 'y', employedFrom: '2025-07-01' };
    const third = await send(`${running.url}/v1/credentials/issue-employment`, {
      key: victim.key,
      body: work,
      idempotency,
    });
    expect(third.status).equal(202);
    expect(third.body.entryId).not.equal(first.body.entryId);
    const listed = await issue(victim, [course]);
    expect((listed.body as unknown as { entryId: Hex }[])[0]!.entryId).not.equal(first.body.entryId);
  });

  it('does with a key only what the key’s scopes name, lists of lists and queries included', async () => {
    const { key } = await administer<{ key: string }>(running, 'api-keys', {
      organisation: victim.organisation,
      label: 'narrow',
      scopes: ['vehicles/register-purchase'],
    });
    const narrow = { ...victim, key };
    const asked: [string, unknown?][] = [
      ['vehicles/stock'],
      ['vehicles/register-sale', { ...EXAMPLES.sale, vin }],
      ['vehicles/withdraw', [{ entryId: ids.purchase, reason: 'cancelled' }]],
      ['credentials/issued'],
      ['voting/own-polls'],
    ];
    for (const [path, body] of asked)
      expect((await as(narrow, path, body)).body.code, path).equal('SCOPE_MISSING');
    expect(
      (await as(narrow, 'vehicles/register-purchase', { ...EXAMPLES.purchase, vin: someVin() })).status,
    ).equal(202);
    for (const scopes of [['admin'], ['vehicles/../credentials'], ['*/*'], ['vehicles'], ['']]) {
      const body = { organisation: victim.organisation, label: 'wide', scopes };
      const reply = await send(`${running.url}/v1/admin/api-keys`, { key: running.adminKey, body });
      expect(reply.body.code, scopes[0]).equal('SCOPE_INVALID');
    }
  });

  it('reads no document with a key whose scopes do not reach the service', async () => {
    const { key } = await administer<{ key: string }>(running, 'api-keys', {
      organisation: victim.organisation,
      label: 'votes only',
      scopes: ['voting/*'],
    });
    const { body } = await as({ ...victim, key }, `entries/${ids.certificate}/document`);
    expect(body.code).equal('SCOPE_MISSING');
  });

  it('opens a certificate by no other key, other id or other spelling of the link', async () => {
    const one = await as(victim, `credentials/issued/${ids.certificate}`);
    const key = String(one.body.holderLink).split('.')[1]!;
    const holder = (body: unknown) => send(`${running.url}/v1/credentials/holder`, { body });
    expect((await holder({ entryId: ids.certificate, key })).status).equal(200);
    const last = key.at(-1)!;
    const next = String.fromCharCode(last.charCodeAt(0) === 122 ? 65 : last.charCodeAt(0) + 1);
    const wrong = [
      { entryId: ids.certificate, key: key.slice(0, -1) + next },
      { entryId: ids.certificate, key: `${key}=` },
      { entryId: ids.certificate, key: key.toLowerCase() },
      { entryId: ids.purchase, key },
      { entryId: ids.certificate, key: [key] },
      { entryId: ids.certificate, key: { toString: key } },
    ];
    for (const body of wrong) expect((await holder(body)).status, JSON.stringify(body)).oneOf([404, 422]);
  });
});

/** Each service from the request to a receipt that is checked without the gateway, and a made-up service on the same way. */
import { expect } from 'chai';
import type { Hex } from '../../server/core/bytes.ts';
import { commitmentOf } from '../../server/core/hash.ts';
import { parseHolderLink } from '../../server/services/credentials/holder.ts';
import { EXAMPLES } from '../../server/services/vehicles/examples.ts';
import { parseDocumentFile, type ServiceChecks, verifyDocument } from '../../server/verify/document.ts';
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import type { ReceiptVerdict } from '../../server/verify/verify.ts';
import {
  ALL_SERVICES,
  aCard,
  gateway,
  makeBranch,
  send,
  type TestGateway,
  untilReceipted,
} from '../helpers/gateway.ts';

const { purchase, inspection, sale } = EXAMPLES;

/** An organisation accredited for `scopes`, with an API key for everything it may do there. */
async function join(here: TestGateway, organisation: string, scopes: readonly string[]): Promise<string> {
  const admin = { key: here.adminKey };
  const services = [...new Set(scopes.map((scope) => scope.split('.')[0]))];
  await send(`${here.url}/v1/admin/organisations`, {
    ...admin,
    body: { organisation, name: organisation, kind: 'company', accreditations: scopes },
  });
  const { body } = await send<{ key: string }>(`${here.url}/v1/admin/api-keys`, {
    ...admin,
    body: { organisation, label: 'test', scopes: services.map((service) => `${service}/*`) },
  });
  return body.key;
}

async function record(here: TestGateway, action: string, body: unknown, key: string): Promise<Hex> {
  const answer = await send<{ entryId: Hex }>(`${here.url}/v1/${action}`, { body, key });
  expect(answer.status, JSON.stringify(answer.body)).equal(202);
  expect(await untilReceipted(here.url, answer.body.entryId)).include({ state: 'receipted' });
  return answer.body.entryId;
}

/** Offline but for what the file and the trust hold. */
function verdictOn(
  here: TestGateway,
  file: unknown,
  services: readonly ServiceChecks[] = ALL_SERVICES,
  status?: 'valid',
): ReceiptVerdict {
  const context = { nowSec: Math.floor(Date.now() / 1000), ...(status && { status }) };
  return verifyDocument({
    file: parseDocumentFile(file),
    trust: here.trust,
    tools: { verifyEd25519 },
    services,
    context,
  });
}

const failures = ({ checks }: ReceiptVerdict): string[] =>
  checks.filter(({ status }) => status === 'failed').map(({ id }) => id);

describe('the way of a used car', () => {
  let here: TestGateway;
  let dealer: string;
  let inspector: string;

  before(async () => {
    here = await gateway();
    dealer = await join(here, 'journey-dealer', ['vehicles.purchase.1', 'vehicles.sale.1']);
    inspector = await join(here, 'journey-inspector', ['vehicles.inspection.1']);
  });

  it('leads from purchase over inspection and sale to what a buyer sees', async () => {
    const ids = [
      await record(here, 'vehicles/register-purchase', purchase, dealer),
      await record(here, 'vehicles/register-inspection', inspection, inspector),
      await record(here, 'vehicles/register-sale', sale, dealer),
    ];
    const { status, body } = await send<{ records: { entryId: Hex }[]; vin: string }>(
      `${here.url}/v1/vehicles/look-up`,
      { body: { plate: purchase.plate } },
    );
    expect(status).equal(200);
    expect(body.records.map(({ entryId }) => entryId)).deep.equal(ids.reverse());
    expect(JSON.stringify(body)).not.contains(purchase.vin);

    const file = await send(`${here.url}/v1/entries/${ids[1]}/document`, { key: inspector });
    const verdict = verdictOn(here, file.body);
    expect(failures(verdict)).deep.equal([]);
    expect(verdict.outcome).equal('valid');
    const changed = { ...file.body, document: { ...(file.body.document as object), odometerKm: 1 } };
    expect(failures(verdictOn(here, changed))).deep.equal(['commitment-matches']);
  });

  it('is closed to whoever is not accredited for the form', async () => {
    const refused = await send(`${here.url}/v1/vehicles/register-inspection`, {
      body: { ...inspection, number: '04-26-000009' },
      key: dealer,
    });
    expect(refused.status).equal(403);
  });

  it('refuses what its rule refuses, in words', async () => {
    const { status, body } = await send(`${here.url}/v1/vehicles/register-sale`, { body: sale, key: dealer });
    expect(status).within(400, 499);
    expect(body).include({ code: 'ALREADY_SOLD', detail: 'This car is already registered as sold.' });
  });

  it('keeps two sales of one car apart that come at the same time', async () => {
    const vin = 'KNAKH815BAK681607';
    await record(here, 'vehicles/register-purchase', { ...purchase, vin }, dealer);
    const asked = Array.from({ length: 8 }, () =>
      send(`${here.url}/v1/vehicles/register-sale`, { body: { ...sale, vin }, key: dealer }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).to.have.length(1);
  });
});

describe('the way of a certificate', () => {
  let here: TestGateway;
  let issuer: string;
  const course = { holderName: '홍길동', courseName: '기초', hours: 8, completedOn: '2026-02-27' };

  before(async () => {
    here = await gateway();
    issuer = await join(here, 'journey-school', ['credentials.course.1']);
  });

  it('leads from a list of people to a link that opens a file everybody can check', async () => {
    const list = Array.from({ length: 20 }, (_, i) => ({ ...course, holderName: `수료생 ${i}` }));
    const answer = await send<{ status: number; entryId: Hex }[]>(`${here.url}/v1/credentials/issue-course`, {
      body: list,
      key: issuer,
    });
    expect(answer.status).equal(207);
    for (const { entryId } of answer.body) await untilReceipted(here.url, entryId);
    const issued = await send<{
      credentials: { entryId: Hex; holderLink: string; status: { state: string } }[];
    }>(`${here.url}/v1/credentials/issued?limit=50`, { key: issuer });
    expect(issued.body.credentials.map(({ status }) => status.state)).deep.equal(new Array(20).fill('valid'));
    const { holderLink } = issued.body.credentials[0]!;
    const holder = await send(`${here.url}/v1/credentials/holder`, {
      body: parseHolderLink(holderLink.slice(holderLink.indexOf('#') + 1)),
    });
    expect(holder.status).equal(200);
    const { status: _, ...held } = holder.body;
    const receipt = await send<string>(`${here.url}/v1/entries/${held.entryId}/receipt`);
    const file = { sillok: 'document.1', ...held, receipt: receipt.body };
    expect(verdictOn(here, file, ALL_SERVICES, 'valid').outcome).equal('valid');
    const offline = verdictOn(here, file);
    expect(failures(offline)).deep.equal([]);
    expect(offline.outcome).equal('unknown');
    expect(offline.checks.find(({ id }) => id === 'credential-status')).include({ status: 'skipped' });
  });

  it('shows a revocation to everybody and its reason to nobody', async () => {
    const entryId = await record(here, 'credentials/issue-course', course, issuer);
    const state = async () => (await send(`${here.url}/v1/credentials/status/${entryId}`)).body;
    expect(await state()).include({ state: 'valid' });
    await record(here, 'credentials/revoke', { entryId, reason: 'issued-in-error' }, issuer);
    expect(await state()).include({ state: 'revoked' });
    expect(JSON.stringify(await state())).not.contains('issued-in-error');
  });

  it('opens to no wrong key', async () => {
    const entryId = await record(here, 'credentials/issue-course', course, issuer);
    const { status } = await send(`${here.url}/v1/credentials/holder`, {
      body: { entryId, key: 'A'.repeat(22) },
    });
    expect(status).equal(404);
  });

  it('is closed to a form that the issuer is not accredited for', async () => {
    const { status } = await send(`${here.url}/v1/credentials/issue-residence`, {
      body: { holderName: '홍길동', district: '용답동', eligibility: 'resident' },
      key: issuer,
    });
    expect(status).equal(403);
  });
});

describe('a new service, which is a folder and nothing else', () => {
  let here: TestGateway;

  before(async () => {
    here = await gateway();
  });

  it('has its routes in the API description, with the schema of its form', async () => {
    const { body } = await send<{ paths: Record<string, Record<string, unknown>> }>(
      `${here.url}/openapi.json`,
    );
    expect(body.paths['/v1/library-cards/issue']).to.have.property('post');
    expect(body.paths['/v1/library-cards/cards/{number}']).to.have.property('get');
    const described = await send<{
      services: {
        id: string;
        actions: { name: string; input: { properties: Record<string, { label: unknown }> } }[];
      }[];
    }>(`${here.url}/v1/services`);
    const own = described.body.services.find(({ id }) => id === 'library-cards')!;
    const form = own.actions.find(({ name }) => name === 'issue')!.input.properties;
    expect(form.memberName!.label).deep.equal({ ko: '회원 이름', en: 'Member' });
  });

  it('has its entries recorded, folded, shown and proved', async () => {
    const { key } = await makeBranch(here);
    const card = aCard();
    const entryId = await record(here, 'library-cards/issue', card, key);
    const shown = await send(`${here.url}/v1/library-cards/cards/${card.number}`);
    expect(shown.body).include({ status: 'active' });
    expect(JSON.stringify(shown.body)).not.contains(card.memberName);
    const file = await send(`${here.url}/v1/entries/${entryId}/document`, { key });
    const verdict = verdictOn(here, file.body);
    expect(verdict.outcome).equal('valid');
    expect(verdict.checks.find(({ id }) => id === 'library-card-form')).include({ status: 'passed' });
    expect((file.body.salt as string).length).equal(34);
    expect(commitmentOf(file.body.document, file.body.salt as Hex)).to.match(/^0x/);
    await record(here, 'library-cards/block', { entryId }, key);
    expect((await send(`${here.url}/v1/library-cards/cards/${card.number}`)).body).include({
      status: 'revoked',
    });
  });
});

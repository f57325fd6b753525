/** Malicious or careless members of staff: passkeys of others, drafts of others, invitations, rights that ended. */
import { expect } from 'chai';
import { type Actor, administer, makeActor, record } from '../../helpers/actors.ts';
import { aCard, gateway, send, type TestGateway, untilReceipted } from '../../helpers/gateway.ts';
import {
  invite,
  joinedWallet,
  makeAuthenticator,
  makeWallet,
  signIn,
  signTyped,
  siweProof,
} from '../../helpers/staff.ts';

type Device = ReturnType<typeof makeAuthenticator>;
type Prepared = { draft: string; toSign: { digest: `0x${string}`; typedData: never }[] };

describe('a member of staff with bad intent', () => {
  let running: TestGateway;
  let victims: Actor;
  let thieves: Actor;

  before(async () => {
    running = await gateway();
    victims = await makeActor(running, ['library-cards']);
    thieves = await makeActor(running, ['library-cards']);
  });

  async function join(device: Device, organisation: string) {
    const code = await invite(running, organisation);
    const options = await send<{ challenge: string }>(`${running.url}/v1/join/options`, { body: { code } });
    return send(`${running.url}/v1/join`, {
      body: { code, passkey: device.register(options.body.challenge) },
    });
  }

  async function enter(device: Device) {
    const asked = await send<{ challenge: string }>(`${running.url}/v1/session/passkey/options`, {
      body: {},
    });
    return send<{ organisation: string; credentialId: string }>(`${running.url}/v1/session/passkey`, {
      body: device.signIn(asked.body.challenge),
    });
  }

  const issue = (path = '') => `${running.url}/v1/library-cards/issue${path}`;
  const keyOf = (cookie: string) => send<{ key: `0x${string}` }>(`${running.url}/v1/session`, { cookie });
  const prepare = (cookie: string, body: unknown) => send<Prepared>(issue('/prepare'), { cookie, body });

  it('does not take over a passkey by registering its credential id with an own key', async () => {
    const victim = makeAuthenticator(running.url);
    expect((await join(victim, victims.organisation)).status).equal(201);
    const forger = makeAuthenticator(running.url, { id: victim.id });
    expect((await join(forger, thieves.organisation)).body.code).equal('SIGN_IN_REFUSED');
    expect((await enter(forger)).status).equal(401);
    expect((await enter(victim)).body).include({ organisation: victims.organisation });
  });

  it('does not bind somebody else’s public key to an own organisation or credential', async () => {
    const victim = makeAuthenticator(running.url);
    expect((await join(victim, victims.organisation)).status).equal(201);
    const forger = makeAuthenticator(running.url, { publicKey: victim.publicKey, id: Buffer.alloc(16) });
    expect((await join(forger, thieves.organisation)).body.code).equal('SIGN_IN_REFUSED');
    expect((await enter(victim)).body).include({
      organisation: victims.organisation,
      credentialId: victim.credentialId,
    });
  });

  it('gets one key into an organisation by one invitation, and none after it was suspended', async () => {
    const code = await invite(running, victims.organisation);
    await administer(running, `organisations/${victims.organisation}/suspend`);
    const wallet = makeWallet();
    const body = { code, wallet: await siweProof(running, wallet) };
    expect((await send(`${running.url}/v1/join`, { body })).status).within(400, 499);
    await administer(running, `organisations/${victims.organisation}/resume`);
    const second = { code, wallet: await siweProof(running, wallet) };
    expect((await send(`${running.url}/v1/join`, { body: second })).status).equal(201);
    const third = { code, wallet: await siweProof(running, makeWallet()) };
    expect((await send(`${running.url}/v1/join`, { body: third })).status).equal(404);
  });

  it('cannot use a proof of sign-in for joining, nor the other way round, nor either twice', async () => {
    const wallet = await joinedWallet(running, victims.organisation);
    const proof = await siweProof(running, wallet);
    expect((await send(`${running.url}/v1/session/wallet`, { body: proof })).status).equal(200);
    expect((await send(`${running.url}/v1/session/wallet`, { body: proof })).status).equal(401);
    const code = await invite(running, thieves.organisation);
    expect((await send(`${running.url}/v1/join`, { body: { code, wallet: proof } })).status).equal(401);
    const device = makeAuthenticator(running.url);
    await join(device, victims.organisation);
    const options = await send<{ challenge: string }>(`${running.url}/v1/join/options`, { body: { code } });
    const asSignIn = await send(`${running.url}/v1/session/passkey`, {
      body: device.signIn(options.body.challenge),
    });
    expect(asSignIn.status).equal(401);
  });

  it('cannot send the draft of another organisation, another action or another moment', async () => {
    const own = await joinedWallet(running, victims.organisation);
    const foreign = await joinedWallet(running, thieves.organisation);
    const [cookie, other] = [await signIn(running, own), await signIn(running, foreign)];
    const { body: prepared } = await prepare(cookie, aCard());
    const { key } = (await keyOf(cookie)).body;
    const signature = await signTyped(own, prepared.toSign[0]!.typedData);
    const body = { draft: prepared.draft, signatures: [{ key, signature }] };
    const elsewhere = `${running.url}/v1/library-cards/withdraw`;
    expect((await send(issue(), { cookie: other, body })).body.code).equal('DRAFT_UNKNOWN');
    expect((await send(elsewhere, { cookie, body })).status).oneOf([404, 422]);
    expect((await send(issue(), { key: victims.key, body })).body.code).equal('INPUT_INVALID');
    expect((await send(issue(), { cookie, body, wait: 20 })).status).equal(201);
    const again = await send(issue(), { cookie, body });
    expect(again.headers.get('idempotency-replayed')).equal('true');
    expect((await send(issue(), { cookie: other, body })).body.code).equal('DRAFT_UNKNOWN');
  });

  it('signs nothing any more once the organisation is suspended or the key reported, drafts under way included', async () => {
    const { organisation } = await makeActor(running, ['library-cards']);
    const wallet = await joinedWallet(running, organisation);
    const cookie = await signIn(running, wallet);
    const { body: prepared } = await prepare(cookie, aCard());
    const { key } = (await keyOf(cookie)).body;
    const signature = await signTyped(wallet, prepared.toSign[0]!.typedData);
    const body = { draft: prepared.draft, signatures: [{ key, signature }] };
    await administer(running, `organisations/${organisation}/suspend`);
    expect((await send(issue(), { cookie, body })).body.code).equal('SESSION_ENDED');
    await administer(running, `organisations/${organisation}/resume`);
    await administer(running, `organisations/${organisation}/keys/${key}/compromised`, { sinceSec: 1 });
    expect((await send(issue(), { cookie, body })).body.code).equal('SESSION_ENDED');
    const refusal = await running.context.chain.authorise(
      organisation,
      key,
      prepared.toSign[0]!.digest,
      signature,
    );
    expect(refusal).equal('KeyCompromised');
  });

  it('reads and writes nothing by API key while the organisation is suspended', async () => {
    const school = await makeActor(running, ['credentials']);
    const course = { holderName: '홍길동', courseName: '기초', hours: 8, completedOn: '2026-02-27' };
    const entryId = await record(running, 'credentials/issue-course', course, school.key);
    await administer(running, `organisations/${school.organisation}/suspend`);
    const paths = ['credentials/issued', `credentials/issued/${entryId}`, `entries/${entryId}/document`];
    for (const path of paths) {
      const { status, body } = await send(`${running.url}/v1/${path}`, { key: school.key });
      expect({ status, code: body.code }, path).deep.equal({ status: 403, code: 'ORGANISATION_INACTIVE' });
    }
    const revoke = { entryId, reason: 'issued-in-error' };
    const written = await send(`${running.url}/v1/credentials/revoke`, { key: school.key, body: revoke });
    expect(written.body.code).equal('ORGANISATION_INACTIVE');
    await administer(running, `organisations/${school.organisation}/resume`);
    expect((await send(`${running.url}/v1/${paths[0]}`, { key: school.key })).status).equal(200);
  });

  it('has nothing recorded by a vault key that was reported, whatever was acknowledged', async () => {
    const { organisation, key } = await makeActor(running, ['library-cards']);
    const row = await send<{ keys: Record<string, unknown> }>(
      `${running.url}/v1/admin/organisations/${organisation}`,
      { key: running.adminKey },
    );
    const [vaultKey] = Object.keys(row.body.keys);
    await administer(running, `organisations/${organisation}/keys/${vaultKey}/compromised`, { sinceSec: 1 });
    const reply = await send(issue(), { key, body: aCard() });
    if (reply.status === 202)
      expect(await untilReceipted(running.url, reply.body.entryId)).include({ state: 'refused' });
    else expect(reply.status).within(400, 499);
  });

  it('is not let in by a cookie in the place of a key, or a key in the place of a cookie', async () => {
    const wallet = await joinedWallet(running, victims.organisation);
    const cookie = await signIn(running, wallet);
    const token = cookie.slice(cookie.indexOf('=') + 1);
    const name = cookie.slice(0, cookie.indexOf('='));
    const list = `${running.url}/v1/voting/own-polls`;
    expect((await send(list, { key: token })).status).equal(401);
    expect((await send(list, { cookie: `${name}=${victims.key}` })).status).equal(401);
    expect((await send(`${running.url}/v1/admin/status`, { cookie })).status).equal(401);
  });
});

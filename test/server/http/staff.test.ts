/** Staff sign in, sign what they have seen, and nobody does it in their place. Row R30 of the reliability table. */
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { digestOf, type TypedData } from '../../../server/core/typed-data.ts';
import {
  aCard,
  gateway,
  makeBranch,
  type Reply,
  send,
  type TestGateway,
  untilReceipted,
} from '../../helpers/gateway.ts';
import {
  cookieOf,
  invite,
  joinedWallet,
  makeAuthenticator,
  makeWallet,
  malleated,
  signIn,
  signTyped,
  siweProof,
} from '../../helpers/staff.ts';

interface Prepared {
  readonly draft: string;
  readonly entries: readonly Record<string, unknown>[];
  readonly toSign: readonly { typedData: TypedData; digest: Hex }[];
}

describe('staff', () => {
  let running: TestGateway;
  let organisation: string;
  let issue: string;
  let signInUrl: string;

  before(async () => {
    running = await gateway();
    ({ organisation } = await makeBranch(running));
    issue = `${running.url}/v1/library-cards/issue`;
    signInUrl = `${running.url}/v1/session/wallet`;
  });
  const prepare = (cookie: string, body: unknown) => send<Prepared>(`${issue}/prepare`, { cookie, body });
  const tryIn = (body: unknown) => send(signInUrl, { body });
  const reasonOf = ({ status, body }: Reply) => (status === 200 ? 'in' : `${status} ${body.details?.reason}`);

  describe('with a wallet', () => {
    it('sign in, are known by their organisation, and sign out', async () => {
      const wallet = await joinedWallet(running, organisation);
      const { status, headers } = await tryIn(await siweProof(running, wallet));
      expect(status).equal(200);
      const setCookie = headers.get('set-cookie')!;
      for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=28800'])
        expect(setCookie).contains(part);
      const cookie = cookieOf(headers);
      const session = await send(`${running.url}/v1/session`, { cookie });
      expect(session.body).include({ organisation, name: 'Branch library', kind: 'wallet' });
      expect(session.body.address).equal(wallet.address.toLowerCase());
      expect(session.body.services).deep.equal(['library-cards']);
      await send(`${running.url}/v1/session`, { cookie, method: 'DELETE' });
      expect((await send(`${running.url}/v1/session`, { cookie })).status).equal(401);
    });

    it('sign themselves what was shown to them, and it is recorded under their key', async () => {
      const wallet = await joinedWallet(running, organisation);
      const cookie = await signIn(running, wallet);
      const card = aCard();
      const { body: prepared } = await prepare(cookie, card);
      expect(prepared.entries[0]).deep.include({ organisation, service: 'library-cards' });
      expect(prepared.entries[0]!.document).include(card);
      const [item] = prepared.toSign;
      expect(digestOf(item!.typedData)).equal(item!.digest);
      const { key } = (await send(`${running.url}/v1/session`, { cookie })).body;
      const body = {
        draft: prepared.draft,
        signatures: [{ key, signature: await signTyped(wallet, item!.typedData) }],
      };
      const first = await send(issue, { cookie, body });
      expect(first.status).equal(202);
      expect(first.body.entryId).equal(prepared.entries[0]!.entryId);
      const again = await send(issue, { cookie, body });
      expect(again.body).deep.equal(first.body);
      const entry = await untilReceipted(running.url, first.body.entryId);
      expect(entry.state).equal('receipted');
    });

    it('sign a whole list at once', async () => {
      const wallet = await joinedWallet(running, organisation);
      const cookie = await signIn(running, wallet);
      const cards = Array.from({ length: 20 }, () => aCard());
      const { body: prepared } = await prepare(cookie, cards);
      expect(prepared.toSign).lengthOf(1);
      const { key } = (await send(`${running.url}/v1/session`, { cookie })).body;
      const signature = await signTyped(wallet, prepared.toSign[0]!.typedData);
      const { status, body } = await send<Record<string, unknown>[]>(issue, {
        cookie,
        body: { draft: prepared.draft, signatures: [{ key, signature }] },
        wait: 20,
      });
      expect(status).equal(207);
      expect(body.map((item) => item.status)).deep.equal(cards.map(() => 201));
    });

    it('cannot have the vault sign for them', async () => {
      const cookie = await signIn(running, await joinedWallet(running, organisation));
      expect((await send(issue, { cookie, body: aCard() })).body.code).equal('SIGNATURE_NEEDED');
    });

    it('are refused with a signature of somebody else, of something else, or too few of them', async () => {
      const wallet = await joinedWallet(running, organisation);
      const cookie = await signIn(running, wallet);
      const { body: prepared } = await prepare(cookie, aCard());
      const { body: other } = await prepare(cookie, aCard());
      const { key } = (await send(`${running.url}/v1/session`, { cookie })).body;
      const good = await signTyped(wallet, prepared.toSign[0]!.typedData);
      const wrong = [
        await signTyped(makeWallet(), prepared.toSign[0]!.typedData),
        await signTyped(wallet, other.toSign[0]!.typedData),
        malleated(good),
        '0x00',
      ];
      for (const signature of wrong) {
        const reply = await send(issue, {
          cookie,
          body: { draft: prepared.draft, signatures: [{ key, signature }] },
        });
        expect(reply.body.code).equal('SIGNATURE_REFUSED');
      }
      const none = await send(issue, { cookie, body: { draft: prepared.draft, signatures: [] } });
      expect(none.body.code).equal('SIGNATURE_REFUSED');
      const right = await send(issue, {
        cookie,
        body: { draft: prepared.draft, signatures: [{ key, signature: good }] },
      });
      expect(right.status).equal(202);
    });

    it('cannot send another session’s draft', async () => {
      const wallet = await joinedWallet(running, organisation);
      const [mine, theirs] = [await signIn(running, wallet), await signIn(running, wallet)];
      const { body: prepared } = await prepare(mine, aCard());
      const { key } = (await send(`${running.url}/v1/session`, { cookie: mine })).body;
      const signature = await signTyped(wallet, prepared.toSign[0]!.typedData);
      const reply = await send(issue, {
        cookie: theirs,
        body: { draft: prepared.draft, signatures: [{ key, signature }] },
      });
      expect(reply.body.code).equal('DRAFT_UNKNOWN');
    });

    it('choose for which of their organisations they work, and take no draft from one to the other', async () => {
      const wallet = await joinedWallet(running, organisation);
      const other = await makeBranch(running);
      const code = await invite(running, other.organisation);
      const joined = { code, wallet: await siweProof(running, wallet) };
      expect((await send(`${running.url}/v1/join`, { body: joined })).status).equal(201);
      const cookie = await signIn(running, wallet);
      type Own = { organisation: string; organisations: { organisation: string }[] };
      const { body: own } = await send<Own>(`${running.url}/v1/session`, { cookie });
      const ids = own.organisations.map(({ organisation: id }) => id);
      expect(ids).members([organisation, other.organisation]);
      const wanted = ids.find((id) => id !== own.organisation)!;
      const { body: prepared } = await prepare(cookie, aCard());
      const change = (id: string) =>
        send(`${running.url}/v1/session/organisation`, { cookie, body: { organisation: id } });
      const stranger = await makeBranch(running);
      expect(reasonOf(await change(stranger.organisation))).equal('401 organisation');
      const changed = await change(wanted);
      expect(changed.body).include({ organisation: wanted });
      expect((await send(`${running.url}/v1/session`, { cookie })).status).equal(401);
      const now = cookieOf(changed.headers);
      const { key } = (await send(`${running.url}/v1/session`, { cookie: now })).body;
      const signature = await signTyped(wallet, prepared.toSign[0]!.typedData);
      const body = { draft: prepared.draft, signatures: [{ key, signature }] };
      expect((await send(issue, { cookie: now, body })).body.code).equal('DRAFT_UNKNOWN');
    });

    it('are not made to act by another site', async () => {
      const cookie = await signIn(running, await joinedWallet(running, organisation));
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: '', 'sec-fetch-site': 'same-site' },
      ]) {
        const reply = await send(`${issue}/prepare`, { cookie, body: aCard(), headers });
        expect(reply.body.code, headers.origin).equal('ORIGIN_FOREIGN');
      }
      const two = await send(`${running.url}/v1/session`, {
        cookie: `${cookie}; ${cookie.split('=')[0]}=planted`,
      });
      expect(two.status).equal(401);
    });

    it('lose the session with their key, and with their organisation', async () => {
      const branch = await makeBranch(running);
      const path = `${running.url}/v1/admin/organisations/${branch.organisation}`;
      const wallet = await joinedWallet(running, branch.organisation);
      const cookie = await signIn(running, wallet);
      const session = () => send(`${running.url}/v1/session`, { cookie });
      await send(`${path}/suspend`, { key: running.adminKey, body: {} });
      expect((await session()).body.code).equal('SESSION_ENDED');
      expect(reasonOf(await tryIn(await siweProof(running, wallet)))).equal('401 organisation');
      await send(`${path}/resume`, { key: running.adminKey, body: {} });
      expect((await session()).status).equal(200);
      await send(`${path}/keys/${wallet.address}/end`, { key: running.adminKey, body: {} });
      expect((await session()).body.code).equal('SESSION_ENDED');
    });
  });

  describe('signing in', () => {
    it('burns a nonce once, even under 100 parallel tries', async () => {
      const proof = await siweProof(running, await joinedWallet(running, organisation));
      const replies = await Promise.all(Array.from({ length: 100 }, () => tryIn(proof)));
      expect(replies.filter(({ status }) => status === 200)).lengthOf(1);
      for (const reply of replies) if (reply.status !== 200) expect(reasonOf(reply)).equal('401 nonce');
    });

    it('burns the nonce of a failed try as well', async () => {
      const wallet = await joinedWallet(running, organisation);
      const proof = await siweProof(running, wallet);
      expect(reasonOf(await tryIn({ ...proof, signature: malleated(proof.signature) }))).equal(
        '401 signature',
      );
      expect(reasonOf(await tryIn(proof))).equal('401 nonce');
    });

    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const wrong: readonly (readonly [string, () => Parameters<typeof siweProof>[2], string])[] = [
      ['another domain', () => ({ domain: 'evil.example' }), '401 domain'],
      ['another address', () => ({ uri: 'https://evil.example' }), '401 uri'],
      ['another chain', () => ({ chainId: 1 }), '401 chain'],
      ['an old text', () => ({ issuedAt: minutesAgo(11) }), '401 time'],
      ['a text from the future', () => ({ issuedAt: minutesAgo(-3) }), '401 time'],
      ['an expired text', () => ({ expirationTime: minutesAgo(1) }), '401 signature'],
      ['a made-up nonce', () => ({ nonce: 'ab'.repeat(36) }), '401 nonce'],
    ];
    for (const [what, change, reason] of wrong)
      it(`is refused with ${what}`, async () => {
        const wallet = await joinedWallet(running, organisation);
        expect(reasonOf(await tryIn(await siweProof(running, wallet, change())))).equal(reason);
      });

    it('is refused to a wallet that no organisation has registered, and to a broken text', async () => {
      expect(reasonOf(await tryIn(await siweProof(running, makeWallet())))).equal('401 organisation');
      const proof = await siweProof(running, makeWallet());
      expect(reasonOf(await tryIn({ ...proof, message: `${proof.message}\n` }))).equal('401 message');
      expect(reasonOf(await tryIn({ message: 'hello', signature: '0x' }))).equal('401 message');
    });

    it('counts tries by address', async () => {
      const { headers } = await tryIn(await siweProof(running, makeWallet()));
      expect(headers.get('ratelimit-policy')).contains('"sign-in"');
    });
  });

  describe('with a passkey', () => {
    it('join by an invitation, sign in, and sign for the chain', async () => {
      const device = makeAuthenticator(running.url);
      const code = await invite(running, organisation);
      const options = await send<{ challenge: string }>(`${running.url}/v1/join/options`, {
        body: { code, name: 'Kim' },
      });
      const joined = await send(`${running.url}/v1/join`, {
        body: { code, passkey: device.register(options.body.challenge) },
      });
      expect(joined.status, JSON.stringify(joined.body)).equal(201);
      const asked = await send<{ challenge: string }>(`${running.url}/v1/session/passkey/options`, {
        body: {},
      });
      const assertion = device.signIn(asked.body.challenge);
      const entered = await send(`${running.url}/v1/session/passkey`, { body: assertion });
      expect(entered.body).include({
        organisation,
        kind: 'passkey',
        credentialId: device.credentialId,
        rpId: 'localhost',
      });
      expect((await send(`${running.url}/v1/session/passkey`, { body: assertion })).status).equal(401);

      const cookie = cookieOf(entered.headers);
      const { body: prepared } = await prepare(cookie, aCard());
      const signature = device.signDigest(prepared.toSign[0]!.digest);
      const body = { draft: prepared.draft, signatures: [{ key: entered.body.key, signature }] };
      const reply = await send(issue, { cookie, body, wait: 20 });
      expect(reply.status, JSON.stringify(reply.body)).equal(201);
    });

    it('use an invitation once, and a foreign device’s answer never', async () => {
      const code = await invite(running, organisation);
      const evil = makeAuthenticator('https://evil.example');
      const options = () => send<{ challenge: string }>(`${running.url}/v1/join/options`, { body: { code } });
      const refused = await send(`${running.url}/v1/join`, {
        body: { code, passkey: evil.register((await options()).body.challenge) },
      });
      expect(refused.body.code).equal('SIGN_IN_REFUSED');
      const proofs = await Promise.all([1, 2, 3, 4].map(() => siweProof(running, makeWallet())));
      const replies = await Promise.all(
        proofs.map((wallet) => send(`${running.url}/v1/join`, { body: { code, wallet } })),
      );
      expect(replies.map(({ status }) => status).sort()).deep.equal([201, 404, 404, 404]);
      expect((await options()).body).include({ code: 'INVITATION_UNKNOWN' });
    });
  });
});

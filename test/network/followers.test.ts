import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { inspectionOf } from '../../scripts/bench/documents.ts';
import { proveAll } from '../../scripts/lib/prover.ts';
import { type GatewayPart, type RunningNetwork, startNetwork } from '../../scripts/network/network.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import type { PollAnswer } from '../../server/services/voting/answers.ts';
import type { RollRow } from '../../server/services/voting/enrolment.ts';
import { digestOf } from '../../server/services/voting/roll-copies.ts';
import { fingerprintOf, parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { orderOf } from '../helpers/ballots.ts';
import { healthOf, send, sendPatiently, startOwn, stopOwn, type TestGateway } from '../helpers/gateway.ts';
import {
  digestsOf,
  foundPollOffice,
  freezeRoll,
  makePoll,
  PICTURE,
  untilCopied,
} from '../helpers/poll-office.ts';
import { aCourse, issue, makeSchool, membersOnChain } from '../helpers/two-gateways.ts';
import { whenFirstHasAll } from './books.ts';

describe('A second gateway and a reader on four validators', () => {
  let folder: string;
  let network: RunningNetwork;
  let trust: Trust;
  let second: GatewayPart;
  let reader: TestGateway;
  let key: Awaited<ReturnType<typeof makeSchool>>;
  let written = 9_000;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-followers-'));
    const place = join(folder, 'network');
    network = await startNetwork({ folder: place, gateways: 2, standbys: 2, ports: 'free' });
    const first = network.gateways[0]!;
    second = network.gateways[1]!;
    trust = parseTrust((await send(`${first.url}/v1/trust`)).body);
    reader = await follow({ SILLOK_RPC_URL: network.nodes[3]!.rpcUrl, SILLOK_ROLE: 'reader' });
    const at = ({ url, adminKey }: GatewayPart) => ({ url, adminKey: adminKey() });
    key = await makeSchool(at(first), at(second));
  });
  after(async () => {
    if (reader !== undefined) await stopOwn(reader);
    await network?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('give the receipt that the signing gateway gives, for an entry that the second one took in', async () => {
    const entryId = await write();
    const receipts = await Promise.all(urlsOfAll().map((url) => receiptAt(url, entryId)));
    for (const receipt of receipts)
      expect(verifyReceipt(receipt, trust, { verifyEd25519 }).outcome).to.equal('valid');
    const leaves = receipts.map((receipt) => receipt.split('\n')[1]);
    expect(new Set(leaves).size).to.equal(1);
    const size = await sizeOfAll();
    const tiles = await Promise.all(
      urlsOfAll().map(async (url) => (await fetch(`${url}/log/tile/0/000.p/${size}`)).arrayBuffer()),
    );
    expect(new Set(tiles.map((tile) => Buffer.from(tile).toString('hex'))).size).to.equal(1);
  });

  it('go on while the signing gateway is dead: entries become final, receipts come when it is back', async () => {
    const before = await write();
    await receiptAt(reader.url, before);
    const [first] = network.gateways;
    await first!.kill();
    const entryId = await write();
    expect((await send(`${second.url}/v1/entries/${entryId}/receipt`)).status).to.equal(409);
    const old = await receiptAt(reader.url, before);
    expect(verifyReceipt(old, trust, { verifyEd25519 }).outcome).to.equal('valid');
    while ((await send(`${reader.url}/v1/entries/${entryId}`)).body.state !== 'final') await pause(100);
    await first!.start();
    for (const url of urlsOfAll())
      expect(verifyReceipt(await receiptAt(url, entryId), trust, { verifyEd25519 }).outcome).to.equal(
        'valid',
      );
  });

  it('have standbys of their own, as the first one, none of which answers to the secret of another', async () => {
    const copies = network.standbys.map(({ name, url }) => {
      const file = join(network.folder, 'hosts', name, 'token');
      return { url, token: readFileSync(file, 'utf8').trim() };
    });
    expect(copies).to.have.length(4);
    for (const copy of copies)
      for (const { token } of copies) {
        const headers = { authorization: `Bearer ${token}` };
        const { status } = await fetch(`${copy.url}/head`, { headers });
        expect(status, copy.url).to.equal(token === copy.token ? 200 : 401);
      }
    for (const { url, adminKey } of network.gateways) {
      const state = async () => (await healthOf(url, adminKey())).standbys;
      while ((await state()).some(({ error }) => error !== undefined)) await pause(200);
      expect(await state()).to.have.length(2);
    }
  });

  it('record one of two members of batches that came to both gateways under one key, at once or one dead', async () => {
    const [first] = network.gateways;
    const at = (place: GatewayPart, own: string, idempotency: string, wait?: number) =>
      issue(place, own, idempotency, aCourse(), wait);
    const members = async () => {
      const urls = network.nodes.map(({ rpcUrl }) => rpcUrl);
      await whenFirstHasAll(urls);
      return membersOnChain(urls[0]!, trust);
    };
    const before = await members();
    const keys = Array.from({ length: 12 }, () => randomUUID());
    /** Where the claim is asked for, a standby may be late. */
    const patiently = async (...args: Parameters<typeof at>) => {
      let reply = await at(...args);
      while (reply.body.code === 'CLAIMS_UNREACHABLE') reply = await at(...args);
      return reply;
    };
    const answers = await Promise.all(
      keys.map((one) =>
        Promise.all([at(first!, key.first, one, 30), patiently(second, key.second, one, 30)]),
      ),
    );
    for (const pair of answers) {
      const kept = pair.findIndex(({ status }) => status === 201);
      expect(pair[1 - kept]?.body.code, JSON.stringify(pair.map(({ body }) => body))).to.equal(
        'ENTRY_ELSEWHERE',
      );
    }
    expect((await members()) - before).to.equal(keys.length);

    await first!.kill();
    const late = randomUUID();
    expect((await at(second, key.second, late)).body.code).to.equal('CLAIMS_UNREACHABLE');
    await first!.start();
    expect((await at(second, key.second, late, 30)).status).to.equal(201);
    expect((await at(first!, key.first, late)).body.code).to.equal('ENTRY_ELSEWHERE');
    expect((await members()) - before).to.equal(keys.length + 1);
  });

  it('carry a poll on when the gateway that took it in is gone: its text, its roll, and the ballots', async () => {
    const [first] = network.gateways;
    const office = await foundPollOffice(first!.url, first!.adminKey());
    const made = await makePoll(first!.url, office, {
      opensAt: new Date(Date.now() - 1_000).toISOString(),
      closesAt: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const { pollId } = made;
    await freezeRoll(first!.url, office, pollId, [0, 1, 2]);
    const frozen = (await send<PollAnswer>(`${first!.url}/v1/voting/polls/${pollId}`)).body;
    for (const { url } of network.witnesses)
      await untilCopied(url, [...digestsOf(made), digestOf(frozen.roll!.root)]);
    const file = join(folder, 'trust.json');
    await writeFile(file, JSON.stringify(trust));
    await first!.kill();
    const late = await follow({
      SILLOK_RPC_URL: network.nodes[2]!.rpcUrl,
      SILLOK_ROLE: 'reader',
      SILLOK_TRUST: file,
    });
    for (const { url } of [second, reader, late]) {
      const path = `${url}/v1/voting/polls/${pollId}`;
      await untilCopied(url, [...digestsOf(made), digestOf(frozen.roll!.root)]);
      const { content, notices, enrolment } = await untilThere<PollAnswer>(path);
      expect({ content, notices, enrolment }).to.deep.equal({
        content: made.content,
        notices: frozen.notices,
        enrolment: null,
      });
      const { images } = await untilThere<{ images: unknown }>(`${path}/images`);
      expect(images).to.deep.equal([{ option: 0, image: PICTURE }]);
    }
    await stopOwn(late);
    const entryId = await castAt(second.url, pollId, frozen);
    await first!.start();
    const receipt = await receiptAt(first!.url, entryId);
    expect(verifyReceipt(receipt, trust, { verifyEd25519 }).outcome).to.equal('valid');
    for (const url of urlsOfAll())
      while ((await untilThere<PollAnswer>(`${url}/v1/voting/polls/${pollId}`)).turnout !== 1)
        await pause(50);
  });

  /** As a voter's device does: roll and chunk from that gateway, the proof of its own. */
  async function castAt(url: string, pollId: Hex, { roll: frozen }: PollAnswer): Promise<string> {
    const path = `${url}/v1/voting/polls/${pollId}/roll`;
    const { root, chunkRoots } = await untilThere<RollRow>(path);
    const { leaves } = await untilThere<{ leaves: string[] }>(`${path}/0`);
    expect(root).to.equal(frozen!.root);
    const place = { chainId: trust.chainId, contract: trust.contracts.Ballots, pollId };
    const roll = { leaves: leaves.map(BigInt), chunkRoots: chunkRoots.map(BigInt), root: BigInt(root) };
    const [body] = await proveAll([orderOf(1, place, [0], roll)]);
    const cast = await sendPatiently(`${url}/v1/voting/cast`, { body, wait: 30 });
    expect(cast.status, JSON.stringify(cast.body)).to.equal(201);
    return cast.body.entryId;
  }

  async function untilThere<T>(url: string): Promise<T> {
    for (;;) {
      const { status, body } = await send<T>(url);
      if (status === 200) return body;
      await pause(50);
    }
  }

  const follow = (variables: Readonly<Record<string, string>>) =>
    startOwn({
      SILLOK_LOG_URL: `${network.gateways[0]!.url}/log`,
      SILLOK_TRUST_FINGERPRINT: fingerprintOf(trust),
      SILLOK_WITNESSES: network.witnesses.map((witness) => `${witness.key}@${witness.url}`).join(','),
      ...variables,
    });
  const urlsOfAll = () => [network.gateways[0]!.url, second.url, reader.url];

  /** Once all publish the same checkpoint. */
  async function sizeOfAll(): Promise<number> {
    for (;;) {
      const texts = await Promise.all(
        urlsOfAll().map(async (url) => (await fetch(`${url}/log/checkpoint`)).text()),
      );
      const sizes = new Set(texts.map((text) => Number(text.split('\n')[1])));
      if (sizes.size === 1) return [...sizes][0]!;
      await pause(50);
    }
  }

  async function write(): Promise<string> {
    const { status, body } = await sendPatiently(`${second.url}/v1/vehicles/register-inspection`, {
      key: key.second,
      body: inspectionOf(written++),
      wait: 30,
    });
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 201]);
    return body.entryId;
  }

  async function receiptAt(url: string, entryId: string): Promise<string> {
    for (;;) {
      const { status, body } = await send<string>(`${url}/v1/entries/${entryId}/receipt`, { wait: 10 });
      if (status === 200) return body;
      await pause(100);
    }
  }
});

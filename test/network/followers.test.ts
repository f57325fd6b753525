import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { inspectionOf } from '../../scripts/bench/documents.ts';
import { type RunningNetwork, startNetwork } from '../../scripts/network/network.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { fingerprintOf, parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { send, startOwn, stopOwn, type TestGateway } from '../helpers/gateway.ts';

describe('A second gateway and a reader on four validators', function () {
  this.timeout(300_000);
  let folder: string;
  let network: RunningNetwork;
  let trust: Trust;
  let second: TestGateway;
  let reader: TestGateway;
  let key: string;
  let written = 9_000;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-followers-'));
    network = await startNetwork({ folder: join(folder, 'network'), ports: 'free' });
    const [first] = network.gateways;
    trust = parseTrust((await send(`${first!.url}/v1/trust`)).body);
    const follow = (variables: Readonly<Record<string, string>>) =>
      startOwn({
        SILLOK_LOG_URL: `${first!.url}/log`,
        SILLOK_TRUST_FINGERPRINT: fingerprintOf(trust),
        SILLOK_WITNESSES: network.witnesses.map((witness) => `${witness.key}@${witness.url}`).join(','),
        ...variables,
      });
    const urls = network.nodes.map(({ rpcUrl }) => rpcUrl);
    second = await follow({ SILLOK_RPC_URL: urls.join(',') });
    reader = await follow({ SILLOK_RPC_URL: urls[3]!, SILLOK_ROLE: 'reader' });
    key = await foundBranch();
  });
  after(async () => {
    for (const running of [reader, second]) if (running !== undefined) await stopOwn(running);
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
    const size = () => second.context.log.latest()!.size;
    while (reader.context.log.latest()?.size !== size()) await pause(50);
    const tiles = await Promise.all(
      urlsOfAll().map(async (url) => (await fetch(`${url}/log/tile/0/000.p/${size()}`)).arrayBuffer()),
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

  const urlsOfAll = () => [network.gateways[0]!.url, second.url, reader.url];

  /** An organisation whose key lies in the second gateway's vault; only the first one's administrator may register it. */
  async function foundBranch(): Promise<string> {
    const [first] = network.gateways;
    const admin = { key: first!.adminKey() };
    const organisation = 'branch';
    const { address } = await second.context.vault.signer(`organisation.${organisation}`);
    const at = `${first!.url}/v1/admin/organisations`;
    const body = {
      organisation,
      name: '지점',
      kind: 'public-body',
      accreditations: ['vehicles'],
      vaultKey: false,
    };
    expect((await send(at, { ...admin, body })).status).to.be.below(300);
    expect((await send(`${at}/${organisation}/keys`, { ...admin, body: { address } })).status).to.be.below(
      300,
    );
    for (;;) {
      const answer = await send<{ key: string }>(`${second.url}/v1/admin/api-keys`, {
        key: second.adminKey,
        body: { organisation, label: 'test', scopes: ['vehicles/*'] },
      });
      if (answer.status < 300) return answer.body.key;
      await pause(100);
    }
  }

  async function write(): Promise<string> {
    const { status, body } = await send(`${second.url}/v1/vehicles/register-inspection`, {
      key,
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

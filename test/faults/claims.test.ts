/** Two real gateways on one chain, of which one dies between two steps of a claim, is replaced by its standby, or by an older copy. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../scripts/lib/gateway.ts';
import { type EmbeddedChain, startEmbeddedChain } from '../../server/chain/embedded/start.ts';
import type { HealthStatus } from '../../server/http/health.ts';
import { fingerprintOf, parseTrust, type Trust } from '../../server/verify/trust.ts';
import { healthOf, type Reply, send } from '../helpers/gateway.ts';
import { newToken, runPromotion, startStandby } from '../helpers/standby.ts';
import { aCourse, issue, makeSchool, membersOnChain, writeClaimsFiles } from '../helpers/two-gateways.ts';

/** When the follower dies: before its claim arrives, when it is kept, when it is answered; or not. */
type Moment = 'sent' | 'kept' | 'answered';

const SECOND = 'https://second.city.example';

describe('a claim of one gateway at another', () => {
  let root: string;
  let chain: EmbeddedChain;
  let files: Awaited<ReturnType<typeof writeClaimsFiles>>;
  let trust: Trust;
  let first: StartedGateway;
  let second: StartedGateway;
  let road: Server;
  let dieAt: Moment | undefined;
  let key: Awaited<ReturnType<typeof makeSchool>>;

  beforeEach(async () => {
    dieAt = undefined;
    root = await mkdtemp(join(tmpdir(), 'sillok-claims-'));
    files = await writeClaimsFiles(root, SECOND);
    chain = await startEmbeddedChain({ folder: join(root, 'chain'), chainId: 1413 });
    await chain.ready;
  });
  afterEach(async () => {
    await second?.kill();
    await first?.kill();
    road?.closeAllConnections();
    road?.close();
    await chain.stop();
    await rm(root, { recursive: true, force: true });
  });

  const startFirst = (variables: Readonly<Record<string, string>> = {}, data = 'first') =>
    startGatewayProcess({
      data: join(root, data),
      variables: { SILLOK_RPC_URL: chain.url, SILLOK_CLAIMS_FILE: files.first, ...variables },
    });
  const startSecond = () =>
    startGatewayProcess({
      data: join(root, 'second'),
      variables: {
        SILLOK_RPC_URL: chain.url,
        SILLOK_LOG_URL: `http://127.0.0.1:${(road.address() as AddressInfo).port}/log`,
        SILLOK_TRUST_FINGERPRINT: fingerprintOf(trust),
        SILLOK_CLAIMS_FILE: files.second,
      },
    });

  async function openBoth(variables: Readonly<Record<string, string>> = {}): Promise<void> {
    first = await startFirst(variables);
    trust = parseTrust((await send(`${first.url}/v1/trust`)).body);
    road = createServer((request, response) => {
      pass(request).then(
        async ({ status, body, isClaim }) => {
          if (isClaim && dieAt === 'kept') return second.kill();
          response.writeHead(status, { 'content-type': 'application/json' }).end(body);
          if (isClaim && dieAt === 'answered') await second.kill();
        },
        () => response.destroy(),
      );
    });
    await once(road.listen(0, '127.0.0.1'), 'listening');
    second = await startSecond();
    key = await makeSchool(place(first), place(second));
  }

  /** The way from the follower to the gateway that signs the log, wherever that is now. */
  async function pass(request: IncomingMessage) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    // The second one also looks every few seconds, without an entry.
    const isClaim =
      request.url === '/v1/claims' && JSON.parse(Buffer.concat(chunks).toString()).entryIds.length > 0;
    if (isClaim && dieAt === 'sent') {
      await second.kill();
      throw new Error('it died before');
    }
    const answer = await fetch(`${first.url}${request.url}`, {
      method: request.method!,
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? '',
      },
      ...(request.method === 'POST' && { body: Buffer.concat(chunks) }),
    });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()), isClaim };
  }

  const place = ({ url, adminKey }: StartedGateway) => ({ url, adminKey });
  const atFirst = (idempotency: string, wait?: number) =>
    issue(first, key.first, idempotency, aCourse(), wait);
  const atSecond = (idempotency: string, wait?: number) =>
    issue(second, key.second, idempotency, aCourse(), wait);
  const members = () => membersOnChain(chain.url, trust);

  it('outlives a gateway that dies with it: the other refuses the entry until the dead one is back and takes it in', async () => {
    await openBoth();
    for (const moment of ['kept', 'answered'] as const) {
      const before = await members();
      const idempotency = randomUUID();
      dieAt = moment;
      const told = await atSecond(idempotency).then(
        ({ status }) => status,
        () => 'lost',
      );
      // Who was answered may just have answered in turn.
      expect(told).to.be.oneOf(moment === 'answered' ? ['lost', 202] : ['lost']);
      await second.kill();
      dieAt = undefined;
      const refused = await atFirst(idempotency);
      expect(refused.body.code, moment).to.equal('ENTRY_ELSEWHERE');
      expect(refused.body.detail).to.contain(SECOND);
      second = await startSecond();
      const back = await atSecond(idempotency, 30);
      expect(back.body.state, `${moment} ${JSON.stringify(back.body)}`).to.be.oneOf(['final', 'receipted']);
      expect((await atFirst(idempotency)).body.code).to.equal('ENTRY_ELSEWHERE');
      expect((await members()) - before).to.equal(1);
    }
  });

  it('leaves the entry to anybody when the gateway died before the claim arrived', async () => {
    await openBoth();
    const idempotency = randomUUID();
    dieAt = 'sent';
    expect(await atSecond(idempotency).catch(() => 'lost')).to.equal('lost');
    dieAt = undefined;
    expect((await atFirst(idempotency, 30)).status).to.equal(201);
    second = await startSecond();
    expect((await atSecond(idempotency)).body.code).to.equal('ENTRY_ELSEWHERE');
    expect(await members()).to.equal(1);
  });

  it('holds at the standby that takes over from the gateway that signs the log', async () => {
    const { file } = await newToken(root);
    const standby = await startStandby(join(root, 'standby'), file);
    await openBoth({ SILLOK_STANDBYS: standby.url, SILLOK_STANDBY_TOKEN_FILE: file });
    const idempotency = randomUUID();
    // Where the claim is asked for, a standby may be late.
    const claimed = await untilNot('CLAIMS_UNREACHABLE', () => atSecond(idempotency, 30));
    expect(claimed.status).to.equal(201);
    await copyFile(join(root, 'first/keys/passphrase'), join(root, 'passphrase'));
    await first.kill();
    await standby.end('SIGTERM');
    await rm(join(root, 'first'), { recursive: true });
    const { code, said } = await runPromotion(join(root, 'standby'), file);
    expect(code, said).to.equal(0);
    first = await startFirst({ SILLOK_PASSPHRASE_FILE: join(root, 'passphrase') }, 'standby');
    expect((await atFirst(idempotency)).body.code).to.equal('ENTRY_ELSEWHERE');
    const next = randomUUID();
    expect((await atSecond(next)).status).to.equal(202);
    expect((await atFirst(next)).body.code).to.equal('ENTRY_ELSEWHERE');
  });

  it('is told again to a gateway restored from an older copy, which takes no member before', async () => {
    await openBoth();
    const { adminKey } = first;
    await first.stop();
    await cp(join(root, 'first'), join(root, 'older'), { recursive: true });
    first = await startFirst();
    const [forgotten, own] = [randomUUID(), randomUUID()];
    expect((await atSecond(forgotten, 30)).status).to.equal(201);
    expect((await atFirst(own, 30)).status).to.equal(201);
    await second.kill();
    await first.stop();
    await rm(join(root, 'first'), { recursive: true });
    await cp(join(root, 'older'), join(root, 'first'), { recursive: true });
    first = await startFirst();
    const waiting = await untilNot('RECOVERING', () => atFirst(forgotten));
    expect(waiting.status).to.equal(503);
    expect(waiting.body.code).to.equal('CLAIMS_INCOMPLETE');
    expect(waiting.body.detail).to.contain(SECOND).and.contain('SILLOK_CLAIMS_FILE');
    const { refusal } = (await statusOf(first.url, adminKey)).claims;
    expect(refusal).to.include({ code: 'CLAIMS_INCOMPLETE', gateway: SECOND });
    second = await startSecond();
    expect((await untilNot('CLAIMS_INCOMPLETE', () => atFirst(forgotten))).body.code).to.equal(
      'ENTRY_ELSEWHERE',
    );
    expect((await atSecond(forgotten)).headers.get('idempotency-replayed')).to.equal('true');
    expect((await atFirst(randomUUID(), 30)).status).to.equal(201);
    expect((await atSecond(randomUUID(), 30)).status).to.equal(201);
    expect((await statusOf(first.url, adminKey)).claims).to.deep.equal({ recordedTwice: 0 });
    expect(await members()).to.equal(4);
  });

  it('is told again to an older copy that was put back while nothing else was recorded, once its gateway looks', async () => {
    await openBoth();
    const { adminKey } = first;
    expect((await atSecond(randomUUID(), 30)).status).to.equal(201);
    await first.stop();
    await cp(join(root, 'first'), join(root, 'older'), { recursive: true });
    first = await startFirst();
    const forgotten = randomUUID();
    expect((await atSecond(forgotten, 30)).status).to.equal(201);
    await second.kill();
    await first.stop();
    await rm(join(root, 'first'), { recursive: true });
    await cp(join(root, 'older'), join(root, 'first'), { recursive: true });
    first = await startFirst();
    second = await startSecond();
    expect((await atSecond(randomUUID(), 30)).status).to.equal(201);
    expect((await atFirst(forgotten)).body.code).to.equal('ENTRY_ELSEWHERE');
    expect((await statusOf(first.url, adminKey)).claims).to.deep.equal({ recordedTwice: 0 });
    expect(await members()).to.equal(3);
  });

  it('is not waited for once the operator has taken the gateway out of the file', async () => {
    await openBoth();
    await first.stop();
    await cp(join(root, 'first'), join(root, 'older'), { recursive: true });
    first = await startFirst();
    expect((await atFirst(randomUUID(), 30)).status).to.equal(201);
    await second.kill();
    await first.stop();
    await rm(join(root, 'first'), { recursive: true });
    await cp(join(root, 'older'), join(root, 'first'), { recursive: true });
    first = await startFirst();
    const next = randomUUID();
    expect((await untilNot('RECOVERING', () => atFirst(next))).body.code).to.equal('CLAIMS_INCOMPLETE');
    await first.stop();
    first = await startFirst({ SILLOK_CLAIMS_FILE: '' });
    expect((await atFirst(next, 30)).status).to.equal(201);
  });

  it('is no longer its own to a gateway that was restored from an older copy and has forgotten the entry', async () => {
    await openBoth();
    await second.stop();
    await cp(join(root, 'second'), join(root, 'older'), { recursive: true });
    second = await startSecond();
    const idempotency = randomUUID();
    expect((await atSecond(idempotency, 30)).status).to.equal(201);
    await second.stop();
    await rm(join(root, 'second'), { recursive: true });
    await cp(join(root, 'older'), join(root, 'second'), { recursive: true });
    second = await startSecond();
    const { body } = await untilNot('RECOVERING', () => atSecond(idempotency));
    expect(body.code, JSON.stringify(body)).to.equal('ENTRY_ELSEWHERE');
    expect((await atSecond(randomUUID(), 30)).status).to.equal(201);
    expect(await members()).to.equal(2);
  });

  it('is told as recorded twice when it was freed by hand though its gateway had recorded it', async () => {
    await openBoth();
    const { adminKey } = second;
    const idempotency = randomUUID();
    const { body } = await issue(second, key.second, idempotency, [aCourse()]);
    const [{ entryId }] = body as unknown as [{ entryId: string }];
    while ((await members()) < 1) await pause(50);
    await second.stop();
    await cp(join(root, 'second'), join(root, 'older'), { recursive: true });
    second = await startSecond();
    expect((await atSecond(randomUUID(), 30)).status).to.equal(201);
    await second.stop();
    const freed = await send(`${first.url}/v1/admin/claims/${entryId}/release`, {
      key: first.adminKey,
      body: { reason: 'taken for lost' },
    });
    expect(freed.status).to.equal(200);
    // In a batch of another root: one of the same root the chain refuses.
    await issue(first, key.first, idempotency, [aCourse(), aCourse('김서연')]);
    while ((await members()) < 4) await pause(50);
    await rm(join(root, 'second'), { recursive: true });
    await cp(join(root, 'older'), join(root, 'second'), { recursive: true });
    second = await startSecond();
    await untilNot('RECOVERING', () => atSecond(randomUUID()));
    const { alerts } = await statusOf(second.url, adminKey);
    expect(alerts.map(({ code }) => code)).to.include('RECORDED_TWICE');
    expect((await send<string>(`${second.url}/metrics`)).body).to.match(/^sillok_recorded_twice_entries 1$/m);
  });

  /** The state of a gateway is kept for a second. */
  async function statusOf(url: string, key: string | undefined): Promise<HealthStatus> {
    await pause(1_000);
    return healthOf(url, key);
  }

  async function untilNot(code: string, ask: () => Promise<Reply>): Promise<Reply> {
    for (;;) {
      const reply = await ask();
      if (reply.body.code !== code) return reply;
      await pause(100);
    }
  }
});

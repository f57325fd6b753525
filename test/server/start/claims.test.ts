import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { BOOK, type BookRow } from '../../../server/outbox/rows.ts';
import { type CommittedStore, openStore } from '../../../server/store/level.ts';
import { fingerprintOf } from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { type Ended, runCommand } from '../../helpers/command.ts';
import {
  aCard,
  healthOf,
  type Loose,
  send,
  startOwn,
  stopOwn,
  type TestGateway,
} from '../../helpers/gateway.ts';
import {
  aCourse,
  courseId,
  issue,
  makeSchool,
  membersOnChain,
  startBook,
  untilKnown,
  writeClaimsFiles,
} from '../../helpers/two-gateways.ts';

const SECOND = 'https://second.city.example';
const ADMIN = fileURLToPath(new URL('../../../scripts/admin/main.ts', import.meta.url));

describe('The same key at two gateways, of entries that go into one Merkle batch', () => {
  let folder: string;
  let chain: EmbeddedChain;
  let files: Awaited<ReturnType<typeof writeClaimsFiles>>;
  let first: TestGateway;
  let second: TestGateway;
  let key: Awaited<ReturnType<typeof makeSchool>>;

  const startFirst = (variables: Readonly<Record<string, string>> = {}, kept?: string) =>
    startOwn({ SILLOK_RPC_URL: chain.url, SILLOK_CLAIMS_FILE: files.first, ...variables }, kept);
  const startSecond = (variables: Readonly<Record<string, string>> = {}, kept?: string) =>
    startOwn(
      {
        SILLOK_RPC_URL: chain.url,
        SILLOK_LOG_URL: `${first.url}/log`,
        SILLOK_TRUST_FINGERPRINT: fingerprintOf(first.trust),
        SILLOK_CLAIMS_FILE: files.second,
        ...variables,
      },
      kept,
    );

  /** The administrator's key is shown at the first start only. */
  const again = async ({ adminKey }: TestGateway, started: Promise<TestGateway>) => ({
    ...(await started),
    adminKey,
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-claims-'));
    chain = await startEmbeddedChain({ folder: join(folder, 'chain'), chainId: 1413 });
    await chain.ready;
    files = await writeClaimsFiles(folder, SECOND);
    first = await startFirst();
    second = await startSecond();
    key = await makeSchool(first, second);
  });
  after(async () => {
    for (const running of [second, first]) if (running !== undefined) await stopOwn(running);
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const atFirst = (idempotency: string, body?: object, wait?: number) =>
    issue(first, key.first, idempotency, body, wait);
  const atSecond = (idempotency: string, body?: object, wait?: number) =>
    issue(second, key.second, idempotency, body, wait);

  async function recorded(): Promise<number> {
    while (first.context.outbox.status().open + second.context.outbox.status().open > 0) await pause(20);
    return membersOnChain(chain.url, first.trust);
  }

  it('is recorded once, whichever gateway had it first, and the other one says who has it', async () => {
    const before = await recorded();
    for (const [one, other, owner] of [
      [atFirst, atSecond, first.url],
      [atSecond, atFirst, SECOND],
    ] as const) {
      const idempotency = randomUUID();
      const mine = await one(idempotency, aCourse(), 30);
      expect(mine.status, JSON.stringify(mine.body)).to.be.oneOf([200, 201]);
      const refused = await other(idempotency);
      expect(refused.status).to.equal(409);
      expect(refused.body.code).to.equal('ENTRY_ELSEWHERE');
      expect(refused.body.details).to.deep.equal({ entryId: mine.body.entryId, gateway: owner });
      expect((await one(idempotency)).headers.get('idempotency-replayed')).to.equal('true');
    }
    expect((await recorded()) - before).to.equal(2);
  });

  it('is recorded once when it comes to both at the same moment', async () => {
    const before = await recorded();
    const keys = Array.from({ length: 40 }, () => randomUUID());
    const pairs = await Promise.all(keys.map((one) => Promise.all([atFirst(one), atSecond(one)])));
    for (const pair of pairs) {
      expect(pair.map(({ status }) => status).sort()).to.deep.equal([202, 409]);
      const refused = pair.find(({ status }) => status === 409)!;
      expect(refused.body.code).to.equal('ENTRY_ELSEWHERE');
    }
    expect((await recorded()) - before).to.equal(keys.length);
  });

  it('keeps the others of a list from being held up by those that another gateway has', async () => {
    const before = await recorded();
    const idempotency = randomUUID();
    const courses = Array.from({ length: 30 }, (_, i) => aCourse(`사람 ${i}`));
    const shorter = await atFirst(idempotency, courses.slice(0, 12));
    expect(shorter.status).to.equal(207);
    const { body } = await atSecond(idempotency, courses);
    const items = body as unknown as { status: number; error?: Loose }[];
    expect(items.map(({ status }) => status)).to.deep.equal(courses.map((_, i) => (i < 12 ? 409 : 202)));
    expect(new Set(items.slice(0, 12).map(({ error }) => error!.code))).to.deep.equal(
      new Set(['ENTRY_ELSEWHERE']),
    );
    expect((await recorded()) - before).to.equal(courses.length);
  });

  it('gets the receipt of its entry at the gateway that has it', async () => {
    const { body } = await atSecond(randomUUID(), aCourse(), 30);
    const receipt = await send<string>(`${second.url}/v1/entries/${body.entryId}/receipt`, { wait: 30 });
    expect(verifyReceipt(receipt.body, first.trust, { verifyEd25519 }).outcome).to.equal('valid');
  });

  it('tells of a record that the chain holds where it stands and where its receipt is', async () => {
    const idempotency = randomUUID();
    const card = aCard();
    const at = ({ url }: TestGateway, wait?: number) =>
      send(`${url}/v1/library-cards/issue`, {
        key: url === first.url ? key.first : key.second,
        body: card,
        idempotency,
        ...(wait !== undefined && { wait }),
      });
    const { body } = await at(first, 30);
    while ((await send(`${second.url}/v1/entries/${body.entryId}`)).status === 404) await pause(20);
    const refused = await at(second);
    expect(refused.body.code, JSON.stringify(refused.body)).to.equal('ENTRY_EXISTS');
    const { receipt, state, entryId } = refused.body.details as unknown as Record<string, string>;
    expect(entryId).to.equal(body.entryId);
    expect(state).to.be.oneOf(['final', 'receipted']);
    expect((await send(`${second.url}${receipt}`, { wait: 30 })).status).to.equal(200);
  });

  it('is refused by a gateway that has no claims file, which names the one to send it to', async () => {
    await second.stop();
    second = await again(second, startSecond({ SILLOK_CLAIMS_FILE: '' }, second.folder));
    const idempotency = randomUUID();
    const refused = await atSecond(idempotency);
    expect(refused.status).to.equal(409);
    expect(refused.body.code).to.equal('CLAIMS_UNSET');
    expect(refused.body.detail).to.contain(new URL(first.url).origin).and.contain('SILLOK_CLAIMS_FILE');
    await second.stop();
    second = await again(second, startSecond({}, second.folder));
    expect((await atSecond(idempotency)).status).to.equal(202);
  });

  it('waits for the operator while the token is a wrong one, and nobody claims without a token', async () => {
    await second.stop();
    const wrong = await writeClaimsFiles(await mkdtemp(join(folder, 'wrong-')), SECOND);
    second = await again(second, startSecond({ SILLOK_CLAIMS_FILE: wrong.second }, second.folder));
    const idempotency = randomUUID();
    const refused = await atSecond(idempotency);
    expect(refused.status).to.equal(503);
    expect(refused.headers.get('retry-after')).to.equal('2');
    expect(refused.body.code).to.equal('CLAIMS_REFUSED');
    for (const token of [undefined, wrong.token, first.adminKey])
      expect((await claim(token)).status).to.equal(401);
    await second.stop();
    second = await again(second, startSecond({}, second.folder));
    expect((await atSecond(idempotency)).status).to.equal(202);
  });

  it('waits while the gateway that signs the log is dead; what the chain keeps apart goes on', async () => {
    const port = new URL(first.url).port;
    await first.stop();
    const idempotency = randomUUID();
    const refused = await atSecond(idempotency);
    expect(refused.status).to.equal(503);
    expect(refused.headers.get('retry-after')).to.equal('2');
    expect(refused.body.code).to.equal('CLAIMS_UNREACHABLE');
    expect(await metricOf(second, 'sillok_claims_up')).to.equal(0);
    const card = await send(`${second.url}/v1/library-cards/issue`, {
      key: key.second,
      body: aCard(),
      wait: 30,
    });
    expect(card.status, JSON.stringify(card.body)).to.equal(201);
    first = await again(first, startFirst({ SILLOK_PORT: port }, first.folder));
    expect((await atSecond(idempotency)).status).to.equal(202);
    expect((await atFirst(idempotency)).body.code).to.equal('ENTRY_ELSEWHERE');
    expect(await metricOf(second, 'sillok_claims_up')).to.equal(1);
  });

  it('is told as stopped for as long as the gateway that signs can write nothing, also when nobody asks', async () => {
    const { store } = first.context;
    const { commit } = store;
    Object.assign(store, { commit: () => Promise.reject(new AppError('STORE_FULL')) });
    const { body } = await atSecond(randomUUID());
    const since = (await refusalAtSecond())?.sinceMs;
    await pause(6_000);
    const later = await refusalAtSecond();
    Object.assign(store, { commit });
    expect(body.code).to.equal('CLAIMS_UNREACHABLE');
    expect(since).to.be.a('number');
    expect(later?.sinceMs).to.equal(since);
    while ((await refusalAtSecond()) !== undefined);
    expect((await atSecond(randomUUID())).status).to.equal(202);
  });

  it('belongs to whom it was claimed for, until the administrator frees it', async () => {
    const idempotency = randomUUID();
    const { body } = await atFirst(randomUUID());
    expect(await claimed([body.entryId])).to.deep.equal([{ entryId: body.entryId, gateway: first.url }]);
    const free = courseId(key.organisation, idempotency);
    // All or none: what was refused together with a taken one is still free.
    expect(await claimed([free, body.entryId])).to.have.length(1);
    expect(await claimed([free])).to.deep.equal([]);
    expect(await claimed([free]), 'the same holder again').to.deep.equal([]);
    expect(await claimed([free], 'b'.repeat(32)), 'another holder under the same token').to.have.length(1);
    expect((await atFirst(idempotency)).body.code).to.equal('ENTRY_ELSEWHERE');
    expect((await admin(first, 'claim', 'show', free)).said).to.contain(SECOND);
    expect((await admin(first, 'claim', 'release', free, 'its', 'machine', 'burnt')).code).to.equal(0);
    expect((await admin(first, 'claim', 'release', free, 'again')).said).to.contain('CLAIM_UNKNOWN');
    expect((await admin(first, 'trail')).said).to.contain('its machine burnt');
    expect((await atFirst(idempotency)).status).to.equal(202);
  });

  it('can be signed at both once the second one’s vault key is registered, by commands alone', async () => {
    const id = 'college';
    expect((await admin(first, 'register', id, '대학', '--kind', 'company', '--no-key')).code).to.equal(0);
    expect((await admin(first, 'accredit', id, 'credentials')).code).to.equal(0);
    while ((await admin(second, 'vault-key', id)).code !== 0) await pause(50);
    const address = (await admin(second, 'vault-key', id, '--only', 'address')).said.trim();
    expect(address).to.match(/^0x[0-9a-f]{40}$/);
    expect((await admin(first, 'add-key', id, address)).code).to.equal(0);
    await untilKnown(second, id, address);
    const { said } = await admin(
      second,
      ...['issue-key', id, 'office', '--scopes', 'credentials/*', '--only', 'key'],
    );
    const answer = await issue(second, said.trim(), randomUUID(), aCourse(), 30);
    expect(answer.body.state, JSON.stringify(answer.body)).to.be.oneOf(['final', 'receipted']);
    const elsewhere = (await admin(second, 'add-key', id)).said;
    expect(elsewhere).to.contain('ADMINISTERED_ELSEWHERE').and.contain(new URL(first.url).origin);
    expect((await admin(second, 'vault-key', 'nobody')).said).to.contain('ORGANISATION_UNKNOWN');
  });

  it('needs claims files that can be read, with distinct lines, and one line where the log is followed', async () => {
    const token = 'a'.repeat(32);
    const broken = join(folder, 'broken');
    const codeOf = (start: typeof startFirst) =>
      start({ SILLOK_CLAIMS_FILE: broken }, join(folder, start.name)).then(
        () => 'started',
        ({ code, details }: AppError) => `${code} ${details.name}`,
      );
    const malformed = 'CONFIG_MALFORMED SILLOK_CLAIMS_FILE';
    expect(await codeOf(startFirst), 'not there').to.equal(malformed);
    for (const text of [
      '',
      'second.example\n',
      `${SECOND} short\n`,
      `ftp://a ${token}\n`,
      `${SECOND} ${token}\n${SECOND} ${token}b\n`,
      `${SECOND} ${token}\nhttps://third.example ${token}\n`,
    ]) {
      await writeFile(broken, text);
      expect(await codeOf(startFirst), text).to.equal(malformed);
    }
    await writeFile(broken, `${SECOND} ${token}\nhttps://third.example ${token}b\n`);
    expect(await codeOf(startSecond)).to.equal(malformed);
  });

  async function refusalAtSecond(): Promise<{ sinceMs: number } | undefined> {
    await pause(1_000);
    return (await healthOf(second.url, second.adminKey)).claims.refusal;
  }

  /** The state of a gateway is kept for a second. */
  async function metricOf({ url }: TestGateway, name: string): Promise<number> {
    await pause(1_000);
    const { body } = await send<string>(`${url}/metrics`);
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(body)?.[1]);
  }

  async function claim(token: string | undefined, entryIds: readonly string[] = [], holder = 'a'.repeat(32)) {
    const { id: book } = (await first.context.store.get<BookRow>(BOOK))!;
    const body = { holder, origin: holder, book, seen: 0, entryIds };
    return send<{ taken: unknown[] }>(`${first.url}/v1/claims`, { key: token, body });
  }

  async function claimed(entryIds: readonly string[], holder?: string): Promise<unknown[]> {
    const { status, body } = await claim(files.token, entryIds, holder);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body.taken;
  }

  /** As an operator types it. */
  async function admin({ url, adminKey }: TestGateway, ...args: readonly string[]): Promise<Ended> {
    const keyFile = join(folder, 'admin-key');
    await writeFile(keyFile, adminKey);
    return runCommand([ADMIN, ...args, '--url', url], { SILLOK_ADMIN_KEY_FILE: keyFile });
  }
});

describe('The book of claims of a gateway that was restored from an older copy', () => {
  const THIRD = 'https://third.city.example';
  const id: Hex = `0x${'1'.repeat(64)}`;
  const other: Hex = `0x${'2'.repeat(64)}`;
  const stranger = { holder: 'e'.repeat(32), origin: 'f'.repeat(32) };
  const codeIn = (text: string) => /[A-Z]+_[A-Z]+/.exec(text)?.[0];
  let folder: string;
  let store: CommittedStore;
  let warned: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-book-'));
    store = await openStore(join(folder, 'store'));
    warned = [];
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (urls: readonly string[], isRestored = false) =>
    startBook({ folder, store, urls, isRestored, onWarning: (text) => warned.push(text) });

  it('waits for a gateway whose line was missing at a start in between, or whose address was changed', async () => {
    await start([SECOND]);
    expect((await start([], true)).waitsFor(), 'no line').to.equal(undefined);
    expect((await start([SECOND])).waitsFor(), 'the line is back').to.equal(SECOND);
    expect((await start([THIRD])).waitsFor(), 'another address').to.equal(THIRD);
    const { tellAll, waitsFor, claim } = await start([SECOND, THIRD]);
    await tellAll();
    expect(waitsFor(), 'the other one').to.equal(THIRD);
    expect(await claim([id])).to.equal('CLAIMS_INCOMPLETE');
    await tellAll({ gateway: THIRD, origin: 'c'.repeat(32) });
    expect(waitsFor()).to.equal(undefined);
    expect((await start([THIRD, SECOND])).waitsFor()).to.equal(undefined);
  });

  it('waits for nobody when it was never restored', async () => {
    expect((await start([SECOND])).waitsFor()).to.equal(undefined);
    expect((await start([SECOND, THIRD])).waitsFor()).to.equal(undefined);
  });

  it('asks a gateway that has told it under another address for nothing but a sign of life', async () => {
    await (await start([SECOND], true)).tellAll();
    const { waitsFor, claim } = await start([THIRD]);
    expect(waitsFor()).to.equal(THIRD);
    expect(await claim([id])).to.equal('done');
  });

  it('is not completed by somebody who has the token of a gateway and nothing else of it', async () => {
    expect(await (await start([SECOND])).claim([id])).to.equal('done');
    const { tellAll, waitsFor, claim } = await start([SECOND], true);
    expect(await tellAll(stranger)).to.equal('done');
    expect(waitsFor()).to.equal(SECOND);
    expect(await claim([other], stranger)).to.equal('CLAIMS_INCOMPLETE');
    expect(warned.map(codeIn)).to.deep.equal(['CLAIMS_SHARED']);
    expect(await claim([other]), 'told nothing yet').to.equal('CLAIMS_FORGOTTEN');
    await tellAll({ holder: 'd'.repeat(32) });
    expect(waitsFor(), 'a new holder of the same origin').to.equal(undefined);
  });

  it('takes a new store of a gateway for its own once the line was out of the file at a start', async () => {
    expect(await (await start([SECOND])).claim([id])).to.equal('done');
    await start([], true);
    const { tellAll, waitsFor } = await start([SECOND]);
    await tellAll(stranger);
    expect(waitsFor()).to.equal(undefined);
  });

  it('becomes another one when a gateway has seen more claims of its own than it holds', async () => {
    const { claim, waitsFor, tellAll } = await start([SECOND]);
    expect(await claim([id])).to.equal('done');
    expect(await claim([other], { seen: 1 })).to.equal('done');
    expect(await claim([], { ...stranger, seen: 9 }), 'who has only the token').to.equal('done');
    expect(await claim([], { seen: 3 })).to.equal('CLAIMS_FORGOTTEN');
    expect(waitsFor()).to.equal(SECOND);
    expect(warned.map(codeIn)).to.deep.equal(['CLAIMS_SHARED', 'CLAIMS_INCOMPLETE']);
    expect((await start([SECOND])).waitsFor(), 'after another start').to.equal(SECOND);
    await tellAll();
    expect(waitsFor()).to.equal(undefined);
  });
});

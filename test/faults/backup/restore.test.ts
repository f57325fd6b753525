/** R22: a store restored from an older backup while chain and log went on; and a store that is lost altogether. */
import { randomUUID } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { EXAMPLES } from '../../../server/services/vehicles/examples.ts';
import type { PollAnswer } from '../../../server/services/voting/answers.ts';
import { parseTrust } from '../../../server/verify/trust.ts';
import { startWitness } from '../../../server/witness/start.ts';
import { administer, makeActor, someVin } from '../../helpers/actors.ts';
import { type Ended, runCommand } from '../../helpers/command.ts';
import { send } from '../../helpers/gateway.ts';
import { digestsOf, foundPollOffice, makePoll, PICTURE, untilCopied } from '../../helpers/poll-office.ts';
import { cleanUp, type Process, ROOT, run } from '../start/harness.ts';

const EACH = 12;

interface Gateway extends Process {
  readonly url: string;
  readonly key: string | undefined;
}

interface Report {
  readonly knownSize: number;
  readonly size: number;
  readonly withoutOriginal: readonly { readonly entryId: string }[];
}

describe('a store that is older than the chain', () => {
  let root: string;
  let data: string;
  let chain: EmbeddedChain;
  let gateway: Gateway;
  let key: string;
  let adminKey: string;
  let organisation: string;
  const vins = new Map<string, string>();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-restore-'));
    data = join(root, 'data');
    chain = await startEmbeddedChain({ folder: join(root, 'chain'), chainId: 1413 });
    await chain.ready;
    gateway = await open(data);
    adminKey = gateway.key!;
    await writeFile(join(root, 'key'), adminKey);
    ({ key, organisation } = await makeActor({ url: gateway.url, adminKey }, ['vehicles']));
    await copyFile(join(data, 'keys/passphrase'), join(root, 'passphrase'));
  });
  afterEach(async () => {
    await cleanUp();
    await chain.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function open(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Gateway> {
    const variables = { SILLOK_DATA: folder, SILLOK_RPC_URL: chain.url, SILLOK_LOG_LEVEL: 'warn' };
    const started = run({ ...variables, ...more });
    const url = (await started.says(/is open at (\S+)/))[1]!;
    return { ...started, url, key: (await started.says(/is open at/)).input.match(/slk_\S+/)?.[0] };
  }

  const vinOf = (idempotency: string): string => {
    if (!vins.has(idempotency)) vins.set(idempotency, someVin());
    return vins.get(idempotency)!;
  };
  const post = (idempotency: string, wait?: number) =>
    send(`${gateway.url}/v1/vehicles/register-purchase`, {
      key,
      body: { ...EXAMPLES.purchase, vin: vinOf(idempotency) },
      idempotency,
      ...(wait !== undefined && { wait }),
    });

  async function record(count: number): Promise<Map<string, string>> {
    const entries = new Map<string, string>();
    await Promise.all(
      Array.from({ length: count }, async () => {
        const idempotency = randomUUID();
        const { status, body } = await post(idempotency, 30);
        expect(status, JSON.stringify(body)).to.equal(201);
        entries.set(idempotency, body.entryId);
      }),
    );
    return entries;
  }

  const tool = (script: string, ...args: readonly string[]): Promise<Ended> =>
    runCommand([join(ROOT, 'scripts/backup', script), ...args]);

  async function backUp(name: string): Promise<string> {
    const out = join(root, name);
    const { code, said } = await tool('make.ts', out, '--url', gateway.url, '--key-file', join(root, 'key'));
    expect(code, said).to.equal(0);
    return out;
  }

  async function die(): Promise<void> {
    process.kill(-gateway.child.pid!, 'SIGKILL');
    await gateway.ended;
  }

  /** Waits until writing goes on; until then it is refused in words, and reading works. */
  async function recovered(folder: string): Promise<Report> {
    for (;;) {
      const { status, body } = await post(`probe-${'x'.repeat(8)}`).catch(async () => {
        throw new Error((await gateway.ended).lines.join());
      });
      if (status === 202) break;
      expect(status, JSON.stringify(body)).to.equal(503);
      expect(body.code).to.equal('RECOVERING');
      expect((await send(`${gateway.url}/v1/overview`)).status).to.equal(200);
    }
    const [name] = (await readdir(folder)).filter((file) => file.startsWith('recovered-'));
    expect(await readdir(folder)).to.not.include('recovery.json');
    return JSON.parse(await readFile(join(folder, name!), 'utf8')) as Report;
  }

  async function expectOneHistory(before: Map<string, string>, after: Map<string, string>): Promise<void> {
    for (const [idempotency, entryId] of before) {
      const again = await post(idempotency);
      expect(again.body.entryId).to.equal(entryId);
      const file = await send(`${gateway.url}/v1/entries/${entryId}/document`, { key, wait: 30 });
      expect(JSON.stringify(file.body)).to.contain(vinOf(idempotency));
    }
    for (const entryId of [...before.values(), ...after.values()]) {
      const receipt = await send(`${gateway.url}/v1/entries/${entryId}/receipt`, { wait: 30 });
      expect(receipt.status, JSON.stringify(receipt.body)).to.equal(200);
    }
    for (const idempotency of after.keys()) {
      const again = await post(idempotency);
      expect(again.status, JSON.stringify(again.body)).to.be.oneOf([409, 422]);
    }
    await record(EACH);
    const { body } = await send<{ services: { id: string; entries: number }[] }>(
      `${gateway.url}/v1/overview`,
    );
    const count = before.size + after.size + EACH;
    expect(body.services.find(({ id }) => id === 'vehicles')!.entries).to.be.within(count, count + 1);
  }

  it('restored from a backup made while it ran: it catches up, then writes, and tells what could not come back', async () => {
    const before = await record(EACH);
    const running = record(EACH);
    const backup = await backUp('backup');
    const during = await running;
    const after = await record(EACH);
    await die();
    await rm(data, { recursive: true });
    const target = join(root, 'restored');
    const { code, said } = await tool('restore.ts', backup, target);
    expect(code, said).to.equal(0);
    await copyFile(join(root, 'passphrase'), join(target, 'keys/passphrase'));
    gateway = await open(target);
    const report = await recovered(target);
    const lost = new Set(report.withoutOriginal.map(({ entryId }) => entryId));
    expect([...after.values()].every((entryId) => lost.has(entryId))).to.equal(true);
    expect([...before.values()].some((entryId) => lost.has(entryId))).to.equal(false);
    for (const [idempotency, entryId] of during)
      (lost.has(entryId) ? after : before).set(idempotency, entryId);
    await expectOneHistory(before, after);
  });

  it('copied back by hand, without a word: it is recognised by what its accounts have sent', async () => {
    const before = await record(EACH);
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    await cp(join(data, 'store'), join(root, 'older'), { recursive: true });
    gateway = await open(data);
    const after = await record(EACH);
    await die();
    await rm(join(data, 'store'), { recursive: true });
    await rename(join(root, 'older'), join(data, 'store'));
    gateway = await open(data);
    const report = await recovered(data);
    expect(report.withoutOriginal.map(({ entryId }) => entryId).sort()).to.deep.equal(
      [...after.values()].sort(),
    );
    await expectOneHistory(before, after);
  });

  it('lost altogether: the public views come back from the chain, and the missing documents are named', async () => {
    const entries = await record(EACH);
    await die();
    await rm(join(data, 'store'), { recursive: true });
    const { code, said } = await tool('restore.ts', '--without-store', data);
    expect(code, said).to.equal(0);
    gateway = await open(data);
    adminKey = gateway.key!;
    const ask = { organisation, label: 'test', scopes: ['vehicles/*'] };
    let issued: { key: string } | undefined;
    while (issued === undefined)
      issued = await administer<{ key: string }>({ url: gateway.url, adminKey }, 'api-keys', ask).catch(
        (error) => {
          expect(String(error)).to.contain('RECOVERING');
          return undefined;
        },
      );
    key = issued.key;
    const report = await recovered(data);
    expect(report.knownSize).to.equal(0);
    expect(report.withoutOriginal.map(({ entryId }) => entryId)).to.include.members([...entries.values()]);
    await expectOneHistory(new Map(), entries);
  });

  it('lost altogether: the texts of polls come back from the witnesses, compared with the chain', async () => {
    const office = await foundPollOffice(gateway.url, adminKey);
    const poll = await makePoll(gateway.url, office);
    const { chainId, contracts, logKey } = parseTrust((await send(`${gateway.url}/v1/trust`)).body);
    const witness = await startWitness({
      folder: join(root, 'witness'),
      name: 'city-2.example/witness',
      ...{ rpcUrl: chain.url, chainId, contracts, logKey, sources: [gateway.url] },
      ...{ fromBlock: 0, passphrase: 'correct horse', port: 0 },
    });
    await untilCopied(witness.url, digestsOf(poll));
    await die();
    for (const part of ['store', 'witness']) await rm(join(data, part), { recursive: true });
    expect((await tool('restore.ts', '--without-store', data)).code).to.equal(0);
    gateway = await open(data, { SILLOK_WITNESSES: `${witness.key}@${witness.url}` });
    await untilCopied(gateway.url, digestsOf(poll));
    const ask = () => send<PollAnswer>(`${gateway.url}/v1/voting/polls/${poll.pollId}`);
    // Known again as soon as the blocks were read.
    while ((await ask()).status === 404) await pause(50);
    const { body } = await ask();
    expect(body.content).to.deep.equal(poll.content);
    expect(body.notices).to.not.include('TEXT_MISSING');
    const images = await send(`${gateway.url}/v1/voting/polls/${poll.pollId}/images`);
    expect(images.body.images).to.deep.equal([{ option: 0, image: PICTURE }]);
    await witness.stop();
  });

  it('is not made of a damaged backup, nor put over another one', async () => {
    await record(1);
    const backup = await backUp('backup');
    await mkdir(join(root, 'full'));
    await writeFile(join(root, 'full/file'), 'x');
    expect((await tool('restore.ts', backup, join(root, 'full'))).said).to.contain('DATA_NOT_EMPTY');
    expect(
      (await tool('make.ts', backup, '--url', gateway.url, '--key-file', join(root, 'key'))).said,
    ).to.contain('BACKUP_EXISTS');
    const path = join(backup, 'store.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"number":', '"nunber":'));
    expect((await tool('restore.ts', backup, join(root, 'new'))).said).to.contain('BACKUP_DAMAGED');
    const other = await send(`${gateway.url}/v1/admin/backup`);
    expect(other.status).to.equal(401);
  });
});

/** R26, and the loss of a whole machine: two real gateways, a real standby, one chain that both reach. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { type Reply, send, sendPatiently } from '../../helpers/gateway.ts';
import { newToken, type RunningStandby, runPromotion, startStandby } from '../../helpers/standby.ts';
import { cleanUp, type Process, run } from '../start/harness.ts';

const CLIENTS = 8;
const WANTED = 120;

interface Sent {
  readonly idempotency: string;
  readonly body: object;
  entryId?: string;
}

interface Gateway extends Process {
  readonly url: string;
  readonly key: string | undefined;
}

describe('taking over from a gateway', () => {
  let root: string;
  let chain: EmbeddedChain;
  let standby: RunningStandby;
  let tokenFile: string;
  let primary: Gateway;
  let key: string;
  const { example } = credentials.actions['issue-course']!;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-take-over-'));
    ({ file: tokenFile } = await newToken(root));
    chain = await startEmbeddedChain({ folder: join(root, 'chain'), chainId: 1413 });
    await chain.ready;
    standby = await startStandby(join(root, 'standby'), tokenFile);
    primary = await open(join(root, 'primary'), {
      SILLOK_STANDBYS: standby.url,
      SILLOK_STANDBY_TOKEN_FILE: tokenFile,
    });
    key = primary.key!;
    // What people keep.
    await copyFile(join(root, 'primary/keys/passphrase'), join(root, 'passphrase'));
  });
  afterEach(async () => {
    await cleanUp();
    await standby.end('SIGKILL');
    await chain.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function open(data: string, variables: Record<string, string> = {}): Promise<Gateway> {
    const gateway = run({
      SILLOK_DATA: data,
      SILLOK_RPC_URL: chain.url,
      SILLOK_LOG_LEVEL: 'warn',
      ...variables,
    });
    const url = (await gateway.says(/is open at (\S+)/))[1]!;
    return { ...gateway, url, key: (await gateway.says(/is open at/)).input.match(/slk_\S+/)?.[0] };
  }

  const post = (url: string, { idempotency, body }: Sent) =>
    send(`${url}/v1/credentials/issue-course`, { key, body, idempotency });

  /** Clients that go on until told to stop, or until the gateway is gone. */
  function load(sent: Sent[]) {
    let isOver = false;
    const client = async () => {
      while (!isOver) {
        const one: Sent = {
          idempotency: randomUUID(),
          body: { ...(example as object), holderName: `사람 ${sent.length}` },
        };
        sent.push(one);
        const reply = await post(primary.url, one).catch(() => undefined);
        if (reply === undefined) return;
        // Without a standby for a moment, or fenced: it asks again until it is told to stop.
        if (reply.status >= 500) await new Promise((resolve) => setTimeout(resolve, 50));
        if (reply.status === 202) one.entryId = reply.body.entryId;
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    return {
      end: async () => {
        isOver = true;
        await clients;
      },
    };
  }

  const acknowledged = (sent: readonly Sent[]) => sent.filter(({ entryId }) => entryId !== undefined);

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async function takeOver(): Promise<Gateway> {
    const { code, said } = await runPromotion(join(root, 'standby'), tokenFile);
    expect(code, said).to.equal(0);
    return open(join(root, 'standby'), { SILLOK_PASSPHRASE_FILE: join(root, 'passphrase') });
  }

  /** A gateway that took over derives the log anew: until that is cosigned there is none, for what had one before either. */
  async function receiptOf(url: string, entryId: string): Promise<Reply> {
    for (;;) {
      const reply = await send(`${url}/v1/entries/${entryId}/receipt`, { wait: 30 });
      if (reply.body.code !== 'RECEIPT_PENDING') return reply;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Nothing lost, nothing twice, one history, originals readable. */
  async function expectAll(gateway: Gateway, sent: readonly Sent[]): Promise<void> {
    const entries = new Set<string>();
    for (const one of sent) {
      const reply = await post(gateway.url, one);
      expect(reply.status, JSON.stringify(reply.body)).to.equal(202);
      if (one.entryId !== undefined) expect(reply.body.entryId).to.equal(one.entryId);
      entries.add(reply.body.entryId);
    }
    expect(entries.size).to.equal(sent.length);
    for (const [i, one] of sent.entries()) {
      const entryId = [...entries][i]!;
      const receipt = await receiptOf(gateway.url, entryId);
      expect(receipt.status, JSON.stringify(receipt.body)).to.equal(200);
      if (i % 20 !== 0) continue;
      const file = await send(`${gateway.url}/v1/entries/${entryId}/document`, { key });
      expect(JSON.stringify(file.body)).to.contain((one.body as { holderName: string }).holderName);
    }
    const { body } = await send<{ services: { id: string; entries: number }[] }>(
      `${gateway.url}/v1/overview`,
    );
    expect(body.services.find(({ id }) => id === 'credentials')!.entries).to.equal(sent.length);
  }

  it('that was only paused: it acknowledges and signs nothing more, and ends when it comes back', async () => {
    const sent: Sent[] = [];
    const clients = load(sent);
    await until(() => acknowledged(sent).length >= WANTED);
    primary.child.kill('SIGSTOP');
    const next = await takeOver();
    primary.child.kill('SIGCONT');
    const ended = await primary.ended;
    await clients.end();
    expect(ended.code).to.equal(1);
    expect(ended.lines.join()).to.contain('[FENCED]');
    await expectAll(next, sent);
    const again = run({
      SILLOK_DATA: join(root, 'primary'),
      SILLOK_RPC_URL: chain.url,
      SILLOK_LOG_LEVEL: 'warn',
    });
    expect((await again.ended).lines.join(), 'started again without its standby').to.contain('[FENCED]');
  });

  it('whose machine is gone with all its files: everything acknowledged is there', async () => {
    const sent: Sent[] = [];
    const clients = load(sent);
    await until(() => acknowledged(sent).length >= WANTED);
    process.kill(-primary.child.pid!, 'SIGKILL');
    await primary.ended;
    await rm(join(root, 'primary'), { recursive: true });
    await clients.end();
    await expectAll(await takeOver(), sent);
  });

  it('is not needed while only the standby is away: writes are refused in words, reads go on, it heals, and ends when it is told to', async () => {
    const one: Sent = { idempotency: randomUUID(), body: example as object };
    const taken = await sendPatiently(`${primary.url}/v1/credentials/issue-course`, { key, ...one });
    expect(taken.status).to.equal(202);
    await standby.end('SIGKILL');
    const refused = await post(primary.url, { idempotency: randomUUID(), body: example as object });
    expect(refused.status).to.equal(503);
    expect(refused.body.code).to.equal('STANDBY_MISSING');
    expect(refused.headers.get('retry-after')).to.match(/^\d+$/);
    const seen = await Promise.race([send(`${primary.url}/v1/overview`), primary.ended]);
    expect(seen, JSON.stringify(seen)).to.include({ status: 200 });
    standby = await startStandby(join(root, 'standby'), tokenFile, Number(new URL(standby.url).port));
    const two: Sent = { idempotency: randomUUID(), body: example as object };
    let status = 503;
    while (status === 503) ({ status } = await post(primary.url, two));
    expect(status).to.equal(202);
    await standby.end('SIGKILL');
    const last = post(primary.url, { idempotency: randomUUID(), body: example as object }).catch(
      () => undefined,
    );
    primary.child.kill('SIGTERM');
    const ended = await primary.ended;
    expect(ended.code, ended.lines.join()).to.equal(0);
    expect((await last)?.status).to.not.equal(202);
  });

  it('is not made possible by a change of its list while the standby is away: it opens when that one knows', async () => {
    primary.child.kill('SIGTERM');
    await primary.ended;
    await standby.end('SIGTERM');
    const other = await startStandby(join(root, 'other'), tokenFile);
    try {
      const next = run({
        SILLOK_DATA: join(root, 'primary'),
        SILLOK_RPC_URL: chain.url,
        SILLOK_LOG_LEVEL: 'warn',
        SILLOK_STANDBYS: `${standby.url},${other.url}`,
        SILLOK_STANDBY_TOKEN_FILE: tokenFile,
      });
      const open = next.says(/is open at/);
      let isOpen = false;
      void open.then(() => {
        isOpen = true;
      });
      let told = '';
      next.child.stderr!.on('data', (text: string) => {
        told += text;
      });
      // The new one has it all.
      await until(() => told.includes('waiting for a standby') && told.includes('"lag":0'));
      expect(isOpen).to.equal(false);
      standby = await startStandby(join(root, 'standby'), tokenFile, Number(new URL(standby.url).port));
      await open;
    } finally {
      await other.end('SIGKILL');
    }
  });
});

/** R10 and R11 at the whole gateway: killed under load, and its store damaged before it is started again. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { send } from '../../helpers/gateway.ts';

const CLIENTS = 8;
const WANTED = 60;

describe('a store that is damaged while the gateway lies killed', () => {
  let folder: string;
  let gateway: StartedGateway;
  let key: string;
  const acknowledged = new Map<string, { readonly body: object; readonly entryId: string }>();
  const { example } = credentials.actions['issue-course']!;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-torn-'));
    gateway = await startGatewayProcess({ data: folder });
    key = gateway.adminKey!;
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const post = (idempotency: string, body: object) =>
    send(`${gateway.url}/v1/credentials/issue-course`, { key, body, idempotency });

  async function loadAndKill(): Promise<void> {
    const wanted = acknowledged.size + WANTED;
    let isDead = false;
    const client = async () => {
      while (!isDead) {
        const [idempotency, body] = [randomUUID(), { ...(example as object), holderName: randomUUID() }];
        const reply = await post(idempotency, body).catch(() => undefined);
        if (reply?.status === 202) acknowledged.set(idempotency, { body, entryId: reply.body.entryId });
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    while (acknowledged.size < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    isDead = true;
    await gateway.kill();
    await Promise.all(clients);
  }

  async function newestLog(sub: string): Promise<string> {
    const names = (await readdir(join(folder, sub))).filter((name) => /^\d+\.log$/.test(name)).sort();
    return join(folder, sub, names.at(-1)!);
  }

  const damages: Readonly<Record<string, () => Promise<void>>> = {
    'the newest records of LevelDB’s log cut off': async () => {
      const path = await newestLog('store');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    },
    'a bit flipped in the middle of LevelDB’s log': async () => {
      const path = await newestLog('store');
      const bytes = await readFile(path);
      bytes[Math.floor(bytes.length / 2)]! ^= 4;
      await writeFile(path, bytes);
    },
    'the commit log scrambled': async () => {
      const path = await newestLog('store/commits');
      await writeFile(
        path,
        (await readFile(path)).map((byte) => byte ^ 0x55),
      );
    },
  };

  for (const [what, damage] of Object.entries(damages))
    it(`${what}: everything acknowledged is there, once`, async () => {
      await loadAndKill();
      await damage();
      gateway = await startGatewayProcess({ data: folder });
      for (const [idempotency, { body, entryId }] of acknowledged) {
        const reply = await post(idempotency, body);
        expect(reply.status, JSON.stringify(reply.body)).to.equal(202);
        expect(reply.body.entryId).to.equal(entryId);
      }
      for (const { entryId } of acknowledged.values()) {
        const receipt = await send(`${gateway.url}/v1/entries/${entryId}/receipt`, { wait: 30 });
        expect(receipt.status, JSON.stringify(receipt.body)).to.equal(200);
      }
    });
});

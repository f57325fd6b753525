/** Mistakes of whoever runs the gateway: backups of different days, folders deleted in good faith. */
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { parseTrust } from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { createClient } from '../../../web/lib/client/client.ts';
import { untilReceipted } from '../../helpers/gateway.ts';

const course = { holderName: '홍길동', courseName: '기초', hours: 8, completedOn: '2026-02-27' };

describe('an operator who restores and deletes', () => {
  let folder: string;
  let running: StartedGateway | undefined;
  let key: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-operator-'));
  });
  after(async () => {
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const data = () => join(folder, 'data');
  const start = async () => {
    running = await startGatewayProcess({ data: data() });
    return running;
  };
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  /** While a new checkpoint is gathering cosignatures there is none to be had. */
  async function receiptOf(url: string, entryId: string): Promise<string> {
    for (;;) {
      const reply = await fetch(`${url}/v1/entries/${entryId}/receipt`);
      if (reply.status === 200) return reply.text();
      expect(reply.status).equal(409);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  async function issue(url: string, idempotencyKey: string = randomUUID()) {
    const client = createClient({ url, apiKey: key });
    const { entryId } = await client.credentials.issueCourse(course, { key: idempotencyKey });
    expect(await untilReceipted(url, entryId as `0x${string}`)).include({ state: 'receipted' });
    return { entryId, receipt: await receiptOf(url, entryId) };
  }

  it('is told that the chain is older than the store, and nothing is written over what was read', async () => {
    const { url, adminKey } = await start();
    const admin = createClient({ url, apiKey: adminKey });
    await admin.request('POST', '/v1/admin/organisations', {
      organisation: 'school',
      name: 'School',
      kind: 'company',
      accreditations: ['credentials'],
    });
    const scopes = ['credentials/*'];
    ({ key } = await admin.request<{ key: string }>('POST', '/v1/admin/api-keys', {
      organisation: 'school',
      label: 'desk',
      scopes,
    }));
    await stop();
    await cp(join(data(), 'chain'), join(folder, 'old-chain'), { recursive: true });
    await issue((await start()).url);
    await stop();
    await cp(join(data(), 'chain'), join(folder, 'chain'), { recursive: true });
    await rm(join(data(), 'chain'), { recursive: true });
    await cp(join(folder, 'old-chain'), join(data(), 'chain'), { recursive: true });
    const failure = await startGatewayProcess({ data: data() }).then(
      async (started) => {
        await started.stop();
        return 'it started';
      },
      (error: Error) => error.message,
    );
    expect(failure).match(/ended with 1: .*\[CHAIN_OLDER\]/);
    await rm(join(data(), 'chain'), { recursive: true });
    await cp(join(folder, 'chain'), join(data(), 'chain'), { recursive: true });
  });

  it('loses no receipt and gets no second history with tiles, checkpoint and the witness’s memory deleted', async () => {
    const { url } = await start();
    const idempotencyKey = randomUUID();
    const { entryId, receipt } = await issue(url, idempotencyKey);
    const trust = parseTrust(await createClient({ url }).trust());
    await stop();
    await rm(join(data(), 'log'), { recursive: true });
    await rm(join(data(), 'witness/store'), { recursive: true });
    await rm(join(data(), 'witness/log'), { recursive: true });
    const again = (await start()).url;
    expect(parseTrust(await createClient({ url: again }).trust())).deep.equal(trust);
    const repeated = await issue(again, idempotencyKey);
    expect(repeated.entryId).equal(entryId);
    const next = await issue(again);
    for (const text of [receipt, repeated.receipt, next.receipt])
      expect(verifyReceipt(text, trust, { verifyEd25519 }).outcome).equal('valid');
    const pathOf = (text: string) => text.slice(0, text.indexOf('\n\n'));
    expect(pathOf(repeated.receipt).split('\n').slice(0, 3)).deep.equal(
      pathOf(receipt).split('\n').slice(0, 3),
    );
  });
});

/** What was answered 2xx is kept when the whole gateway is killed under load: rows R1 and R2 over HTTP, with many clients. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { send } from '../../helpers/gateway.ts';

const ROUNDS = 3;
const CLIENTS = 16;

interface Sent {
  readonly idempotency: string;
  readonly body: unknown;
  entryId?: string;
}

describe('killing the gateway under load', () => {
  let folder: string;
  let gateway: StartedGateway;
  let key: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-kill-'));
    gateway = await startGatewayProcess({ data: folder });
    key = gateway.adminKey!;
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const { example } = credentials.actions['issue-course']!;
  const post = ({ idempotency, body }: Sent) =>
    send(`${gateway.url}/v1/credentials/issue-course`, { key, body, idempotency });

  it('loses nothing that was acknowledged and records nothing twice', async () => {
    const sent: Sent[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let isDead = false;
      let acknowledged = 0;
      const client = async () => {
        while (!isDead) {
          const one: Sent = {
            idempotency: randomUUID(),
            body: { ...(example as object), holderName: `사람 ${sent.length}` },
          };
          sent.push(one);
          const reply = await post(one).catch(() => undefined);
          if (reply?.status === 202) {
            one.entryId = reply.body.entryId;
            acknowledged += 1;
          }
        }
      };
      const clients = Array.from({ length: CLIENTS }, client);
      while (acknowledged < 100 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 5));
      isDead = true;
      await gateway.kill();
      await Promise.all(clients);
      gateway = await startGatewayProcess({ data: folder });
    }
    const known = sent.filter(({ entryId }) => entryId !== undefined);
    expect(known.length).above(300);

    // Every request again, acknowledged or not: the same entry, or its first.
    const entries = new Set<string>();
    for (const one of sent) {
      const reply = await post(one);
      expect(reply.status).equal(202);
      if (one.entryId !== undefined) expect(reply.body.entryId).equal(one.entryId);
      entries.add(reply.body.entryId);
    }
    expect(entries.size).equal(sent.length);
    for (const entryId of entries) {
      const reply = await send(`${gateway.url}/v1/entries/${entryId}/receipt`, { wait: 30 });
      expect(reply.status, JSON.stringify(reply.body)).equal(200);
    }
    const { body } = await send<{ services: { id: string; entries: number }[] }>(
      `${gateway.url}/v1/overview`,
    );
    expect(body.services.find(({ id }) => id === 'credentials')!.entries).equal(sent.length);
  });
});

/** A gateway that is told to end under load answers what is under way before it closes what that needs. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { send } from '../../helpers/gateway.ts';

const CLIENTS = 16;
const WANTED = 60;

describe('stopping the gateway under load', () => {
  it('ends no request in an error of its own, and keeps what it acknowledged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sillok-stop-'));
    let gateway = await startGatewayProcess({ data: folder });
    const key = gateway.adminKey!;
    const { example } = credentials.actions['issue-course']!;
    const post = (idempotency: string) => {
      const body = { ...(example as object), holderName: idempotency };
      return send(`${gateway.url}/v1/credentials/issue-course`, { key, body, idempotency });
    };
    const acknowledged = new Map<string, string>();
    const others: unknown[] = [];
    let isClosed = false;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!isClosed) {
        const idempotency = randomUUID();
        // Nobody listens any more.
        const reply = await post(idempotency).catch(() => undefined);
        if (reply === undefined) isClosed = true;
        else if (reply.status === 202) acknowledged.set(idempotency, reply.body.entryId);
        else others.push(reply.body);
      }
    });
    while (acknowledged.size < WANTED && !isClosed) await new Promise((resolve) => setTimeout(resolve, 5));
    await gateway.stop();
    await Promise.all(clients);
    expect(others).to.deep.equal([]);
    expect(acknowledged.size).to.be.at.least(WANTED);
    gateway = await startGatewayProcess({ data: folder });
    for (const [idempotency, entryId] of acknowledged)
      expect((await post(idempotency)).body.entryId).to.equal(entryId);
    await gateway.stop();
    await rm(folder, { recursive: true });
  });
});

/** A gateway that is told to end under load answers what is under way before it closes what that needs. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { send } from '../../helpers/gateway.ts';
import { newToken, type RunningStandby, startStandby } from '../../helpers/standby.ts';

const CLIENTS = 16;
const WANTED = 60;

describe('stopping the gateway under load', () => {
  let root: string;
  let standby: RunningStandby | undefined;
  let chain: EmbeddedChain | undefined;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sillok-stop-'));
    [standby, chain] = [undefined, undefined];
  });
  afterEach(async () => {
    await standby?.end('SIGTERM');
    await chain?.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('ends no request in an error of its own, and keeps what it acknowledged', () => expectAll({}));

  it('lets commits under way reach the standby that they wait for', async () => {
    const { file } = await newToken(root);
    chain = await startEmbeddedChain({ folder: join(root, 'chain'), chainId: 1413 });
    await chain.ready;
    standby = await startStandby(join(root, 'standby'), file);
    await expectAll({
      SILLOK_RPC_URL: chain.url,
      SILLOK_STANDBYS: standby.url,
      SILLOK_STANDBY_TOKEN_FILE: file,
    });
  });

  async function expectAll(variables: Readonly<Record<string, string>>): Promise<void> {
    const place = { data: join(root, 'data'), variables };
    let gateway = await startGatewayProcess(place);
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
    gateway = await startGatewayProcess(place);
    for (const [idempotency, entryId] of acknowledged)
      expect((await post(idempotency)).body.entryId).to.equal(entryId);
    await gateway.stop();
  }
});

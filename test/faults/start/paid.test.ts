import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { startupLine } from '../../../server/http/startup-lines.ts';
import { aCard, makeBranch, send, startOwn, stopOwn } from '../../helpers/gateway.ts';
import { type PaidChain, startPaidChain } from '../../helpers/paid-chain.ts';

describe('a whole gateway where gas is paid for', () => {
  let folder: string;
  let paid: PaidChain;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-paid-'));
    paid = await startPaidChain(4_218);
  });
  after(async () => {
    await paid?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('names each account that cannot pay, and works when all of them can', async () => {
    const variables = { SILLOK_RPC_URL: paid.url, SILLOK_FEES: 'eip1559', SILLOK_LANES: '2' };
    const funded: string[] = [];
    for (;;) {
      const outcome = await startOwn(variables, folder).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) {
        const running = outcome as Awaited<ReturnType<typeof startOwn>>;
        try {
          const { key } = await makeBranch(running);
          const body = aCard();
          const answer = await send(`${running.url}/v1/library-cards/issue`, { key, body, wait: 20 });
          expect(answer.status).equal(201);
        } finally {
          await stopOwn(running);
        }
        break;
      }
      expect(outcome).instanceOf(AppError);
      const { code, details } = outcome as AppError;
      expect(code).equal('ACCOUNT_EMPTY');
      expect(startupLine(outcome)).match(
        /^The account [a-z0-9-]+ \(0x[0-9a-f]{40}\) owns nothing on this chain/,
      );
      funded.push(String(details.name));
      await paid.fund(details.account as Hex);
    }
    expect(funded).deep.equal(['deployer', 'administrator', 'lane-0', 'lane-1']);
  });

  it('does not start with more under way than the nodes keep of one sender', async () => {
    const error = await startOwn({ SILLOK_IN_FLIGHT: '17', SILLOK_POOL_PER_SENDER: '16' }).catch((e) => e);
    expect(startupLine(error)).match(
      /^A lane may have 17 transactions under way, but the nodes keep 16 of one sender\./,
    );
  });
});

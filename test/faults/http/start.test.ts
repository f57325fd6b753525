/** What a data folder survives: a second start, and the death of a part. Refused starts are in ../start. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';

describe('a data folder', () => {
  let folder: string;
  let data: string;
  let adminKey: string | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-start-'));
    data = join(folder, 'data');
    const first = await startGatewayProcess({ data });
    adminKey = first.adminKey;
    await first.stop();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('has its administrator’s key printed at the first start and never again', async () => {
    expect(adminKey).match(/^slk_/);
    const again = await startGatewayProcess({ data });
    const ready = await (await fetch(`${again.url}/readyz`)).json();
    await again.stop();
    expect(again.adminKey).equal(undefined);
    expect(ready).deep.equal({ status: 'ready', reasons: [], alerts: [] });
  });

  for (const part of ['embedded', 'witness'])
    it(`opens again after a kill of its ${part === 'embedded' ? 'chain' : part} ended the gateway`, async () => {
      const own = join(folder, part);
      await cp(data, own, { recursive: true });
      const gateway = await startGatewayProcess({ data: own });
      process.kill(childOf(gateway, part), 'SIGKILL');
      while (isAlive(gateway.pid)) await new Promise((resolve) => setTimeout(resolve, 50));
      const again = await startGatewayProcess({ data: own });
      expect((await fetch(`${again.url}/readyz`)).status).equal(200);
      await again.stop();
    });
});

function childOf({ pid }: StartedGateway, part: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(`${part}/main.ts`),
  );
  if (found === undefined) throw new Error(`no ${part} among ${children}`);
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

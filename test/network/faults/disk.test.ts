/** The gateway's disk is full for a while: row R9. */
import { spawnSync } from 'node:child_process';
import { cp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { send } from '../../helpers/gateway.ts';
import { type City, city, underLoad, until } from './city.ts';

const SIZE = '48m';
const PIECE = Buffer.alloc(64 * 1024, 1);

describe("the gateway's disk is full under load", () => {
  let all: City;
  let data: string;

  before(async function () {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') {
      console.log('      SKIPPED: a small disk needs Linux and root');
      this.skip();
    }
    all = await city();
    const [gateway] = all.network.gateways;
    data = gateway!.data;
    await gateway!.stop();
    await rename(data, `${data}.kept`);
    await cp(`${data}.kept`, data, { recursive: true });
    const { status, stderr } = mount('-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', data);
    if (status !== 0) {
      await rm(data, { recursive: true });
      await rename(`${data}.kept`, data);
      await gateway!.start();
      console.log(`      SKIPPED: no small disk can be mounted here: ${stderr}`);
      this.skip();
    }
    await cp(`${data}.kept`, data, { recursive: true });
    await gateway!.start();
  });

  after(async () => {
    const [gateway] = all?.network.gateways ?? [];
    if (data === undefined) return;
    await gateway!.stop();
    await rm(`${data}.kept`, { recursive: true, force: true });
    await cp(data, `${data}.kept`, { recursive: true });
    spawnSync('umount', [data]);
    await rm(data, { recursive: true });
    await rename(`${data}.kept`, data);
    await gateway!.start();
  });

  it('answers 507 or 503 and never 2xx, goes on reading, and heals by itself when there is space', async () => {
    const { url } = all.network.gateways[0]!;
    const filler = join(data, 'filler');
    await underLoad(all, async (clients) => {
      const full = () =>
        (clients.refusals.get('STORE_FULL') ?? 0) + (clients.refusals.get('STORE_READ_ONLY') ?? 0);
      const file = await open(filler, 'w');
      // What is being freed meanwhile is taken too.
      for (let isFull = false; !isFull || full() === 0; await pause(20))
        isFull = await file.write(PIECE).then(
          () => false,
          () => true,
        );
      // What is freed at the very end is taken; then 30 are refused and none acknowledged in between.
      for (let length = -1; length !== clients.acknowledged.length; ) {
        await clients.answered();
        length = clients.acknowledged.length;
        const before = full();
        while (full() < before + 30) {
          await file.write(PIECE).catch(() => undefined);
          await pause(20);
        }
      }
      // It looks anew after a second.
      await until(async () => (await send(`${url}/readyz`)).status === 503);
      expect((await send(`${url}/v1/entries/${clients.acknowledged[0]!.entryId}`)).status).to.equal(200);
      expect((await send(`${url}/v1/events`)).status).to.equal(200);
      await file.close();
      await rm(filler);
      await clients.receipted(12);
      await until(async () => (await send(`${url}/readyz`)).status === 200);
    });
  });
});

function mount(...args: readonly string[]) {
  return spawnSync('mount', args, { encoding: 'utf8' });
}

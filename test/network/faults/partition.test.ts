/** City servers and the gateway on hosts of their own, with the cable between them cut: row R14. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunningNetwork, startNetwork } from '../../../scripts/network/network.ts';
import { ask } from '../../../scripts/network/rpc.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { headOf } from '../books.ts';
import { canPartition, closeCity, underLoad, until } from './city.ts';

describe('a cut between hosts under load', () => {
  let folder: string;
  let network: RunningNetwork;

  before(async function () {
    if (!canPartition()) {
      console.log('      SKIPPED: needs network namespaces (Linux, root, ip)');
      this.skip();
    }
    await closeCity();
    folder = await mkdtemp(join(tmpdir(), 'sillok-parted-'));
    network = await startNetwork({ folder: join(folder, 'network'), hosts: 'namespaces' });
  });
  after(async () => {
    network?.heal();
    await network?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const heads = () => Promise.all(network.nodes.map(({ rpcUrl }) => headOf(rpcUrl)));
  const next = async () => {
    const now = Math.max(...(await heads()));
    await until(async () => (await heads()).every((head) => head > now));
  };

  it('makes nothing final on the side of one with the gateway, where the other three go on, and catches up', async () => {
    await underLoad({ network }, async (clients) => {
      network.partition([
        ['city-1', 'city-2', 'city-3'],
        ['city-4', 'gateway-1'],
      ]);
      const [, , , lonely] = await heads();
      const receipted = () => clients.journal.filter(({ shown }) => shown.at(-1) === 'receipted').length;
      // What had its receipt before the cut is seen by the clients a little later.
      let before = -1;
      for (let now = receipted(); now !== before; now = receipted()) {
        before = now;
        await Promise.all([clients.more(20), clients.looked()]);
      }
      // The three go on while the gateway takes entries in.
      await Promise.all([clients.more(30), until(async () => (await heads())[0]! > lonely! + 3)]);
      expect(receipted()).to.equal(before);
      expect((await heads())[3]).to.be.at.most(lonely! + 1);
      network.heal();
      await next();
    });
  });

  it('makes no block on either side of two and two, nor two histories, and goes on when they meet', async () => {
    await underLoad({ network }, async (clients) => {
      network.partition([
        ['city-1', 'city-2', 'gateway-1'],
        ['city-3', 'city-4'],
      ]);
      let still: readonly number[] = [];
      for (let now = await heads(); String(now) !== String(still); now = await heads()) {
        still = now;
        await clients.more(30);
      }
      const block = `0x${Math.min(...still).toString(16)}`;
      const hashes = await Promise.all(
        network.nodes.map(async ({ rpcUrl }) => {
          const { hash } = await ask<{ hash: Hex }>(rpcUrl, 'eth_getBlockByNumber', block, false);
          return hash;
        }),
      );
      expect(new Set(hashes).size).to.equal(1);
      const healedAtMs = Date.now();
      network.heal();
      await next();
      console.log(
        `      blocks again ${Math.round((Date.now() - healedAtMs) / 1000)} s after the cut was mended`,
      );
    });
  });
});

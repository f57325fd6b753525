/** City servers that are restored from a copy made before the network went on: row R23, and the same for a witness. */
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseTreeHead } from '../../../server/verify/checkpoint.ts';
import { parseNote } from '../../../server/verify/note.ts';
import { headOf } from '../books.ts';
import { type City, city, statusOf, underLoad, until } from './city.ts';

describe('city servers restored from an old copy under load', () => {
  let all: City;

  before(async () => {
    all = await city();
  });

  /** Copies the folder while its process is stopped; what comes back puts the copy in its place. */
  async function copyOf(place: string): Promise<() => Promise<void>> {
    const copy = `${place}.copy`;
    // The socket of a node that had to be killed is no file.
    await cp(place, copy, { recursive: true, filter: (path) => !path.endsWith('/ipc') });
    return async () => {
      await rm(place, { recursive: true });
      await rename(copy, place);
    };
  }

  it('brings a validator back to the one history', async () => {
    const { network } = all;
    const node = network.nodes[2]!;
    await underLoad(all, async (clients) => {
      await node.stop();
      const restore = await copyOf(join(network.folder, 'hosts/city-3/node'));
      await node.start();
      await clients.receipted(20);
      const then = await headOf(node.rpcUrl);
      await node.kill();
      await restore();
      await node.start();
      await until(async () => (await headOf(node.rpcUrl)) > then);
    });
  });

  it('lets a witness cosign again, and never two histories', async () => {
    const { network } = all;
    const [gateway] = network.gateways;
    const witness = network.witnesses[3]!;
    const place = join(network.folder, 'hosts/city-4/witness');
    const state = async () => (await statusOf(network)).log.witnesses[3]!;
    await underLoad(all, async (clients) => {
      await witness.stop();
      const restore = await copyOf(place);
      await witness.start();
      await clients.receipted(20);
      await witness.kill();
      // Its last cosignature may be of a tree that is not published yet.
      const signed = Math.max((await state()).size, (await checkpointOf(gateway!.url)).size);
      await restore();
      await witness.start();
      // It knows of a smaller tree only, grows it from its own node, and finds the same root that it signed before.
      await until(async () => (await state()).size > signed);
      expect((await state()).refusal).to.equal(undefined);
      await until(async () => (await checkpointOf(gateway!.url)).size > signed);
    });
  });
});

async function checkpointOf(gateway: string): Promise<{ readonly size: number }> {
  const note = await (await fetch(`${gateway}/log/checkpoint`)).text();
  return parseTreeHead(parseNote(note).text);
}

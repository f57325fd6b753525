/** The outbox on four real validators at once, of which one and two are killed: rows R12 and R13. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunningNetwork, startNetwork } from '../../scripts/network/network.ts';
import { profileOf } from '../../server/chain/profile.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { type City, chainEvents, type Gateway, makeCity, openGateway, record } from '../helpers/outbox.ts';
import { whenFirstHasAll } from './books.ts';

describe('the outbox on four validators', () => {
  let folder: string;
  let network: RunningNetwork;
  let city: City;
  let gateway: Gateway;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-endpoints-'));
    network = await startNetwork({
      folder: join(folder, 'network'),
      ports: 'free',
      kinds: ['node'],
      isOwned: true,
    });
    const [first] = network.nodes;
    city = await makeCity({ open: async () => ({ url: first!.rpcUrl, stop: async () => {} }) });
    const url = network.nodes.map(({ rpcUrl }) => rpcUrl);
    gateway = await openGateway({
      city,
      name: 'validators',
      url,
      limits: { stallMs: 3_000, gasPerByte: 100 },
    });
  });
  after(async () => {
    await gateway?.close();
    await city?.close();
    await network?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const endpoints = () => gateway.network.endpoints();
  const accept = (text: string, of: number) =>
    gateway.outbox.accept({
      groups: [{ submissions: Array.from({ length: of }, (_, i) => record(`${text} ${i}`)) }],
      ops: [],
    });
  const ends = (ids: readonly Hex[]) =>
    Promise.all(ids.map(async (id) => (await gateway.outbox.whenState(id, 'final', 290_000)).state));
  async function until(what: () => boolean): Promise<void> {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it('knows the engine, its validators, peers and rounds', async () => {
    expect(await profileOf(gateway.network)).to.include({ engine: 'kaia', gasPerByte: 100 });
    await until(() => endpoints().every(({ peers, validators }) => peers === 3 && validators === 4));
    const head = endpoints()[0]!.head;
    await until(() =>
      endpoints().every(
        ({ head: now, standing, round }) => now > head && standing === 'good' && typeof round === 'number',
      ),
    );
  });

  it('gives full bundles enough gas', async () => {
    expect(new Set(await ends(await accept('full', 500)))).to.deep.equal(new Set(['final']));
    expect(gateway.alarms).not.to.include('TRANSACTION_FAILED');
  });

  it('records everything with one validator dead, the one that was asked', async () => {
    const at = endpoints().findIndex(({ isCurrent }) => isCurrent);
    const ids = await accept('three', 50);
    await network.nodes[at]!.kill();
    ids.push(...(await accept('three more', 50)));
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    expect(endpoints()[at]).to.include({ standing: 'silent', isCurrent: false });
    await network.nodes[at]!.start();
    await until(() => endpoints()[at]!.standing === 'good');
  });

  it('makes nothing final while two are dead, and drains in order when they are back', async () => {
    for (const i of [2, 3]) await network.nodes[i]!.kill();
    await until(() =>
      endpoints()
        .slice(2)
        .every(({ standing }) => standing === 'silent'),
    );
    const ids = await accept('halted', 30);
    await until(() => endpoints()[0]!.headAgeMs > 6_000);
    for (const id of ids)
      expect((await gateway.outbox.entry(id))!.state).to.be.oneOf(['accepted', 'signed', 'sent']);
    for (const i of [2, 3]) await network.nodes[i]!.start();
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    await whenFirstHasAll(network.nodes.map(({ rpcUrl }) => rpcUrl));
    const events = await chainEvents(city);
    for (const id of ids) expect(events.get(id)).to.deep.equal(['EntryRecorded']);
    expect(gateway.alarms).not.to.include('ENDPOINT_LYING');
  });
});

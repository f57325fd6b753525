/** What the operator and the public see when a city server burns, and when it is back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type RunningNetwork, startNetwork } from '../../scripts/network/network.ts';
import { send } from '../helpers/gateway.ts';

interface Seen {
  readonly servers: readonly { readonly kind: string; readonly name: string; readonly isHealthy: boolean }[];
  readonly isEmbedded: boolean;
  readonly witnessesRequired: number;
}
interface Status {
  readonly chain: { readonly endpoints: readonly { readonly url: string; readonly validators?: number }[] };
  readonly alerts: readonly { readonly code: string; readonly about?: string }[];
}

describe('the sight of four city servers', () => {
  let folder: string;
  let network: RunningNetwork;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-operator-'));
    network = await startNetwork({ folder, ports: 'free', isOwned: true });
  });
  after(async () => {
    await network?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const url = () => network.gateways[0]!.url;
  const status = async () =>
    (await send<Status>(`${url()}/v1/admin/status`, { key: network.gateways[0]!.adminKey() })).body;
  const figures = async () => (await send<Seen>(`${url()}/v1/figures`)).body;
  const illIn = ({ servers }: Seen) =>
    servers.filter(({ isHealthy }) => !isHealthy).map(({ kind, name }) => `${kind} ${name}`);
  /** However long it takes: the test's own limit ends a wait in vain. */
  async function until<T>(ask: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await ask();
      if (isThere(value)) return value;
      await pause(250);
    }
  }

  it('is calm when all are there: four nodes, four witnesses, three of them needed', async () => {
    const seen = await until(figures, (now) => illIn(now).length === 0);
    expect(seen).include({ isEmbedded: false, witnessesRequired: 3 });
    expect(seen.servers.map(({ kind }) => kind)).deep.equal([
      ...Array<string>(4).fill('node'),
      ...Array<string>(4).fill('witness'),
    ]);
    const { chain } = await until(
      status,
      // A node that was asked in vain once has no number, and there is no alert of it.
      (now) =>
        now.alerts.length === 0 && now.chain.endpoints.every(({ validators }) => validators !== undefined),
    );
    expect(chain.endpoints.map(({ validators }) => validators)).deep.equal([4, 4, 4, 4]);
  });

  it('names the node that was killed, to the operator by its address, to everybody by its number', async () => {
    const burnt = network.nodes[2]!;
    await burnt.kill();
    const { host } = new URL(burnt.rpcUrl);
    await until(status, ({ alerts }) =>
      alerts.some(({ code, about }) => code === 'ENDPOINT_DOWN' && about?.includes(host) === true),
    );
    expect(illIn(await until(figures, (now) => illIn(now).length > 0))).deep.equal(['node 3']);
    const ready = await send<string>(`${url()}/readyz`);
    expect(ready.status, 'three of four carry on').equal(200);
    expect(JSON.stringify(ready.body)).not.contains(new URL(burnt.rpcUrl).host);
    const metrics = (await send<string>(`${url()}/metrics`)).body;
    expect(metrics).match(/^sillok_node_good\{node="3"\} 0$/m);
    expect(metrics).match(/^sillok_node_good\{node="1"\} 1$/m);
  });

  it('is calm again when it is back', async () => {
    await network.nodes[2]!.start();
    await until(status, ({ alerts }) => alerts.length === 0);
    expect(illIn(await until(figures, (now) => illIn(now).length === 0))).deep.equal([]);
  });
});

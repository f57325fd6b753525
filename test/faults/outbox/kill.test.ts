import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import { type EntryState, mayMove } from '../../../server/outbox/entry.ts';
import type { FaultPoint } from '../../../server/outbox/faults.ts';
import { openStore } from '../../../server/store/level.ts';
import { type City, chainEvents, makeCity, record } from '../../helpers/outbox.ts';
import type { FromGateway, GatewayArguments, ToGateway } from './gateway.ts';

const PROGRAM = fileURLToPath(new URL('./gateway.ts', import.meta.url));
const REQUESTS = 16;
const POINTS: readonly FaultPoint[] = [
  'before-accept-commit',
  'after-accept-commit',
  'after-signing',
  'after-transaction-commit',
  'after-send',
  'after-sent-commit',
  'before-settle-commit',
  'after-settle-commit',
];

/** What one client knows: its requests, which of them were answered, and every state it was shown. */
class Client {
  readonly requests: readonly (readonly string[])[];
  readonly acknowledged = new Set<number>();
  readonly shown = new Map<Hex, EntryState[]>();
  #child: ChildProcess | undefined;

  constructor(name: string) {
    this.requests = Array.from({ length: REQUESTS }, (_, i) => [`${name} ${i} a`, `${name} ${i} b`]);
  }

  /** Sends what is not acknowledged yet, and resolves when the gateway died or everything is final. */
  async run(options: GatewayArguments): Promise<'died' | 'done'> {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('error', () => {});
    const exited = once(child, 'exit');
    const send = (message: ToGateway) => child.connected && child.send(message, () => {});
    const done = new Promise<'done'>((resolve) => {
      child.on('message', (message: FromGateway) => {
        if ('ready' in message)
          for (const [request, names] of this.requests.entries())
            send(this.acknowledged.has(request) ? { watch: names } : { accept: names, request });
        if ('acknowledged' in message) this.acknowledged.add(message.acknowledged);
        if ('refused' in message && message.code === 'ENTRY_EXISTS') this.acknowledged.add(message.refused);
        if ('moved' in message) this.#note(message.moved, message.state as EntryState);
        if (this.#isDone()) resolve('done');
      });
    });
    const outcome = await Promise.race([done, exited.then(() => 'died' as const)]);
    if (outcome === 'done') send({ stop: true });
    await exited;
    return outcome;
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  get ids(): Hex[] {
    return this.requests.flat().map((name) => entryIdOfSubmission(record(name)));
  }

  #note(id: Hex, state: EntryState): void {
    this.shown.set(id, [...(this.shown.get(id) ?? []), state]);
  }

  #isDone(): boolean {
    return this.ids.every((id) => this.shown.get(id)?.at(-1) === 'final');
  }
}

/** Rows R1 to R6 of the reliability matrix: kill -9 between any two durable steps. */
describe('the outbox after kill -9', () => {
  let city: City;
  const clients = new Set<Client>();

  before(async () => {
    city = await makeCity();
  });
  after(async () => {
    for (const client of clients) client.kill();
    await city?.close();
  });

  async function expectEverythingOnce(client: Client, name: string, lanes: number): Promise<void> {
    const events = await chainEvents(city);
    expect(client.acknowledged.size).to.equal(REQUESTS);
    for (const id of client.ids) expect(events.get(id), id).to.deep.equal(['EntryRecorded']);
    for (const states of client.shown.values())
      for (const [i, state] of states.entries())
        if (i > 0)
          expect(mayMove(states[i - 1]!, state) || state === states[i - 1], states.join(' -> ')).to.equal(
            true,
          );
    const store = await openStore(join(city.folder, name));
    for (const prefix of ['accepted', 'tx'])
      expect(await store.range({ gte: `${prefix}:`, lt: `${prefix};` }), prefix).to.deep.equal([]);
    for (let lane = 0; lane < lanes; lane++) {
      const row = await store.get<{ address: Hex; nextNonce: number }>(`lane:${lane}`);
      if (row === undefined) continue;
      const count = await city.network.send<Hex>('eth_getTransactionCount', [row.address, 'latest']);
      expect(Number(count), `nonce of lane ${lane}`).to.equal(row.nextNonce);
    }
    await store.close();
  }

  for (const lanes of [1, 4])
    for (const point of POINTS)
      it(`has lost and doubled nothing: ${point}, ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`, async () => {
        const name = `kill-${point}-${lanes}`;
        const client = new Client(name);
        clients.add(client);
        const options = {
          city: { folder: city.folder, deployment: city.deployment },
          name,
          url: city.chain.url,
          lanes,
        };
        expect(await client.run({ ...options, fault: { point, nth: 1 } })).to.equal('died');
        // A second death at the same moment, with what the first one left behind, unless there is nothing left to do.
        if ((await client.run({ ...options, fault: { point, nth: 2 } })) === 'died')
          await client.run(options);
        await expectEverythingOnce(client, name, lanes);
      });
});

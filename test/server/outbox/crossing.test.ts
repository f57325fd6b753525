import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import type { Op } from '../../../server/store/level.ts';
import { type City, chainEvents, type Gateway, makeCity, openGateway, record } from '../../helpers/outbox.ts';
import { LONG_MS } from '../../helpers/patience.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The commit that writes such a row is answered late, as with a slow standby, or also written late. */
function delay({ store }: Gateway, prefix: string, isWritten: boolean) {
  const { commit } = store;
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const delayed = async (ops: readonly Op[]) => {
    const isMeant = ops.some(({ key }) => key.startsWith(prefix));
    if (isMeant && isWritten) await commit(ops);
    if (isMeant) reached.resolve();
    if (isMeant) await gate.promise;
    if (!isMeant || !isWritten) await commit(ops);
  };
  Object.assign(store, { commit: delayed });
  return { reached: reached.promise, go: gate.resolve };
}

describe('one request at two gateways, of which one takes it in while it settles the other’s', () => {
  let city: City;
  let first: Gateway;
  let second: Gateway;
  let count = 0;

  before(async () => {
    city = await makeCity();
    first = await openGateway({ city, name: 'first', url: city.chain.url });
  });
  after(async () => {
    await first?.close();
    await city?.close();
  });
  beforeEach(async () => {
    second = await openGateway({ city, name: `second-${count++}`, url: city.chain.url });
  });
  afterEach(() => second.close());

  const accept = async ({ outbox }: Gateway, name: string): Promise<Hex> =>
    (await outbox.accept({ groups: [{ submissions: [record(name)] }], ops: [] }))[0]!;
  const rowOf = (id: Hex) => second.store.get<{ state: string }>(`entry:${id}`);

  for (const isWritten of [true, false])
    it(`stays final when the block comes before the acceptance is ${isWritten ? 'answered' : 'written'}`, async () => {
      const name = `accepted late ${isWritten}`;
      const acceptance = delay(second, 'accepted:', isWritten);
      const accepting = accept(second, name);
      await acceptance.reached;
      const id = await accept(first, name);
      await first.outbox.whenState(id, 'final', LONG_MS);
      await Promise.race([
        pause(400),
        (async () => {
          while ((await rowOf(id)) === undefined) await pause(5);
        })(),
      ]);
      acceptance.go();
      expect(await accepting).to.equal(id);
      const { state, refusal } = await second.outbox.whenState(id, 'final', LONG_MS);
      expect([state, refusal]).to.deep.equal(['final', undefined]);
      while (second.outbox.isBusy()) await pause(5);
      expect((await second.outbox.entry(id))!.state).to.equal('final');
      expect((await chainEvents(city)).get(id)!.filter((event) => event === 'EntryRecorded')).to.have.length(
        1,
      );
      expect(await second.store.range({ gte: 'accepted:', lt: 'accepted;' })).to.deep.equal([]);
    });

  it('is taken in when the block that holds it could not be committed, and no node shows it again', async () => {
    const id = entryIdOfSubmission(record('settled at last'));
    const { commit } = second.store;
    let tries = 0;
    const failing = async (ops: readonly Op[]) => {
      if (!ops.some(({ key }) => key === `entry:${id}`)) return commit(ops);
      tries += 1;
      throw new AppError('STORE_FULL');
    };
    Object.assign(second.store, { commit: failing });
    await accept(first, 'settled at last');
    while (tries === 0) await pause(5);
    await second.watcher.stop();
    expect(await accept(second, 'settled at last')).to.equal(id);
  });

  it('is not taken in while the block that holds it is being committed', async () => {
    const id = entryIdOfSubmission(record('settled late'));
    const settlement = delay(second, `entry:${id}`, false);
    await accept(first, 'settled late');
    await settlement.reached;
    const accepting = accept(second, 'settled late').catch(codeOf);
    await Promise.race([accepting, pause(200)]);
    settlement.go();
    expect(await accepting).to.equal('ENTRY_EXISTS');
    const { state } = await second.outbox.whenState(id, 'final', LONG_MS);
    expect(state).to.equal('final');
  });
});

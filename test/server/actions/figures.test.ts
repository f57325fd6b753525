/** Events in, counts out: what the public figures say must be what happened, and no more than may be said. */
import { expect } from 'chai';
import fc from 'fast-check';
import { figuresOf, ORGANISATIONS, OTHER } from '../../../server/actions/figures.ts';
import { projectEvents } from '../../../server/actions/project.ts';
import type { RecordedEvent } from '../../../server/core/abi.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import { services as registry } from '../../../server/services/index.ts';
import type { Store } from '../../../server/store/level.ts';
import { libraryCards } from '../../services/library-cards/index.ts';

const SEED = 0x666967;
const services = [...registry, libraryCards];
/** 2026-11-20 23:30 in Seoul: half an hour later it is another day. */
const START_SEC = Date.parse('2026-11-20T23:30:00+09:00') / 1000;
const HOUR = 3600;

const id = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const NONE = id(0);
const dealer = nameToBytes32('hanbit-motors');

type Told = Pick<RecordedEvent, 'name' | 'contract' | 'args'>;

/** A ledger in memory: one block per call. */
class Ledger {
  readonly rows = new Map<string, unknown>();
  readonly events: RecordedEvent[] = [];

  /** As much of a store as folds and figures read. */
  readonly store = {
    get: async (key: string) => this.rows.get(key),
    getMany: async (keys: readonly string[]) => keys.map((key) => this.rows.get(key)),
    range: async ({ gt = '', gte = '', lt = '\uffff', limit = 1000 }) =>
      [...this.rows]
        .filter(([key]) => key >= gte && key > gt && key < lt)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key, value]) => ({ key, value })),
  } as unknown as Store;

  async block(timeSec: number, ...told: Told[]): Promise<readonly string[]> {
    const events = told.map(
      (event, i) => ({ ...event, leafIndex: this.events.length + i, block: 1, timeSec }) as RecordedEvent,
    );
    this.events.push(...events);
    const ops = await projectEvents(events, services, this.store);
    for (const { type, key, value } of ops)
      if (type === 'del') this.rows.delete(key);
      else this.rows.set(key, value);
    return ops.filter(({ key }) => key.startsWith('figures:')).map(({ key }) => key);
  }

  figures(nowSec: number) {
    return figuresOf(services, this.store, nowSec);
  }
}

let entry = 1;
const car = (schema: string, subject: number, kind = 1, refersTo = NONE): Told => ({
  name: 'EntryRecorded',
  contract: 'Records',
  args: {
    entryId: id(entry++ + 1_000_000),
    organisation: dealer,
    subject: id(subject),
    service: nameToBytes32('vehicles'),
    schema: nameToBytes32(schema),
    commitment: NONE,
    refersTo,
    kind,
    occurredAt: START_SEC,
  },
});
const batch = (batchId: Hex, count: number): Told => ({
  name: 'BatchAnchored',
  contract: 'Attestations',
  args: {
    entryId: batchId,
    issuer: dealer,
    schema: nameToBytes32('credentials.course.1'),
    service: nameToBytes32('credentials'),
    root: NONE,
    count,
  },
});
const status = (batchId: Hex, indexes: number[], to: 1 | 2 | 3): Told => ({
  name: 'AttestationStatusChanged',
  contract: 'Attestations',
  args: { entryId: id(entry++ + 1_000_000), batchId, organisation: dealer, status: to, indexes },
});
const poll = (pollId: Hex, opensAt: number, closesAt: number): Told => ({
  name: 'PollCreated',
  contract: 'Ballots',
  args: {
    entryId: pollId,
    organisation: dealer,
    content: NONE,
    options: 2,
    minChoices: 1,
    maxChoices: 1,
    opensAt,
    closesAt,
    mode: 0,
  },
});
const roll = (pollId: Hex, size: number): Told => ({
  name: 'RollFrozen',
  contract: 'Ballots',
  args: { entryId: id(entry++ + 1_000_000), pollId, root: '1', size },
});
const cast = (pollId: Hex): Told => ({
  name: 'BallotCast',
  contract: 'Ballots',
  args: { entryId: id(entry++ + 1_000_000), pollId, nullifier: String(entry), choices: '1' },
});
const registered: Told = {
  name: 'OrganisationRegistered',
  contract: 'Organisations',
  args: { organisation: dealer, kind: 3, name: 'Dealer' },
};

describe('the public figures', () => {
  it('count entries by service and kind, and each car once however many records it has', async () => {
    const ledger = new Ledger();
    await ledger.block(START_SEC, registered, car('vehicles.purchase.1', 1), car('vehicles.inspection.1', 1));
    await ledger.block(START_SEC, car('vehicles.sale.1', 1), car('vehicles.purchase.1', 2));
    const { services: by, entries } = await ledger.figures(START_SEC);
    expect(by.vehicles).deep.equal({ entries: 4, purchase: 2, inspection: 1, sale: 1, cars: 2 });
    expect(by[ORGANISATIONS]).deep.equal({ entries: 1, registered: 1 });
    expect(entries).equal(5);
  });

  it('count what a made-up service declares, and of one that is not run here only its entries', async () => {
    const ledger = new Ledger();
    const card = (service: string): Told => {
      const told = car('library-cards.card.1', 7);
      return { ...told, args: { ...told.args, service: nameToBytes32(service) } } as Told;
    };
    await ledger.block(START_SEC, card('library-cards'), card('parking'));
    const { services: by } = await ledger.figures(START_SEC);
    expect(by['library-cards']).deep.equal({ entries: 1, issued: 1 });
    expect(by[OTHER]).deep.equal({ entries: 1 });
  });

  it('put each entry into its hour and its day in Seoul, and touch three rows a block, however full it is', async () => {
    const ledger = new Ledger();
    const cars = Array.from({ length: 50 }, (_, i) => car('vehicles.purchase.1', i));
    expect(await ledger.block(START_SEC, ...cars)).lengthOf(3);
    await ledger.block(START_SEC + HOUR, car('vehicles.sale.1', 1));
    const { hours, days } = await ledger.figures(START_SEC + HOUR);
    expect(hours.length).equal(48);
    expect(hours.slice(-2).map(({ entries }) => entries)).deep.equal([50, 1]);
    expect(days.map(({ start, entries }) => [start, entries])).deep.equal([
      ['2026-11-20', 50],
      ['2026-11-21', 1],
    ]);
    const later = await ledger.figures(START_SEC + 49 * HOUR);
    expect(later.hours.every(({ entries }) => entries <= 1)).equal(true);
    expect(later.days.length).equal(4);
  });

  it('are the same whether events come one by one or all in one block', async () => {
    const told = [registered, car('vehicles.purchase.1', 1), car('vehicles.sale.1', 1), batch(id(5), 9)];
    const [alone, together] = [new Ledger(), new Ledger()];
    for (const one of told) await alone.block(START_SEC, one);
    await together.block(START_SEC, ...told);
    expect(await alone.figures(START_SEC)).deep.equal(await together.figures(START_SEC));
  });

  it(`know how many certificates are revoked and suspended, as recounting each of them does (seed ${SEED})`, async () => {
    const SIZE = 4;
    const change = fc.record({
      indexes: fc.uniqueArray(fc.integer({ min: 0, max: SIZE - 1 }), { maxLength: 3 }),
      to: fc.constantFrom(1, 2, 3) as fc.Arbitrary<1 | 2 | 3>,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const ledger = new Ledger();
        const batchId = id(77);
        await ledger.block(START_SEC, batch(batchId, SIZE));
        const leaves = Array<number>(SIZE).fill(1);
        let whole = 1;
        for (const { indexes, to } of changes) {
          await ledger.block(START_SEC, status(batchId, indexes, to));
          if (indexes.length === 0) whole = to;
          for (const index of indexes) leaves[index] = to;
        }
        const worst = leaves.map((leaf) => Math.max(leaf, whole));
        const { credentials = {} } = (await ledger.figures(START_SEC)).services;
        expect(credentials.issued).equal(SIZE);
        expect(credentials.change ?? 0).equal(changes.length);
        expect(credentials.revoked ?? 0).equal(worst.filter((one) => one === 3).length);
        expect(credentials.suspended ?? 0).equal(worst.filter((one) => one === 2).length);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('show ballots of an hour and of a day in full tens, over all polls, and let no other number tell the rest', async () => {
    const ledger = new Ledger();
    const polls = [id(1), id(2)];
    await ledger.block(START_SEC, ...polls.map((pollId) => poll(pollId, START_SEC, START_SEC + 9 * HOUR)));
    const now = () => ledger.figures(START_SEC);
    for (let ballots = 1; ballots <= 23; ballots++) {
      await ledger.block(START_SEC, cast(polls[ballots % 2]!));
      const { services: by, hours, days } = await now();
      expect(by.voting, 'turnout is live').include({ ballots, entries: ballots + 2 });
      const shown = Math.floor(ballots / 10) * 10;
      for (const period of [hours.at(-1)!, days.at(-1)!]) {
        expect(period.services.voting!.ballots ?? 0).equal(shown);
        expect(period.services.voting!.entries).equal(shown + 2);
        expect(period.entries).equal(shown + 2);
        expect(Object.keys(period.services)).deep.equal(['voting']);
      }
    }
  });

  it('do not even show that there were ballots at all before there are ten', async () => {
    const ledger = new Ledger();
    await ledger.block(START_SEC, poll(id(1), START_SEC, START_SEC + 9 * HOUR));
    await ledger.block(START_SEC + HOUR, ...Array.from({ length: 9 }, () => cast(id(1))));
    const { hours } = await ledger.figures(START_SEC + HOUR);
    expect(hours.at(-1)).deep.equal({ start: START_SEC + HOUR / 2, entries: 0, services: {} });
  });

  it('list the polls that are open now, with their turnout, and no others', async () => {
    const ledger = new Ledger();
    const [open, noRoll, early, over] = [id(1), id(2), id(3), id(4)];
    const end = START_SEC + HOUR;
    await ledger.block(START_SEC - HOUR, poll(over, START_SEC - HOUR, START_SEC), roll(over, 5), cast(over));
    await ledger.block(START_SEC, poll(open, START_SEC, end), poll(noRoll, START_SEC, end));
    await ledger.block(
      START_SEC,
      poll(early, START_SEC + 60, end),
      roll(early, 3),
      roll(open, 30),
      cast(open),
    );
    const listed = async (at: number) =>
      (await ledger.figures(at)).lists.find(({ list }) => list === 'running')!.rows;
    expect(await listed(START_SEC)).deep.equal([
      {
        pollId: open,
        organisation: 'hanbit-motors',
        mode: 'open',
        opensAtSec: START_SEC,
        closesAtSec: end,
        voters: 30,
        turnout: 1,
      },
    ]);
    expect((await listed(START_SEC + 60)).length).equal(2);
    expect(await listed(end)).deep.equal([]);
  });
});

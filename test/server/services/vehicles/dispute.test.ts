import { expect } from 'chai';
import type { Hex } from '../../../../server/core/bytes.ts';
import { AppError } from '../../../../server/core/errors.ts';
import { EXAMPLES } from '../../../../server/services/vehicles/examples.ts';
import { vehicles } from '../../../../server/services/vehicles/index.ts';
import { World } from '../../../helpers/run-plan.ts';

const DEALER = 'hanbit-motors';
const INSPECTOR = 'cheonil-inspection';
const STRANGER = 'other-motors';
const { purchase, inspection, vin } = EXAMPLES;
const day = (text: string): number => Date.parse(`${text}T10:00:00+09:00`) / 1000;

interface Shown {
  readonly status: string;
  readonly may: string[];
  readonly vin: string;
  readonly written: { seller?: unknown; vin: string } | null;
  readonly disputes: { entryId: Hex; reason?: string; note?: string; mayClose: boolean; closed?: object }[];
  readonly changes: { kind: string; reason?: string }[];
}
interface Car {
  readonly inspection?: { state: string; entryId: Hex };
  readonly odometer: { verdict: string };
  readonly records: { entryId: Hex; status: string; openDisputes?: number }[];
}

function inspected() {
  const world = new World(vehicles, day('2026-03-20'));
  world.act('register-purchase', purchase, DEALER);
  const { entryId } = world.act('register-inspection', inspection, INSPECTOR);
  const car = () => world.ask('look-up', { vin }) as Car;
  const seenBy = (by: string, id = entryId) => world.ask('record', { entryId: id }, by) as Shown;
  return { world, entryId, car, seenBy };
}

function refusal(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('a dispute by somebody else than the author', () => {
  const disputed = () => {
    const here = inspected();
    const note = '계기판이 교체되어 있었습니다.';
    const input = { entryId: here.entryId, reason: 'odometer', note };
    const { entryId: dispute } = here.world.act('dispute', input, DEALER);
    return { ...here, dispute, input };
  };

  it('is a record of its own, and the disputed one is shown so to everybody while it is open', () => {
    const { world, entryId, car, dispute } = disputed();
    expect(car().inspection).include({ entryId, state: 'disputed' });
    expect(car().records.find((one) => one.entryId === entryId)).include({
      status: 'active',
      openDisputes: 1,
    });
    world.act('resolve', { entryId: dispute, reason: 'rejected' }, 'city');
    expect(car().inspection?.state).equal('in-force');
    expect(car().records.find((one) => one.entryId === entryId)).not.have.property('openDisputes');
  });

  it('does not keep the author from correcting, replacing or withdrawing what is disputed', () => {
    const { seenBy } = disputed();
    const may = ['amend-inspection', 'supersede-inspection', 'suspend', 'withdraw'];
    expect(seenBy(INSPECTOR).may).deep.equal(may);
    const { world, entryId, car } = disputed();
    world.act('withdraw', { entryId, reason: 'issued-in-error' }, INSPECTOR);
    expect(car().inspection).equal(undefined);
  });

  it('is closed by its own author or by the city, once, and by nobody else', () => {
    const { world, dispute, seenBy } = disputed();
    const close = (by: string) => world.act('resolve', { entryId: dispute, reason: 'settled' }, by);
    expect(refusal(() => close(INSPECTOR))).equal('NOT_THE_DISPUTER');
    expect(refusal(() => close(STRANGER))).equal('NOT_THE_DISPUTER');
    close(DEALER);
    expect(refusal(() => close('city'))).equal('DISPUTE_CLOSED');
    expect(seenBy(INSPECTOR).disputes[0]!.closed).include({ by: DEALER });
  });

  it('is one at a time for each organisation, and of standing records only', () => {
    const { world, entryId, input, car } = disputed();
    expect(refusal(() => world.act('dispute', input, DEALER))).equal('ALREADY_DISPUTED');
    world.act('dispute', input, STRANGER);
    expect(car().records.find((one) => one.entryId === entryId)).include({ openDisputes: 2 });
    world.act('withdraw', { entryId, reason: 'issued-in-error' }, INSPECTOR);
    expect(refusal(() => world.act('dispute', input, 'third-motors'))).equal('RECORD_STATUS');
  });

  it('tells what was written beside the reason to the two and to the city only', () => {
    const { seenBy, input } = disputed();
    for (const by of [DEALER, INSPECTOR, 'city'])
      expect(seenBy(by).disputes[0]).include({ reason: 'odometer', note: input.note });
    expect(seenBy(STRANGER).disputes[0]).include({ reason: 'odometer', mayClose: false });
    expect(seenBy(STRANGER).disputes[0]).not.have.property('note');
  });

  it('is listed, while it is open, for the city, its author and the author of the record', () => {
    const { world, dispute, entryId } = disputed();
    const listed = (by: string) =>
      (world.ask('disputes', {}, by) as { disputes: { entryId: Hex }[] }).disputes;
    for (const by of ['city', DEALER, INSPECTOR])
      expect(listed(by)[0], by).include({ entryId: dispute, record: entryId, reason: 'odometer' });
    expect(listed(STRANGER)).deep.equal([]);
    world.act('resolve', { entryId: dispute, reason: 'upheld' }, 'city');
    expect(listed('city')).deep.equal([]);
  });

  it('moves no number of others, though it came before the record it stands on', () => {
    const { world, entryId } = disputed();
    const opened = world.events.at(-1)!;
    if (opened.name !== 'EntryRecorded') throw new Error(opened.name);
    const early = { ...opened.args, entryId: `0x${'e1'.repeat(32)}` as Hex };
    const here = new World(vehicles, world.nowSec);
    const { name, contract } = opened;
    here.record({ name, contract, args: early });
    for (const event of world.events) here.record(event);
    here.record({
      name,
      contract,
      args: { ...early, entryId: `0x${'e2'.repeat(32)}` as Hex, refersTo: early.entryId, kind: 4 },
    });
    for (const [key, value] of world.rows) if (key.startsWith('original:')) here.rows.set(key, value);
    const seen = here.ask('look-up', { vin }) as Car;
    expect(seen.records.find((one) => one.entryId === entryId)).include({ openDisputes: 1 });
  });

  it('has a document that fails for another record than the one it stands on', () => {
    const { world, dispute } = disputed();
    const event = world.events.at(-1)!;
    const { document } = world.rows.get(`original:${dispute}`) as { document: object };
    const outcomes = (about: object) =>
      vehicles.checks(event, about).map(({ id, status }) => `${id} ${status}`);
    expect(outcomes(document)).deep.equal(['vehicle-form passed', 'vehicle-author passed']);
    expect(outcomes({ ...document, entryId: `0x${'77'.repeat(32)}` })).deep.equal(['vehicle-form failed']);
  });
});

describe('a dispute by the city', () => {
  it('stops corrections until the city has resolved it', () => {
    const { world, entryId, seenBy, car } = inspected();
    world.act('dispute', { entryId, reason: 'accident' }, 'city');
    expect(car().inspection?.state).equal('disputed');
    expect(seenBy(INSPECTOR).may).deep.equal(['withdraw']);
    expect(seenBy('city').may).deep.equal(['resolve', 'withdraw']);
    const resolve = (by: string) => world.act('resolve', { entryId, reason: 'rejected' }, by);
    expect(refusal(() => resolve(INSPECTOR))).equal('CITY_ONLY');
    resolve('city');
    expect(car().inspection?.state).equal('in-force');
    expect(seenBy(INSPECTOR).changes.map(({ kind, reason }) => [kind, reason])).deep.equal([
      ['dispute', 'accident'],
      ['resolve', 'rejected'],
    ]);
  });

  it('has no document that names another change than the one recorded', () => {
    const { world, entryId } = inspected();
    const { entryId: change } = world.act('dispute', { entryId, reason: 'accident' }, 'city');
    const { document } = world.rows.get(`original:${change}`) as { document: object };
    const statusOf = (about: object) => vehicles.checks(world.events.at(-1)!, about)[0]!.status;
    expect(statusOf(document)).equal('passed');
    expect(statusOf({ ...document, change: 'resolve' })).equal('failed');
  });
});

describe('a replacement', () => {
  const replace = (record: object, reason = 're-inspected') => {
    const here = inspected();
    here.world.nowSec += 30 * 86_400;
    const input = { entryId: here.entryId, reason, record: { ...inspection, ...record } };
    return { ...here, attempt: () => here.world.act('supersede-inspection', input, INSPECTOR) };
  };

  it('stands in the place of the old record, which names it and stays visible', () => {
    const { car, entryId, attempt } = replace({ number: '04-26-001235', inspectedOn: '2026-04-10' });
    const { entryId: next } = attempt();
    expect(car().inspection).include({ entryId: next, state: 'in-force' });
    expect(car().records.find((one) => one.entryId === entryId)).include({
      status: 'superseded',
      replacedBy: next,
    });
  });

  it('is not bound to the days of correction, but leaves no higher reading behind unseen', () => {
    const { car, attempt } = replace({ odometerKm: 81_210 });
    attempt();
    expect(car().odometer.verdict).equal('logical');
    const lower = replace({ odometerKm: 51_230 });
    lower.attempt();
    expect(lower.car().odometer.verdict).equal('illogical');
  });

  it('takes no number of another record, and no other car', () => {
    const { world, attempt } = replace({ number: '04-26-009999' });
    world.act('register-inspection', { ...inspection, number: '04-26-009999' }, INSPECTOR);
    expect(refusal(attempt)).equal('NUMBER_TAKEN');
    expect(refusal(replace({ vin: 'KNAKH815BAK681607' }).attempt)).equal('VEHICLE_DIFFERENT');
  });

  it('of a purchase keeps the car in stock', () => {
    const { world } = inspected();
    const { cars } = world.ask('stock', {}, DEALER) as { cars: { purchase: Hex }[] };
    const input = {
      entryId: cars[0]!.purchase,
      reason: 'written-anew',
      record: { ...purchase, priceWon: 1 },
    };
    const { entryId } = world.act('supersede-purchase', input, DEALER);
    expect((world.ask('stock', {}, DEALER) as { cars: object[] }).cars[0]).include({ purchase: entryId });
  });
});

describe('what staff see', () => {
  it('is the whole of their own record, and the public part of others’', () => {
    const { world, seenBy } = inspected();
    const { records } = world.ask('written', {}, DEALER) as { records: { entryId: Hex; vin: string }[] };
    expect(records).lengthOf(1);
    expect(records[0]).include({ vin });
    const own = seenBy(DEALER, records[0]!.entryId);
    expect(own.written).deep.include({ vin, seller: purchase.seller });
    const foreign = seenBy(STRANGER, records[0]!.entryId);
    expect(foreign.written).equal(null);
    expect(foreign.may).deep.equal(['dispute']);
    expect(JSON.stringify(foreign)).not.contain(vin).and.not.contain(purchase.seller.name);
  });

  it('are the cars that they have to do with, and no others by their reference alone', () => {
    const { world } = inspected();
    const { subject } = (world.ask('stock', {}, DEALER) as { cars: { subject: Hex }[] }).cars[0]!;
    const car = (by: string) => world.ask('car', { subject }, by) as Car | undefined;
    expect(car(DEALER)?.records).lengthOf(2);
    expect(car(INSPECTOR)?.records).lengthOf(2);
    expect(car('city')?.records).lengthOf(2);
    expect(car(STRANGER)).equal(undefined);
    expect(car('anonymous')).equal(undefined);
  });
});

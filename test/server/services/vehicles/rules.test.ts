import { expect } from 'chai';
import { AppError } from '../../../../server/core/errors.ts';
import { EXAMPLES } from '../../../../server/services/vehicles/examples.ts';
import { vehicles } from '../../../../server/services/vehicles/index.ts';
import { World } from '../../../helpers/run-plan.ts';

const DEALER = 'hanbit-motors';
const INSPECTOR = 'cheonil-inspection';
const day = (text: string): number => Date.parse(`${text}T10:00:00+09:00`) / 1000;
const world = (on = '2026-03-20'): World => new World(vehicles, day(on));
const { purchase, inspection, sale } = EXAMPLES;
const KOREAN = 'KNAKH815BAK681607';

/** What the rule refuses with, or undefined. */
function refusal(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** Codes of the issues that the schema refuses with. */
function issues(attempt: () => unknown): unknown[] {
  try {
    attempt();
    return [];
  } catch (error) {
    const found = (error as AppError).details.issues as { params?: { code: string }; code: string }[];
    return found.map(({ params, code }) => params?.code ?? code);
  }
}

const notices = ({ plan }: ReturnType<World['act']>): string[] =>
  ((plan.reply?.notices ?? []) as { code: string }[]).map(({ code }) => code);

describe('a purchase', () => {
  it('puts the car into the stock of its dealer', () => {
    const here = world();
    const { entryId } = here.act('register-purchase', purchase, DEALER);
    const { cars } = here.ask('stock', {}, DEALER) as { cars: Record<string, unknown>[] };
    expect(cars).to.have.length(1);
    expect(cars[0]).include({ state: 'in-stock', purchase: entryId, vin: purchase.vin, isRecorded: true });
    expect((here.ask('stock', {}, 'other-dealer') as { cars: unknown[] }).cars).deep.equal([]);
  });

  it('shows in the stock, as not yet recorded, before it is on the chain', () => {
    const here = world();
    here.accept('register-purchase', purchase, DEALER);
    const { cars } = here.ask('stock', {}, DEALER) as { cars: Record<string, unknown>[] };
    expect(cars[0]).include({ state: 'in-stock', isRecorded: false });
  });

  it('is refused while the car is in the same stock, also before the first one is final', () => {
    const here = world();
    here.accept('register-purchase', purchase, DEALER);
    expect(refusal(() => here.act('register-purchase', purchase, DEALER))).equal('ALREADY_IN_STOCK');
    here.settle();
    expect(refusal(() => here.act('register-purchase', purchase, DEALER))).equal('ALREADY_IN_STOCK');
    expect(refusal(() => here.act('register-purchase', purchase, 'other-dealer'))).equal(undefined);
  });

  it('that the chain refused does not stand in the way of the next', () => {
    const here = world();
    here.accept('register-purchase', purchase, DEALER);
    here.refuseWaiting();
    expect(refusal(() => here.act('register-purchase', purchase, DEALER))).equal(undefined);
  });

  it('is refused with a day that is not over in Seoul', () => {
    const here = new World(vehicles, Date.parse('2026-03-19T14:59:59Z') / 1000);
    expect(
      refusal(() => here.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, DEALER)),
    ).equal('DATE_IN_FUTURE');
    here.nowSec += 1;
    expect(
      refusal(() => here.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, DEALER)),
    ).equal(undefined);
  });

  it('of a Korean VIN says that a typing error cannot be seen', () => {
    expect(notices(world().act('register-purchase', { ...purchase, vin: KOREAN }, DEALER))).deep.equal([
      'VIN_CHECK_DIGIT_UNUSED',
    ]);
    expect(notices(world().act('register-purchase', purchase, DEALER))).deep.equal([]);
  });

  it('keeps the VIN and the plate out of everything but the encrypted document', () => {
    const here = world();
    here.act('register-purchase', purchase, DEALER);
    const open = JSON.stringify([
      here.events,
      [...here.rows].filter(([key]) => !key.startsWith('original:')),
    ]);
    expect(open).not.contains(purchase.vin);
    expect(open).not.contains(purchase.plate);
  });
});

describe('an inspection record', () => {
  it('refuses a number that this inspector used before, and leaves it to others', () => {
    const here = world();
    here.accept('register-inspection', inspection, INSPECTOR);
    expect(refusal(() => here.act('register-inspection', inspection, INSPECTOR))).equal('NUMBER_TAKEN');
    expect(refusal(() => here.act('register-inspection', inspection, 'other-inspector'))).equal(undefined);
  });

  it('is recorded with a lower reading than before, and says so', () => {
    const here = world();
    here.act('register-purchase', purchase, DEALER);
    const rolled = { ...inspection, odometerKm: purchase.odometerKm - 100 };
    expect(notices(here.act('register-inspection', rolled, INSPECTOR))).deep.equal(['ODOMETER_LOWER']);
    const car = here.ask('look-up', { vin: purchase.vin }) as { odometer: { verdict: string } };
    expect(car.odometer.verdict).equal('illogical');
  });

  it('is refused without the inspector', () => {
    const { inspector: _, ...unsigned } = inspection;
    expect(issues(() => world().act('register-inspection', unsigned, INSPECTOR))).deep.equal([
      'invalid_type',
    ]);
  });
});

describe('a sale', () => {
  function stocked(on?: string): World {
    const here = world(on);
    here.act('register-purchase', purchase, DEALER);
    return here;
  }

  it('is refused for a car that its dealer never bought', () => {
    expect(refusal(() => stocked().act('register-sale', sale, 'other-dealer'))).equal('NOT_IN_STOCK');
  });

  it('is refused a second time, also before the first one is final', () => {
    const here = stocked();
    here.accept('register-sale', sale, DEALER);
    expect(refusal(() => here.act('register-sale', sale, DEALER))).equal('ALREADY_SOLD');
    here.settle();
    expect(refusal(() => here.act('register-sale', sale, DEALER))).equal('ALREADY_SOLD');
    here.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, DEALER);
    expect(refusal(() => here.act('register-sale', sale, DEALER))).equal(undefined);
  });

  it('is refused before the day of the purchase', () => {
    expect(refusal(() => stocked().act('register-sale', { ...sale, soldOn: '2026-03-01' }, DEALER))).equal(
      'SOLD_BEFORE_PURCHASE',
    );
  });

  it('warns when no inspection record is in force, and names the one that is', () => {
    const here = stocked();
    expect(notices({ ...here.accept('register-sale', sale, DEALER) })).deep.equal(['INSPECTION_MISSING']);
    here.refuseWaiting();
    const { entryId } = here.act('register-inspection', inspection, INSPECTOR);
    const { plan } = here.act('register-sale', sale, DEALER);
    expect(plan.reply?.notices).deep.equal([]);
    expect(plan.originals?.[0]?.document).include({ inspection: entryId });
    expect(plan.reply?.warranty).deep.equal({ untilDay: '2026-04-19', untilKm: sale.odometerKm + 2000 });
  });

  it('may still be made on the 120th day after the inspection, and warns on the 121st', () => {
    for (const [soldOn, expected] of [
      ['2026-07-02', []],
      ['2026-07-03', ['INSPECTION_EXPIRED']],
    ] as const) {
      const here = stocked('2026-07-05');
      here.act('register-inspection', inspection, INSPECTOR);
      expect(notices(here.act('register-sale', { ...sale, soldOn }, DEALER)), soldOn).deep.equal(expected);
    }
  });

  it("is refused with another car's inspection record", () => {
    const here = stocked();
    const other = { ...inspection, vin: KOREAN, number: '04-26-000002' };
    const { entryId } = here.act('register-inspection', other, INSPECTOR);
    expect(refusal(() => here.act('register-sale', { ...sale, inspection: entryId }, DEALER))).equal(
      'INSPECTION_OF_ANOTHER_VEHICLE',
    );
    expect(refusal(() => here.act('register-sale', { ...sale, inspection: EXAMPLES.entryId }, DEALER))).equal(
      'INSPECTION_UNKNOWN',
    );
  });
});

describe('a correction', () => {
  it('replaces the record in the verdict, and the old one stays visible', () => {
    const here = world('2026-03-04');
    here.act('register-purchase', purchase, DEALER);
    const wrong = { ...inspection, odometerKm: 812_300 };
    const { entryId } = here.act('register-inspection', wrong, INSPECTOR);
    here.nowSec = day('2026-03-11');
    const amended = here.act(
      'amend-inspection',
      { entryId, reason: 'typing-error', record: inspection },
      INSPECTOR,
    );
    expect(notices(amended)).deep.equal([]);
    const car = here.ask('look-up', { vin: purchase.vin }) as {
      odometer: { verdict: string };
      records: Record<string, unknown>[];
    };
    expect(car.odometer.verdict).equal('logical');
    expect(car.records.map(({ status }) => status)).deep.equal(['active', 'amended', 'active']);
    expect(car.records[1]).include({ entryId, replacedBy: amended.entryId });
  });

  it('of a reading is possible for five working days after recording, whatever was corrected in between', () => {
    const here = world('2026-03-04');
    const { entryId: first } = here.act('register-inspection', inspection, INSPECTOR);
    const amend = (entryId: string, odometerKm: number) =>
      here.act(
        'amend-inspection',
        { entryId, reason: 'typing-error', record: { ...inspection, odometerKm } },
        INSPECTOR,
      );
    here.nowSec = day('2026-03-11');
    const { entryId: second } = amend(first, 81_231);
    here.nowSec = day('2026-03-12');
    expect(refusal(() => amend(second, 81_232))).equal('CORRECTION_TOO_LATE');
    expect(refusal(() => amend(second, 81_231))).equal(undefined);
  });

  it('is its author’s or the city’s alone, of the same car, kind and number, while the record stands', () => {
    const here = world('2026-03-05');
    const { entryId } = here.act('register-inspection', inspection, INSPECTOR);
    const amend = (by: string, record: object = inspection, action = 'amend-inspection') =>
      refusal(() => here.plan(action, { entryId, reason: 'missing-item', record }, by)) ??
      (here.plan(action, { entryId, reason: 'missing-item', record }, by) as { refused?: string }).refused;
    expect(amend('other-inspector')).equal('NOT_THE_AUTHOR');
    expect(amend('city')).equal(undefined);
    expect(amend(INSPECTOR, { ...inspection, vin: KOREAN })).equal('VEHICLE_DIFFERENT');
    expect(amend(INSPECTOR, { ...inspection, number: '04-26-009999' })).equal('NUMBER_FIXED');
    expect(amend(INSPECTOR, { ...purchase, purchasedOn: '2026-03-04' }, 'amend-purchase')).equal(
      'RECORD_OF_ANOTHER_TYPE',
    );
    here.act('withdraw', { entryId, reason: 'issued-in-error' }, INSPECTOR);
    expect(amend(INSPECTOR)).equal('RECORD_STATUS');
  });

  it('follows the car in the stock: a corrected purchase is the one that is sold', () => {
    const here = world('2026-03-20');
    const { entryId } = here.act('register-purchase', purchase, DEALER);
    const amended = here.act('amend-purchase', { entryId, reason: 'missing-item', record: purchase }, DEALER);
    const { cars } = here.ask('stock', {}, DEALER) as { cars: Record<string, unknown>[] };
    expect(cars[0]).include({ purchase: amended.entryId, state: 'in-stock' });
  });
});

describe('a change of status', () => {
  it('suspends and resumes a record, and withdraws it for good', () => {
    const here = world();
    const { entryId } = here.act('register-inspection', inspection, INSPECTOR);
    const state = () => {
      const found = here.ask('inspection', { id: entryId }) as { inspections: { state: string }[] };
      return found.inspections[0]!.state;
    };
    expect(state()).equal('in-force');
    expect(refusal(() => here.act('resume', { entryId, reason: 'review-finished' }, INSPECTOR))).equal(
      'RECORD_STATUS',
    );
    here.act('suspend', { entryId, reason: 'under-review' }, INSPECTOR);
    expect(state()).equal('suspended');
    here.act('resume', { entryId, reason: 'review-finished' }, INSPECTOR);
    expect(state()).equal('in-force');
    here.act('withdraw', { entryId, reason: 'issued-in-error', note: '다른 차' }, INSPECTOR);
    expect(state()).equal('revoked');
    expect(refusal(() => here.act('resume', { entryId, reason: 'review-finished' }, INSPECTOR))).equal(
      'RECORD_STATUS',
    );
  });

  it('is for the author and the city', () => {
    const here = world();
    const { entryId } = here.act('register-inspection', inspection, INSPECTOR);
    expect(refusal(() => here.act('withdraw', { entryId, reason: 'other' }, DEALER))).equal('NOT_THE_AUTHOR');
    expect(refusal(() => here.act('suspend', { entryId, reason: 'under-review' }, 'city'))).equal(undefined);
  });

  it('brings a car back into stock when its sale is withdrawn, and out of it with its purchase', () => {
    const here = world();
    const bought = here.act('register-purchase', purchase, DEALER);
    const sold = here.act('register-sale', sale, DEALER);
    const cars = () =>
      (here.ask('stock', {}, DEALER) as { cars: { state: string }[] }).cars.map(({ state }) => state);
    expect(cars()).deep.equal(['sold']);
    here.act('withdraw', { entryId: sold.entryId, reason: 'cancelled' }, DEALER);
    expect(cars()).deep.equal(['in-stock']);
    here.act('withdraw', { entryId: bought.entryId, reason: 'cancelled' }, DEALER);
    expect(cars()).deep.equal([]);
  });
});

describe('the stock', () => {
  const vinOf = (i: number): string => `KNAKH815BAK68160${i}`;
  const subjects = (page: unknown): string[] =>
    (page as { cars: { vin: string }[] }).cars.map(({ vin }) => vin);

  it('lists the newest purchase first and goes on where it stopped', () => {
    const here = world();
    for (let i = 0; i < 5; i++) here.act('register-purchase', { ...purchase, vin: vinOf(i) }, DEALER);
    const first = here.ask('stock', { limit: '3' }, DEALER) as { next: string };
    const second = here.ask('stock', { limit: '3', after: first.next }, DEALER);
    expect([...subjects(first), ...subjects(second)]).deep.equal([4, 3, 2, 1, 0].map(vinOf));
    expect(second).to.not.have.property('next');
  });

  it('lists a car once, in its last place, however often it came and went', () => {
    const here = world();
    here.act('register-purchase', purchase, DEALER);
    here.act('register-purchase', { ...purchase, vin: vinOf(1) }, DEALER);
    here.act('register-sale', sale, DEALER);
    here.nowSec += 60;
    here.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, DEALER);
    expect(subjects(here.ask('stock', {}, DEALER))).deep.equal([purchase.vin, vinOf(1)]);
    expect(subjects(here.ask('stock', { state: 'sold' }, DEALER))).deep.equal([]);
  });
});

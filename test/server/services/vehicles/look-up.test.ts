import { expect } from 'chai';
import { AppError } from '../../../../server/core/errors.ts';
import { EXAMPLES } from '../../../../server/services/vehicles/examples.ts';
import { vehicles } from '../../../../server/services/vehicles/index.ts';
import { World } from '../../../helpers/run-plan.ts';

const DEALER = 'hanbit-motors';
const INSPECTOR = 'cheonil-inspection';
const { purchase, inspection, sale } = EXAMPLES;

interface Car {
  vin: string;
  modelName: string;
  inspection?: { entryId: string; state: string; validUntil: string };
  warranty?: { untilDay: string; untilKm: number };
  odometer: { verdict: string; reasons: { code: string }[] };
  alerts: { code: string }[];
  records: { entryId: string; type: string; status: string; document: Record<string, unknown> | null }[];
  isTruncated: boolean;
}

function traded(): World {
  const world = new World(vehicles, Date.parse('2026-03-20T18:00:00+09:00') / 1000);
  world.act('register-purchase', purchase, DEALER);
  world.act('register-inspection', { ...inspection, remarks: '김보기 씨 차량' }, INSPECTOR);
  world.act('register-sale', sale, DEALER);
  return world;
}
const lookUp = (world: World, by: object = { vin: purchase.vin }): Car => world.ask('look-up', by) as Car;

describe('the public look-up of a vehicle', () => {
  it('tells the story newest first, with verdict, inspection and warranty', () => {
    const car = lookUp(traded());
    expect(car.records.map(({ type }) => type)).deep.equal(['sale', 'inspection', 'purchase']);
    expect(car).include({ vin: '1M8**********2788', modelName: '모터코치 MC-9', isTruncated: false });
    expect(car.inspection).include({ state: 'in-force', validUntil: '2026-07-02' });
    expect(car.warranty).deep.equal({ untilDay: '2026-04-19', untilKm: 83_240 });
    expect(car.odometer.verdict).equal('logical');
    expect(car.alerts).deep.equal([]);
  });

  it('finds the same car by VIN and by plate, however they are written', () => {
    const world = traded();
    for (const by of [{ vin: '1m8gdm9axkp042788' }, { plate: '12 가 3456' }])
      expect(lookUp(world, by)).deep.equal(lookUp(world));
  });

  it('says nothing of a car that was never recorded', () => {
    expect(traded().ask('look-up', { vin: 'KNAKH815BAK681607' })).equal(undefined);
    expect(traded().ask('look-up', { plate: '99하9999' })).equal(undefined);
  });

  it('wants either VIN or plate', () => {
    for (const input of [{}, { vin: purchase.vin, plate: purchase.plate }])
      expect(vehicles.queries['look-up']!.input.safeParse(input).error?.issues[0]).deep.include({
        message: 'VIN_OR_PLATE',
      });
  });

  it('shows no person, no price, no plate, no full VIN and no free text', () => {
    const shown = JSON.stringify(lookUp(traded()));
    const hidden = [
      ...[
        purchase.seller.name,
        purchase.seller.phone,
        sale.buyer.name,
        sale.buyer.phone,
        inspection.inspector,
      ],
      ...[
        String(purchase.priceWon),
        String(sale.priceWon),
        purchase.plate,
        purchase.vin,
        purchase.listingNumber,
        '씨 차량',
      ],
    ];
    for (const secret of hidden) expect(shown, secret).not.contains(secret);
  });

  it('shows of each kind of record these members and no others', () => {
    const [sold, inspected, bought] = lookUp(traded()).records;
    expect(Object.keys(bought!.document!).sort()).deep.equal(
      ['schema', 'organisation', 'modelName', 'modelYear', 'odometerKm', 'purchasedOn'].sort(),
    );
    expect(Object.keys(sold!.document!).sort()).deep.equal(
      ['schema', 'organisation', 'odometerKm', 'soldOn', 'inspection', 'acknowledgedOn'].sort(),
    );
    expect(inspected!.document).to.not.have.any.keys(
      ...['vin', 'plate', 'listingNumber', 'priceSurvey', 'remarks', 'inspector', 'notifier'],
    );
    expect(inspected!.document!.body).deep.equal(inspection.body);
    expect(inspected!.document!.condition).deep.equal(inspection.condition);
  });

  it('keeps an entry in the story when its document is erased', () => {
    const world = traded();
    const { entryId } = lookUp(world).records[0]!;
    world.rows.delete(`original:${entryId}`);
    const [first] = lookUp(world).records;
    expect(first).include({ entryId, type: 'sale', status: 'active', document: null });
  });

  it('shows a dispute while it is open', () => {
    const world = traded();
    const event = world.events[1]!;
    if (event.name !== 'EntryRecorded') throw new Error(event.name);
    const args = {
      ...event.args,
      entryId: `0x${'d1'.repeat(32)}` as const,
      refersTo: event.args.entryId,
      kind: 7,
    };
    world.record({ name: 'EntryRecorded', contract: 'Records', args });
    expect(lookUp(world).inspection?.state).equal('disputed');
  });

  it('follows a car to its next plate', () => {
    const world = traded();
    const next = {
      ...inspection,
      number: '04-26-000777',
      plate: '123나4567',
      inspectedOn: '2026-03-20',
      odometerKm: 81_300,
    };
    world.act('register-inspection', next, INSPECTOR);
    expect(lookUp(world, { plate: '123나4567' }).records).to.have.length(4);
    expect(lookUp(world, { plate: purchase.plate }).records).to.have.length(4);
  });

  it('raises an alert when a car stands in two stocks or was inspected twice within a day', () => {
    const world = traded();
    world.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, DEALER);
    world.act('register-purchase', { ...purchase, purchasedOn: '2026-03-20' }, 'other-dealer');
    world.act('register-inspection', { ...inspection, inspectedOn: '2026-03-05' }, 'other-inspector');
    expect(lookUp(world).alerts.map(({ code }) => code)).deep.equal([
      'IN_TWO_STOCKS',
      'INSPECTED_TWICE_WITHIN_A_DAY',
    ]);
  });
});

describe('the look-up of an inspection record', () => {
  it('finds it by entry id and by number, and says whether it is in force', () => {
    const world = traded();
    const { entryId } = lookUp(world).records[1]!;
    const byId = world.ask('inspection', { id: entryId }) as { inspections: object[] };
    expect(byId.inspections[0]).include({
      entryId,
      state: 'in-force',
      validUntil: '2026-07-02',
      vin: '1M8**********2788',
    });
    expect(world.ask('inspection', { id: inspection.number })).deep.equal(byId);
  });

  it('counts the last day in Seoul to its last second', () => {
    const world = traded();
    const state = () =>
      (world.ask('inspection', { id: inspection.number }) as { inspections: { state: string }[] })
        .inspections[0]!.state;
    world.nowSec = Date.parse('2026-07-02T23:59:59+09:00') / 1000;
    expect(state()).equal('in-force');
    world.nowSec += 1;
    expect(state()).equal('expired');
  });

  it('does not show other records under that name', () => {
    const world = traded();
    const { entryId } = lookUp(world).records[0]!;
    expect(world.ask('inspection', { id: entryId })).equal(undefined);
  });
});

describe('the checks of a vehicle record', () => {
  it('fail for a document of another author, another day or with a contradiction', () => {
    const world = traded();
    const [, event] = world.events;
    const { entryId } = event!.args as { entryId: string };
    const { document } = world.rows.get(`original:${entryId}`) as { document: Record<string, unknown> };
    const failed = (changed: object): string[] =>
      vehicles
        .checks(event!, { ...document, ...changed })
        .filter(({ status }) => status === 'failed')
        .map(({ id }) => id);
    expect(failed({})).deep.equal([]);
    expect(failed({ organisation: 'someone-else' })).deep.equal(['vehicle-author']);
    expect(failed({ inspectedOn: '2026-03-05' })).deep.equal(['vehicle-day']);
    expect(failed({ body: [{ position: 'floor-panel', codes: ['X'] }] })).deep.equal(['vehicle-form']);
  });

  it('never pass an expired record as one in force', () => {
    const world = traded();
    const [, event] = world.events;
    const { entryId } = event!.args as { entryId: string };
    const { document } = world.rows.get(`original:${entryId}`) as { document: unknown };
    const inForce = (nowSec?: number) =>
      vehicles
        .checks(event!, document, nowSec === undefined ? {} : { nowSec })
        .find(({ id }) => id === 'inspection-in-force');
    expect(inForce(world.nowSec)?.status).equal('passed');
    expect(inForce(world.nowSec + 200 * 86_400)?.status).equal('skipped');
    expect(inForce()?.status).equal('skipped');
  });
});

it('a refusal carries the values that its words name', () => {
  const world = traded();
  try {
    world.act('register-sale', sale, DEALER);
    expect.fail('was taken');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).equal('ALREADY_SOLD');
    expect(error.details.entryId).equal(lookUp(world).records[0]!.entryId);
  }
});

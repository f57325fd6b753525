import { expect } from 'chai';
import fc from 'fast-check';
import type { Hex } from '../../../../server/core/bytes.ts';
import { type OdometerReading, odometerVerdict } from '../../../../server/services/vehicles/odometer.ts';
import { property } from '../../../helpers/property.ts';

const DAY_SEC = 86_400;
const idOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;

/** Readings a month apart, in the order in which they were recorded. */
function readings(...kms: readonly (number | Partial<OdometerReading>)[]): OdometerReading[] {
  return kms.map((given, i) => ({
    entryId: idOf(i),
    occurredAtSec: 1_700_000_000 + i * 30 * DAY_SEC,
    leafIndex: i,
    meterReplaced: false,
    withdrawn: false,
    ...(typeof given === 'number' ? { km: given } : { km: 0, ...given }),
  }));
}

const codes = (all: readonly OdometerReading[]): string[] =>
  odometerVerdict(all).reasons.map(({ code }) => code);

const someReadings = fc
  .array(
    fc.record({
      occurredAtSec: fc.integer({ min: 0, max: 40 }).map((day) => day * DAY_SEC),
      km: fc.integer({ min: 0, max: 2000 }),
      meterReplaced: fc.boolean(),
      withdrawn: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((reading, i): OdometerReading => ({ ...reading, entryId: idOf(i), leafIndex: i })));

describe('the odometer verdict', () => {
  it('is logical while readings rise', () => {
    expect(odometerVerdict(readings(1000, 1000, 25_000))).deep.equal({
      rule: 'odometer.1',
      verdict: 'logical',
      reasons: [],
    });
  });

  it('overlooks a drop of 99 km and names one of 100 km', () => {
    expect(odometerVerdict(readings(5000, 4901)).verdict).equal('logical');
    const dropped = odometerVerdict(readings(5000, 4900));
    expect(dropped.verdict).equal('illogical');
    expect(dropped.reasons).deep.equal([
      {
        code: 'ODOMETER_LOWER',
        details: { entryId: idOf(1), km: 4900, earlierEntryId: idOf(0), earlierKm: 5000 },
      },
    ]);
  });

  it('compares with the highest reading before, so that small steps down do not add up unseen', () => {
    expect(odometerVerdict(readings(5000, 4950, 4900)).verdict).equal('illogical');
  });

  it('says nothing of fewer than two readings', () => {
    expect(odometerVerdict([]).verdict).equal('none');
    expect(codes(readings(5000))).deep.equal(['TOO_FEW_READINGS']);
  });

  it('says nothing across a replaced meter', () => {
    const all = readings(90_000, { km: 10, meterReplaced: true }, 1500);
    expect(odometerVerdict(all).verdict).equal('none');
    expect(new Set(codes(all))).deep.equal(new Set(['METER_REPLACED']));
  });

  it('still names a drop after the meter was replaced', () => {
    expect(odometerVerdict(readings(90_000, { km: 5000, meterReplaced: true }, 200)).verdict).equal(
      'illogical',
    );
  });

  it('is not talked out of a drop by a replacement that is back-dated afterwards', () => {
    const [before, after] = readings(90_000, 10);
    const backDated = {
      ...before!,
      entryId: idOf(9),
      leafIndex: 9,
      km: 5,
      meterReplaced: true,
      occurredAtSec: after!.occurredAtSec - 1,
    };
    expect(odometerVerdict([before!, after!, backDated]).verdict).equal('illogical');
  });

  it('does not forget a higher reading that was withdrawn, though it proves nothing any more', () => {
    const all = readings(1000, { km: 90_000, withdrawn: true }, 2000);
    expect(odometerVerdict(all).verdict).equal('none');
    expect(codes(all)).deep.equal(['HIGHER_READING_WITHDRAWN']);
  });

  it('is still logical with an improbable leap, but says so', () => {
    const all = readings(1000, 60_000);
    expect(odometerVerdict(all).verdict).equal('logical');
    expect(codes(all)).deep.equal(['IMPROBABLY_HIGH']);
  });

  it('does not depend on the order in which readings are handed over', () => {
    property(someReadings, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (all, random) => {
      const shuffled = all
        .map((reading) => ({ reading, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ reading }) => reading);
      expect(odometerVerdict(shuffled)).deep.equal(odometerVerdict(all));
    });
  });

  it('once illogical stays so, whatever is recorded later and however it is dated', () => {
    property(someReadings, someReadings, (before, later) => {
      fc.pre(odometerVerdict(before).verdict === 'illogical');
      const appended = later.map((reading, i) => ({
        ...reading,
        entryId: idOf(100 + i),
        leafIndex: 100 + i,
      }));
      expect(odometerVerdict([...before, ...appended]).verdict).equal('illogical');
    });
  });
});

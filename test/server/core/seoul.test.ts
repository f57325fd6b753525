import { expect } from 'chai';
import fc from 'fast-check';
import {
  addDays,
  addWorkingDays,
  daysBetween,
  endOfSeoulDay,
  seoulDay,
  startOfSeoulDay,
} from '../../../server/core/seoul.ts';
import { property } from '../../helpers/property.ts';

/** 1990 to 2100: Seoul kept summer time until 1988. */
const anyDay = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1990-01-01', days));

describe('a day in Seoul', () => {
  it('begins at 15:00 UTC of the day before', () => {
    expect(startOfSeoulDay('2026-03-01')).equal(Date.parse('2026-02-28T15:00:00Z') / 1000);
    expect(seoulDay(Date.parse('2026-02-28T14:59:59Z') / 1000)).equal('2026-02-28');
    expect(seoulDay(Date.parse('2026-02-28T15:00:00Z') / 1000)).equal('2026-03-01');
  });

  it('is the day that the time zone data base says it is', () => {
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' });
    property(fc.integer({ min: 631_152_000, max: 4_102_444_800 }), (timeSec) => {
      expect(seoulDay(timeSec)).equal(calendar.format(new Date(timeSec * 1000)));
    });
  });

  it('holds its first and its last second and no other', () => {
    property(anyDay, (day) => {
      expect(seoulDay(startOfSeoulDay(day))).equal(day);
      expect(seoulDay(endOfSeoulDay(day))).equal(day);
      expect(seoulDay(endOfSeoulDay(day) + 1)).equal(addDays(day, 1));
    });
  });

  it('is as far from another as days were added', () => {
    property(anyDay, fc.integer({ min: -5000, max: 5000 }), (day, days) => {
      expect(daysBetween(day, addDays(day, days))).equal(days);
    });
    expect(addDays('2028-02-28', 1)).equal('2028-02-29');
  });
});

describe('working days', () => {
  it('jump over the weekend', () => {
    // 2026-11-20 is a Friday.
    expect(addWorkingDays('2026-11-20', 1)).equal('2026-11-23');
    expect(addWorkingDays('2026-11-20', 5)).equal('2026-11-27');
    expect(addWorkingDays('2026-11-21', 1)).equal('2026-11-23');
    expect(addWorkingDays('2026-11-16', 4)).equal('2026-11-20');
  });

  it('five of them are always seven days from Monday to Friday', () => {
    property(anyDay, (day) => {
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      fc.pre(weekday >= 1 && weekday <= 5);
      expect(addWorkingDays(day, 5)).equal(addDays(day, 7));
    });
  });
});

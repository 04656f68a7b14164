import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReportDefinition, type ScheduledReport } from '../../../../contract/report.ts';
import { CALENDAR_PERIODS, RANGE_UNITS } from '../../../../contract/report-range.ts';
import { dueReports, latestDue, periodOf } from '../../../../lambda/archive/reports/period.ts';
import {
  instantOf,
  offsetAt,
  startOfDay,
  wallTime,
  weekday,
  zonedIso,
} from '../../../../lambda/archive/reports/zoned-time.ts';

const ZONES = [
  'UTC',
  'Asia/Tokyo',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'America/Sao_Paulo',
];
const zone = fc.constantFrom(...ZONES);
const time = fc
  .integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) })
  .map((ms) => Math.floor(ms / 1000) * 1000);
const at = (text: string) => Date.parse(text);

function scheduled(given: object): ScheduledReport {
  const report = readReportDefinition({ name: 'r', title: 'R', every: 'day', ...given });
  return { ...report, every: report.every ?? 'day' };
}

describe('wall clocks', () => {
  test('a moment is found by what clocks show, but for the second showing of an hour', () => {
    fc.assert(
      fc.property(time, zone, (moment, name) => {
        const found = instantOf(wallTime(moment, name), name);
        expect(wallTime(found, name)).toEqual(wallTime(moment, name));
        expect(found).toBeLessThanOrEqual(moment);
        expect(moment - found).toBeLessThanOrEqual(2 * 3_600_000);
      }),
    );
  });

  test('a day begins at its first moment', () => {
    fc.assert(
      fc.property(time, zone, (moment, name) => {
        const start = startOfDay(wallTime(moment, name), name);
        expect(wallTime(start, name).day).toBe(wallTime(moment, name).day);
        expect(wallTime(start - 1000, name).day).not.toBe(wallTime(moment, name).day);
      }),
    );
  });

  test('a time is written so that it can be read again', () => {
    fc.assert(
      fc.property(time, zone, (moment, name) => {
        expect(Date.parse(zonedIso(moment, name))).toBe(moment);
      }),
    );
    expect(zonedIso(at('2026-03-01T00:00:00.123Z'), 'Asia/Tokyo')).toBe('2026-03-01T09:00:00.123+09:00');
    expect(zonedIso(at('2026-03-01T02:00:00Z'), 'America/St_Johns')).toBe('2026-02-28T22:30:00.000-03:30');
  });

  test.each([
    // Clocks go from 2:00 to 3:00, and from 3:00 back to 2:00.
    [{ month: 3, day: 29, hour: 2, minute: 30 }, 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    [{ month: 10, day: 25, hour: 2, minute: 30 }, 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    // A day without midnight.
    [{ year: 2018, month: 11, day: 4, hour: 0, minute: 0 }, 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ])('%j in %s is %s', (wall, name, expected) => {
    expect(instantOf({ year: 2026, second: 0, ...wall }, name)).toBe(at(expected));
  });
});

describe('a range', () => {
  const now = at('2026-03-31T10:00:00Z');
  test.each([
    [{ last: '24 hours' }, 'UTC', '2026-03-30T10:00:00Z', '2026-03-31T10:00:00Z'],
    // Two days of 24 and one of 23 hours: the clock shows noon at both ends.
    [{ last: '3 days' }, 'Europe/Berlin', '2026-03-28T11:00:00Z', '2026-03-31T10:00:00Z'],
    [{ last: '1 week' }, 'Asia/Tokyo', '2026-03-24T10:00:00Z', '2026-03-31T10:00:00Z'],
    [{ last: '1 month' }, 'UTC', '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
    [{ previous: 'day' }, 'Asia/Tokyo', '2026-03-29T15:00:00Z', '2026-03-30T15:00:00Z'],
    [{ previous: 'week' }, 'UTC', '2026-03-23T00:00:00Z', '2026-03-30T00:00:00Z'],
    [{ previous: 'month' }, 'Europe/Berlin', '2026-01-31T23:00:00Z', '2026-02-28T23:00:00Z'],
    [{ from: '2026-03-01', to: '2026-03-31' }, 'Asia/Tokyo', '2026-02-28T15:00:00Z', '2026-03-31T15:00:00Z'],
    [
      { from: '2026-03-01T08:30', to: '2026-03-01T12:00:00+0200' },
      'UTC',
      '2026-03-01T08:30:00Z',
      '2026-03-01T10:00:00Z',
    ],
  ])('%j in %s is from %s to %s', (range, timeZone, from, to) => {
    const definition = readReportDefinition({ name: 'r', title: 'R', range, timeZone });
    expect(periodOf(definition.range, timeZone, now)).toEqual({ from: at(from), to: at(to) });
  });

  test('that ends before it begins is refused', () => {
    expect(() => periodOf({ from: '2026-03-02', to: '2026-03-01' }, 'UTC', now)).toThrow('no length');
    expect(() => periodOf({ from: '2026-03-01T10:00', to: '2026-03-01T10:00' }, 'UTC', now)).toThrow(
      'no length',
    );
  });

  test('of the last so many ends now, and is as long as its unit says', () => {
    const days = { hour: [1 / 24, 1 / 24], day: [1, 1], week: [7, 7], month: [28, 31] } as const;
    fc.assert(
      fc.property(
        time,
        zone,
        fc.constantFrom(...RANGE_UNITS),
        fc.integer({ min: 1, max: 24 }),
        (moment, name, unit, count) => {
          const { from, to } = periodOf({ last: { count, unit } }, name, moment);
          const [least, most] = days[unit];
          expect(to).toBe(moment);
          // The clocks may have changed by up to an hour, and an hour that is shown twice is taken for the first.
          expect(to - from).toBeGreaterThanOrEqual(count * least * 86_400_000 - 2 * 3_600_000);
          expect(to - from).toBeLessThanOrEqual(count * most * 86_400_000 + 2 * 3_600_000);
        },
      ),
    );
  });
});

describe('a schedule', () => {
  const report = fc.record({
    every: fc.constantFrom(...CALENDAR_PERIODS),
    at: fc.integer({ min: 0, max: 23 }),
    timeZone: zone,
  });

  test('leaves no time out and tells none twice, whatever clocks do', () => {
    fc.assert(
      fc.property(report, time, fc.integer({ min: 1, max: 120 }), (given, until, days) => {
        const due = dueReports(scheduled(given), until - days * 86_400_000, until);
        due.slice(1).forEach(({ period }, index) => {
          expect(period.from).toBe(due[index]?.period.to);
        });
        expect(new Set(due.map(({ name }) => name)).size).toBe(due.length);
        // Names are in the order of time: so are keys.
        expect(due.map(({ name }) => name).sort()).toEqual(due.map(({ name }) => name));
      }),
    );
  });

  test('is due at its hour, after what it tells of, on the first day of a period', () => {
    fc.assert(
      fc.property(report, time, (given, now) => {
        const { due, period } = latestDue(scheduled(given), now);
        const wall = wallTime(due, given.timeZone);
        expect(due).toBeLessThanOrEqual(now);
        expect(period.to).toBeLessThanOrEqual(due);
        expect(now - due).toBeLessThanOrEqual(
          { day: 1, week: 7, month: 31 }[given.every] * 86_400_000 + 7_200_000,
        );
        // At two o'clock where clocks go from two to three it is three.
        expect([given.at, given.at + 1]).toContain(wall.hour);
        expect(given.every !== 'week' || weekday(wall) === 1).toBe(true);
        expect(given.every !== 'month' || wall.day === 1).toBe(true);
      }),
    );
  });

  test('cut in two anywhere is the same schedule', () => {
    fc.assert(
      fc.property(report, time, fc.integer({ min: 0, max: 60 * 86_400 }), (given, until, seconds) => {
        const series = scheduled(given);
        const after = until - 60 * 86_400_000;
        const cut = after + seconds * 1000;
        expect([...dueReports(series, after, cut), ...dueReports(series, cut, until)]).toEqual(
          dueReports(series, after, until),
        );
      }),
    );
  });

  test.each([
    [{ every: 'day' }, '2026-03-01T05:59:59Z', '2026-02-27'],
    [{ every: 'day' }, '2026-03-01T06:00:00Z', '2026-02-28'],
    [{ every: 'week' }, '2026-01-05T06:00:00Z', '2026-W01'],
    [{ every: 'week' }, '2027-01-04T06:00:00Z', '2026-W53'],
    [{ every: 'month' }, '2026-01-01T06:00:00Z', '2025-12'],
    [{ every: 'week', range: { last: '30 days' } }, '2026-01-05T06:00:00Z', '2026-01-05'],
  ])('%j at %s last tells of %s', (given, now, name) => {
    expect(latestDue(scheduled(given), at(now)).name).toBe(name);
  });

  test('offsets of the zones above do change in the time that is tried', () => {
    const winter = offsetAt(at('2026-01-01T00:00:00Z'), 'Australia/Lord_Howe');
    expect(offsetAt(at('2026-07-01T00:00:00Z'), 'Australia/Lord_Howe')).not.toBe(winter);
  });
});

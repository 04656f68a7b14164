import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginning, end, isDay } from '../../cli/options.ts';

const FIRST_DAY = Date.UTC(1970, 0, 1);
const DAY_MS = 86_400_000;
const aDay = fc.nat(80_000).map((days) => new Date(FIRST_DAY + days * DAY_MS));

test('a span from a day to the same day is that day', () => {
  fc.assert(
    fc.property(aDay, (day) => {
      const text = day.toISOString().slice(0, 10);
      expect(beginning(text)).toEqual(day);
      expect(end(text)).toEqual(new Date(day.getTime() + DAY_MS));
    }),
  );
});

test('a time is a time, whichever end it is of', () => {
  for (const text of ['2026-03-01T00:00Z', '2026-03-01T09:00:00.5+09:00', '2024-02-29T23:59:59-05:00']) {
    expect(beginning(text)).toEqual(new Date(text));
    expect(end(text)).toEqual(new Date(text));
  }
});

test.each([
  '2026-02-29',
  '2026-02-30T10:00Z',
  '2026-04-31',
  '2026-13-01',
  '2026-00-00',
  '2026-03-01T10:00',
  '2026-03-01T10:00+99:00',
  '20260301',
  '',
  'yesterday',
])('%j is neither', (text) => {
  expect(isDay(text)).toBe(false);
  expect(() => beginning(text)).toThrow(InvalidArgumentError);
  expect(() => end(text)).toThrow(InvalidArgumentError);
});

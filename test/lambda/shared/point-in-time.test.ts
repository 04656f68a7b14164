import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTime } from '../../../lambda/shared/point-in-time.ts';

const NOON = Date.parse('2026-03-01T12:00:00.000Z');

test.each([
  ['2026-03-01T12:00:00Z', NOON],
  ['2026-03-01T12:00:00.000+0000', NOON],
  ['2026-03-01T12:00', NOON],
  ['2026-03-01 12:00:00', NOON],
  ['2026-03-01 12:00:00 UTC', NOON],
  ['2026-03-01T14:30:00+02:30', NOON],
  ['2026-03-01T05:00:00.000-0700', NOON],
  ['2026-03-01T12:00:00.007123456Z', NOON + 7],
  ['2026-03-01T12:00:00,007Z', NOON + 7],
  ['2026-03-01', NOON - 12 * 3_600_000],
  [NOON, NOON],
  [NOON / 1000, NOON],
  [NOON / 1000 + 0.5, NOON + 500],
  [String(NOON), NOON],
  [String(NOON / 1000), NOON],
  ['Sun, 01 Mar 2026 12:00:00 GMT', NOON],
  ['1 Mar 2026 14:30:00 +0230', NOON],
  ['2026-03-01 12:00:00 +0000 UTC', NOON],
  ['2026-03-01 12:00:00.007 +0000 UTC m=+0.000012', NOON + 7],
  ['2026-03-01 21:00:00 +0900 JST', NOON],
  [NOON * 1000 + 7, NOON],
  [String(NOON * 1000), NOON],
  [`${NOON}000007`, NOON],
  [{ seconds: NOON / 1000 }, NOON],
  [{ seconds: String(NOON / 1000), nanos: 7_000_000 }, NOON + 7],
  [{ seconds: 'soon' }, undefined],
  ['Sun, 01 Abc 2026 12:00:00 GMT', undefined],
  ['tomorrow', undefined],
  ['', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026', undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [1e300, undefined],
  [null, undefined],
  [{}, undefined],
])('%j is %j', (value, time) => {
  expect(readTime(value)).toBe(time);
});

test('every time in ISO 8601 is understood', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat().map((time) => time % Date.UTC(9999, 11, 31)),
      (time) => {
        expect(readTime(new Date(time).toISOString())).toBe(time);
      },
    ),
  );
});

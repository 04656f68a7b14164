import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bands, cumulative } from '../../../rehearsal/report-page/downsample.ts';

const samples = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 2000, size: 'max' });

test('few samples are all kept', () => {
  expect(cumulative([3, 1, 2, 1], 10)).toEqual([
    { value: 1, share: 0.25 },
    { value: 1, share: 0.5 },
    { value: 2, share: 0.75 },
    { value: 3, share: 1 },
  ]);
  expect(bands([3, 1], 10)).toEqual([
    { index: 0, low: 3, median: 3, high: 3 },
    { index: 1, low: 1, median: 1, high: 1 },
  ]);
});

test('no samples give no points and no bands', () => {
  expect(cumulative([], 10)).toEqual([]);
  expect(bands([], 10)).toEqual([]);
});

test('a curve keeps to its limit, rises, ends at the largest sample, and says true shares', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const points = cumulative(all, 50);
      expect(points.length).toBeLessThanOrEqual(50);
      expect(points[0]?.value).toBe(Math.min(...all));
      expect(points.at(-1)).toEqual({ value: Math.max(...all), share: 1 });
      for (const { value, share } of points) {
        expect(all.filter((sample) => sample <= value).length / all.length).toBeGreaterThanOrEqual(share);
      }
      expect(points).toEqual(points.toSorted((a, b) => a.share - b.share));
    }),
    { numRuns: 30 },
  );
});

test('bands keep to their limit and hide neither the fastest nor the slowest', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const found = bands(all, 40);
      expect(found.length).toBeLessThanOrEqual(40);
      expect(Math.min(...found.map(({ low }) => low))).toBe(Math.min(...all));
      expect(Math.max(...found.map(({ high }) => high))).toBe(Math.max(...all));
      expect(found.every(({ low, median, high }) => low <= median && median <= high)).toBe(true);
      expect(found.every(({ index }) => index >= 0 && index <= all.length - 1)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

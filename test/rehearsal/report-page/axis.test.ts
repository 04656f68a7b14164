import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearAxis, logarithmicAxis } from '../../../rehearsal/report-page/axis.ts';

test('a linear axis begins at 0 and ends at a round number that holds the maximum', () => {
  const axis = linearAxis(1040);
  expect(axis.ticks).toEqual([0, 500, 1000, 1500]);
  expect(axis.position(0)).toBe(0);
  expect(axis.position(750)).toBe(0.5);
});

test('an axis for nothing but zeros still has a length', () => {
  expect(linearAxis(0).position(0)).toBe(0);
  expect(linearAxis(0).ticks.at(-1)).toBe(1);
});

test('a logarithmic axis has its ticks at 1, 2 and 5, between round numbers', () => {
  const axis = logarithmicAxis(140, 30_400);
  expect(axis.ticks).toEqual([100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]);
  expect(axis.position(100)).toBe(0);
  expect(axis.position(50_000)).toBeCloseTo(1);
});

test('a logarithmic axis for a single round value still has a length', () => {
  expect(logarithmicAxis(100, 100).ticks).toEqual([100, 200, 500, 1000]);
});

const latency = fc.double({ min: 0.01, max: 1e7, noNaN: true });

test.each([
  ['linear', (_low: number, high: number) => linearAxis(high)],
  ['logarithmic', logarithmicAxis],
] as const)('a %s axis keeps every value on it, in order, with a few ticks', (_name, axisFor) => {
  fc.assert(
    fc.property(latency, latency, latency, (a, b, c) => {
      const [low, middle, high] = [a, b, c].toSorted((x, y) => x - y) as [number, number, number];
      const axis = axisFor(low, high);
      const positions = [low, middle, high].map((value) => axis.position(value));
      expect(positions).toEqual(positions.toSorted((x, y) => x - y));
      expect(positions.every((position) => position >= 0 && position <= 1)).toBe(true);
      // The end of the axis holds the highest value: it is not pressed onto it by clamping.
      expect(axis.ticks.at(-1)).toBeGreaterThanOrEqual(axis.scale === 'linear' ? high * 0.999 : high / 10);
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      expect(axis.ticks.length).toBeLessThanOrEqual(12);
    }),
  );
});

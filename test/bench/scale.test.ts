import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { bestRound, FILES, growthOf, loadCase } from '../../bench/load.ts';
import type { CaseResult } from '../../bench/results.ts';
import { billedSecondsPerFile, type Measures, needsOf } from '../../bench/scale-model.ts';

const measures: Measures = {
  processorSecondsPerFile: 0.002,
  waitingSecondsPerFile: 0.2,
  loggedBytesPerFile: 800,
};

test('one account in two regions', () => {
  const needs = needsOf({ accounts: 1, regions: 2, eventsPerFile: 20 }, measures);

  expect(needs.filesAMonth).toBe(17_520);
  expect(needs.filesASecond).toBeCloseTo(24 / 3600);
  // A quarter of what it waits, for four files are under way at once.
  expect(needs.concurrency).toBeCloseTo((24 / 3600) * 0.05);
  // 3.85 + 0.05 * 13.33 + 0.02 + 0.4 dollars a million files.
  expect(needs.dollarsAMonth.perFile).toBeCloseTo((17_520 / 1e6) * 4.937, 4);
});

test('what the processor does counts where it is more than the waiting', () => {
  expect(billedSecondsPerFile({ ...measures, processorSecondsPerFile: 1.024 })).toBeCloseTo(1.769);
});

test('twice the accounts take twice of everything that grows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 17 }), (accounts, regions) => {
      const [once, twice] = [accounts, 2 * accounts].map((each) =>
        needsOf({ accounts: each, regions, eventsPerFile: 20 }, measures),
      );
      expect(twice?.filesAMonth).toBe(2 * (once?.filesAMonth ?? 0));
      expect(twice?.drainSeconds).toBeCloseTo(2 * (once?.drainSeconds ?? 0));
      expect(twice?.dollarsAMonth.perFile).toBeCloseTo(2 * (once?.dollarsAMonth.perFile ?? 0));
      expect(twice?.dollarsAMonth.fixed).toBe(once?.dollarsAMonth.fixed);
      expect(twice?.dollarsPerMillionEvents).toBeLessThan(once?.dollarsPerMillionEvents ?? 0);
    }),
  );
});

test('the load has as many keys as are asked for, also where there are fewer files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));

  const objects = await loadCase('load', FILES + 2).objects(folder);

  expect(new Set(objects.map(({ key }) => key)).size).toBe(FILES + 2);
  expect(new Set(objects.map(({ path }) => path)).size).toBe(FILES);
  for (const { key, bytes } of objects) {
    expect(statSync(join(folder, key)).size).toBe(bytes);
  }
});

test('growth is what twice the files take', () => {
  const figures = { objects: 10, seconds: 2, processorSeconds: 1, peakRssMB: 100 } as CaseResult;

  expect(growthOf(figures, { ...figures, objects: 20, seconds: 4.1, peakRssMB: 101 })).toEqual({
    objects: 2,
    seconds: 2.05,
    processorSeconds: 1,
    peakRssMB: 1.01,
  });
});

test('of the rounds, the best time counts, and the most memory', () => {
  const round = { objects: 10, seconds: 2, processorSeconds: 1, peakRssMB: 100 } as CaseResult;

  expect(bestRound([round, { ...round, seconds: 1, processorSeconds: 3, peakRssMB: 120 }])).toMatchObject({
    seconds: 1,
    processorSeconds: 1,
    objectsPerSecond: 10,
    peakRssMB: 120,
    noise: 1,
  });
});

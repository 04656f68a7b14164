import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { bestRound, FILES, growthOf, loadCase } from '../../bench/load.ts';
import type { CaseResult } from '../../bench/results.ts';
import {
  billedSecondsPerFile,
  completenessDollars,
  HOLDINGS,
  type Measures,
  needsOf,
} from '../../bench/scale-model.ts';
import {
  between,
  LOGGED_BYTES,
  loadText,
  measuresOf,
  needsText,
  WAITING_SECONDS,
} from '../../bench/scale-text.ts';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import { PARAMETERS } from '../../contract/parameters.ts';
import { deploy } from '../templates/deployment.ts';
import { synthesizeCloudOne } from '../templates/synthesis.ts';
import { resourcesOf } from '../templates/template.ts';

const measures: Measures = {
  processorSecondsPerFile: 0.002,
  waitingSecondsPerFile: 0.2,
  loggedBytesPerFile: 800,
};

test('one account in two regions', () => {
  const needs = needsOf({ accounts: 1, regions: 2, digestRegions: 17, eventsPerFile: 20 }, measures);

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
        needsOf({ accounts: each, regions, digestRegions: 17, eventsPerFile: 20 }, measures),
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

test('what the stack is said to hold is what the template holds', async () => {
  const { template } = await synthesizeCloudOne();
  const deployed = deploy(template, {
    [PARAMETERS.createNewTrail]: 'false',
    [PARAMETERS.existingCloudtrailBucketName]: 'my-logs',
    [PARAMETERS.cloudOneApiKey]: 'id:secret',
    [PARAMETERS.visionOneServiceToken]: 'token',
  });
  const count = (type: string) => resourcesOf(deployed, type).length;
  const told = JSON.stringify(deployed).matchAll(
    new RegExp(`\\\\"${METRIC_NAMESPACE}\\\\",\\\\"(\\w+)\\\\"|"MetricName":"(\\w+)"`, 'g'),
  );

  expect(HOLDINGS).toMatchObject({
    keys: count('AWS::KMS::Key'),
    secrets: count('AWS::SecretsManager::Secret'),
    alarms: count('AWS::CloudWatch::Alarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    polledQueues: count('AWS::Lambda::EventSourceMapping'),
  });
  expect(new Set([...told].map(([, shown, alarmed]) => shown ?? alarmed)).size).toBe(HOLDINGS.metrics);
});

test('a region is checked whether or not something happens there', () => {
  const organisation = { accounts: 1, regions: 0, digestRegions: 1, eventsPerFile: 20 };
  const quiet = completenessDollars(organisation);

  // 6 listings, a digest, two reads and two writes, and an eighth of 0.1 GB-seconds, each hour.
  expect(quiet).toBeCloseTo(730 * (30e-6 + 0.4e-6 + 0.25e-6 + 1.25e-6 + 0.0125 * 0.0000133334), 6);
  expect(completenessDollars({ ...organisation, regions: 1 }) - quiet).toBeCloseTo(
    730 * (5e-6 + 24 * 0.125e-6),
    6,
  );
});

test('docs/scale.md tells what the model says', () => {
  const document = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  // Below 29 ms, the processor's time changes none of its figures.
  const told = needsText({
    processorSecondsPerFile: 0.003,
    waitingSecondsPerFile: WAITING_SECONDS,
    loggedBytesPerFile: LOGGED_BYTES,
  });

  expect(between(document, 'needs', told)).toBe(document);
  expect(between(document, 'load', 'x')).toContain('<!-- load -->\nx\n<!-- /load -->');
  expect(() => between('', 'needs', told)).toThrow(/no lines/);
});

test('the load test is told with its verdict', () => {
  const once = { objects: 1_000, seconds: 2, objectsPerSecond: 500, processorSeconds: 3, peakRssMB: 100 };
  const cases = [once, { ...once, objects: 2_000, seconds: 5 }] as CaseResult[];
  const load = (seconds: number) => loadText({ cases, growth: { seconds, processorSeconds: 1 } }, 2.1);

  expect(load(2.1)).toContain('| 1,000 | 2 s | 500 | 3 ms | 100 MiB |');
  expect(load(2.1)).toContain('2.1 times the time, which is as aimed at');
  expect(load(2.5)).toContain('which is **more than is aimed at**');
  expect(measuresOf({ cases, growth: { seconds: 2, processorSeconds: 2 } })).toMatchObject({
    processorSecondsPerFile: 0.003,
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { archiveRow } from '../../bench/archive/figures.ts';
import { generatedCases, InputError, inputCases, type Sizes } from '../../bench/cases.ts';
import { BenchProcessError } from '../../bench/processes.ts';
import { runBenchmark } from '../../bench/run.ts';
import { caseRow, circumstances } from '../../bench/table.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 300_000 });

const TINY: Sizes = {
  small: { objects: 3, events: 4 },
  large: { events: 1_500 },
  tiny: { objects: 12, events: 2 },
  hugeRecordBytes: 100_000,
  streamedMB: [1],
};

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'trailbridge-bench-test-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) {
    rmSync(made, { recursive: true, force: true });
  }
});

const plan = { repeat: 1, withFunctions: false, onCase: () => undefined };

test('measures every case with the fields that scripts rely on', async () => {
  const results = await runBenchmark({ ...plan, cases: generatedCases(TINY) });

  expect(results.cases.map(({ name, events }) => [name, events])).toEqual([
    ['pass-through', 12],
    ['pass-through-bytes', 12],
    ['large', 1_500],
    ['large-lines', 1_500],
    ['large-filtered', 1_500],
    ['huge-record', 1],
    ['tiny', 24],
    ['streamed-1MB', 7_000],
  ]);
  for (const result of results.cases) {
    for (const field of ['rawBytes', 'seconds', 'eventsPerSecond', 'rawMBps', 'peakRssMB'] as const) {
      expect(result[field], `${result.name}: ${field}`).toBeGreaterThan(0);
    }
    expect(result.gzipBytes).toBeLessThan(result.rawBytes);
    expect(caseRow(result)).toContain(result.name);
  }
  const [large, tiny] = [2, 6].map((index) => results.cases[index]);
  expect(large?.floorRatio).toBeCloseTo((large?.seconds ?? 0) / (large?.floorSeconds ?? 1));
  expect(tiny?.floorRatio).toBeNull();
  expect(tiny?.bareLoopRatio).toBeGreaterThan(0);
  expect(circumstances(results)).toContain(process.versions.node);
});

test('archives, derives and asks events of the three sources, and counts them', async () => {
  const { archive } = await runBenchmark({ ...plan, cases: [], archiveSizes: [300] });

  expect(archive.map(({ name, events }) => [name, events])).toEqual([
    ['collect-cloudone', 100],
    ['collect-appdynamics', 100],
    ['collect-ibmcloud', 100],
    ['derive', 300],
    ['query', 300],
  ]);
  for (const result of archive) {
    expect(result.eventsPerSecond, result.name).toBeGreaterThan(0);
    expect(result.objects, result.name).toBeGreaterThan(0);
    expect(Object.keys(result.calls), result.name).toContain('ListObjectsV2');
    expect(archiveRow(result)).toContain(result.name);
  }
});

test('measures each function once', async () => {
  const { functions } = await runBenchmark({ ...plan, cases: [], withFunctions: true });

  expect(functions.map(({ name }) => name)).toContain('forwarding/forwarder');
  for (const { name, bundleBytes, initMs } of functions) {
    expect(bundleBytes, name).toBeGreaterThan(1_000);
    expect(initMs, name).toBeGreaterThan(0);
  }
});

test("forwards the user's own files, whatever their layout, to the user's own receiver", async () => {
  const input = folder();
  generatedCases(TINY)[0]?.objects(input);
  const paths = new Set<string | undefined>();
  const sink = createServer((request, response) => {
    paths.add(request.url);
    request.resume().once('end', () => response.end());
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/ingest`;

    const { cases } = await runBenchmark({ ...plan, cases: inputCases(input), sink: url });

    expect(cases.map(({ name, objects, events }) => [name, objects, events])).toEqual([
      ['input', 3, 12],
      ['input-lines', 3, 12],
      ['input-through-s3', 3, 12],
    ]);
    expect([...paths]).toEqual(['/ingest']);
  } finally {
    sink.close();
    sink.closeAllConnections();
  }
});

test('gives no figures for files that were not delivered', async () => {
  const sink = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;

    const measured = runBenchmark({ ...plan, cases: generatedCases(TINY).slice(0, 1), sink: url });

    await expect(measured).rejects.toThrow(BenchProcessError);
    await expect(measured).rejects.toThrow('3 of 3 objects of the case pass-through were not forwarded');
  } finally {
    sink.close();
    sink.closeAllConnections();
  }
});

test('says so when a folder holds no CloudTrail file', () => {
  expect(() => inputCases(folder())).toThrow(InputError);
});

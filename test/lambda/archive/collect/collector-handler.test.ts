/** A source's handler, from its environment to the bucket, the table and the metrics. */
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { collectorEnvironment } from '../../../../contract/archive.ts';
import { ARCHIVE_METRICS } from '../../../../contract/metrics.ts';
import type { Collector } from '../../../../lambda/archive/collect/collector.ts';
import { collectorHandler } from '../../../../lambda/archive/collect/collector-handler.ts';
import { fixedPlace } from '../../../../lambda/archive/collect/place.ts';
import { readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import { S3ObjectStore } from '../../../../lambda/archive/store/s3-object-store.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { mockDynamoDb } from '../../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../../stand-ins/dynamodb/table.ts';
import { type S3BucketStandIn, startS3Bucket } from '../../../stand-ins/s3-bucket.ts';
import { collected } from '../collected.ts';
import { NOON, recordOf } from '../world.ts';

let bucket: S3BucketStandIn;
let table: Table;
let metrics: Record<string, unknown>[];
beforeEach(async () => {
  bucket = await startS3Bucket('raw');
  table = new Table(['pk', 'sk']);
  mockDynamoDb(table);
  metrics = [];
  const keep = (line: unknown) => {
    metrics.push(JSON.parse(String(line)));
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: bucket.url,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_REGION: 'us-east-1',
    STACK_NAME: 'AuditArchive',
    RAW_BUCKET: 'raw',
    ARCHIVE_TABLE: 'table',
    VENDOR: 'example',
    // Metrics go through the console that the test listens to.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(() => bucket.close());

const schema = collectorEnvironment.extend({ VENDOR: z.string() });

function contextOf(remainingMs: number): Context {
  return { awsRequestId: 'request-1', getRemainingTimeInMillis: () => remainingMs } as Context;
}

function valuesOf(name: string): unknown[] {
  return metrics.flatMap((line) => (name in line ? [line[name]] : []));
}

function collectorOf(vendor: string, time = NOON): Collector<string> {
  return {
    source: 'ibmcloud',
    arrive: fixedPlace('here'),
    state: z.string(),
    collect: async ({ archive, save, state, tell, timeIsUp }) => {
      tell('eventsLost');
      await archive.add(recordOf(`${vendor} ${state}`, time));
      await archive.addUnreadable(Buffer.from('x'), 'it is not JSON', 'a.log');
      await save('second');
      return { caughtUp: !timeIsUp(), completeUntil: Date.now() - 60_000 };
    },
  };
}

test('collects, stores, remembers, and tells its metrics by stack and source', async () => {
  const log = vi.spyOn(logger, 'info').mockReturnValue();
  const warn = vi.spyOn(logger, 'warn').mockReturnValue();
  const handler = collectorHandler(schema, ({ VENDOR }) => collectorOf(VENDOR));
  await handler({}, contextOf(900_000));
  await handler({}, contextOf(900_000));
  const store = new S3ObjectStore({ s3: bucket.client(), bucket: 'raw' });
  const everything = { sources: ['ibmcloud' as const], from: 0, to: Number.POSITIVE_INFINITY };
  const records = await collected(readArchive(store, everything));
  expect(records.map(({ record }) => JSON.parse(record).name).sort()).toEqual([
    'example second',
    'example undefined',
  ]);
  expect([...table.items.keys()].sort()).toEqual([
    'checkpoint#ibmcloud\ncheckpoint',
    'stale#ibmcloud\n20260301T12',
  ]);
  expect(valuesOf(ARCHIVE_METRICS.recordsArchived)).toEqual([1, 1]);
  expect(valuesOf(ARCHIVE_METRICS.recordsUnreadable)).toEqual([1, 0]);
  expect(valuesOf(ARCHIVE_METRICS.collectionFailed)).toEqual([0, 0]);
  expect(valuesOf(ARCHIVE_METRICS.collectionAge)).toEqual([expect.any(Number), expect.any(Number)]);
  expect(valuesOf(ARCHIVE_METRICS.eventsLost)).toEqual([1, 1]);
  for (const line of metrics) {
    expect(line).toMatchObject({ Stack: 'AuditArchive', Source: 'ibmcloud' });
    expect(line).not.toHaveProperty('service');
  }
  expect(log).toHaveBeenLastCalledWith(
    'Collected',
    expect.objectContaining({ source: 'ibmcloud', archived: 1 }),
  );
  expect(warn).toHaveBeenCalledTimes(1);
});

test('asks the collector to end in time, and ends one that does not', async () => {
  vi.spyOn(logger, 'error').mockReturnValue();
  let asked = false;
  const handler = collectorHandler(schema, () => ({
    source: 'ibmcloud' as const,
    arrive: fixedPlace('here'),
    state: z.string(),
    collect: async ({ timeIsUp }) => {
      while (!timeIsUp()) {
        await new Promise(setImmediate);
      }
      asked = true;
      return await new Promise<never>(() => {});
    },
  }));
  await expect(handler({}, contextOf(400))).rejects.toMatchObject({ name: 'OutOfTimeError' });
  expect(asked).toBe(true);
  expect(valuesOf(ARCHIVE_METRICS.collectionFailed)).toEqual([1]);
  expect(table.items.get('checkpoint#ibmcloud\ncheckpoint')).not.toHaveProperty('leaseOwner');
});

test('does not start without its environment', () => {
  vi.stubEnv('VENDOR', undefined);
  expect(() => collectorHandler(schema, ({ VENDOR }) => collectorOf(VENDOR))).toThrow('VENDOR');
});

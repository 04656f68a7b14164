/** The forwarder with its filter on, from the message to the ledger, the log and the metrics. */
import { gunzipSync } from 'node:zlib';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { objectMessageOf } from '../../../contract/object-message.ts';
import { AwsDoubles } from './aws-doubles.ts';
import { type Behaviour, DestinationServer, eventsIn } from './destination-server.ts';
import { gzipDocumentOf, noise } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const KEY = `AWSLogs/123456789012/CloudTrail/eu-central-1/2026/11/20/123456789012_CloudTrail_eu-central-1_20261120T0700Z_it.json.gz`;
const OBJECT = { bucket: 'trail-bucket', key: KEY, versionId: 'version' };
const READS = '[{"name":"reads","drop":{"readOnly":true}}]';
const WRITES = '[{"name":"writes","drop":{"readOnly":false}}]';
const PLACE = 'eu-central-1.amazonaws.com/123456789012';
const ENVIRONMENT = {
  DESTINATION: 'CloudOne',
  DESTINATION_URL: 'https://cloudtrail.de-1.cloudone.trendmicro.com',
  DESTINATION_API_VERSION: 'v1',
  DESTINATION_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:token',
  AWS_REGION: 'eu-central-1',
  BUCKET_REGION: 'eu-central-1',
  STACK_NAME: 'trail',
  LEDGER_TABLE: 'ledger',
  QUEUE_URL: `https://sqs.${PLACE}/queue`,
  DEAD_LETTER_QUEUE_URL: `https://sqs.${PLACE}/dead`,
  MAXIMUM_TRIES: '5',
  // Makes Powertools write to the console that is watched here.
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
};

const server = new DestinationServer();
let aws: AwsDoubles;
let lines: Record<string, unknown>[];

beforeAll(() => server.start());
afterAll(() => server.stop());

beforeEach(() => {
  server.reset();
  aws = new AwsDoubles();
  lines = [];
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', server.url);
  for (const [name, value] of Object.entries(ENVIRONMENT)) {
    vi.stubEnv(name, value);
  }
  const keep = (line: unknown) => void lines.push(JSON.parse(String(line)));
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(keep);
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A function that was deployed with a filter, at its cold start. */
async function forwarderWith(filter: string): Promise<() => Promise<SQSBatchResponse>> {
  vi.resetModules();
  vi.stubEnv('FORWARDING_FILTER', filter);
  const { handler } = await import('../../../lambda/forwarding/forwarder-handler.ts');
  const context: Partial<Context> = { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 };
  const message: Partial<SQSRecord> = {
    messageId: 'message',
    body: JSON.stringify({ ...objectMessageOf(OBJECT), source: 'aws.s3' }),
    attributes: { ApproximateReceiveCount: '1' } as SQSRecord['attributes'],
  };
  return () => handler({ Records: [message as SQSRecord] }, context as Context);
}

const ALL_DONE = { batchItemFailures: [] };
const ledgerItem = () => aws.ledger.items.get(ledgerKeyOf(OBJECT));
const logLine = (message: string) => lines.find((line) => line.message === message);

function metric(name: string): unknown[] {
  return lines.flatMap((line) => (name in line ? [line[name]] : []));
}

function records(count: number, size = 0): string[] {
  return Array.from(
    { length: count },
    (_, i) =>
      `{"eventID":"event-${i}","readOnly":${i % 4 === 0}${size > 0 ? `,"x":"${noise(size, i + 1)}"` : ''}}`,
  );
}

/** All but the last part is taken. */
const awayForTheEnd: Behaviour = ({ body }) =>
  eventsIn(body).includes('event-58') ? { status: 503, headers: { 'retry-after': '3600' } } : { status: 202 };

const idsOf = (texts: readonly string[]) => texts.map((text) => JSON.parse(text).eventID as string);
const isKept = (_: string, i: number) => i % 4 !== 0;

describe('the forwarder with a filter', () => {
  it('counts what it dropped in the ledger, the log and the metrics', async () => {
    aws.objects.set(KEY, gzipDocumentOf(records(8)));
    const handle = await forwarderWith(READS);

    expect(await handle()).toEqual(ALL_DONE);

    expect(server.acceptedEvents()).toEqual(idsOf(records(8).filter(isKept)));
    expect(ledgerItem()).toMatchObject({
      state: { S: 'acknowledged' },
      records: { N: '6' },
      readRecords: { N: '8' },
      droppedRecords: { N: '2' },
      droppedByRule: { M: { reads: { N: '2' } } },
      filter: { S: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(logLine('Object forwarded')).toMatchObject({
      records: 6,
      readRecords: 8,
      droppedRecords: 2,
      droppedByRule: { reads: 2 },
    });
    expect(logLine('Filter on')).toMatchObject({ fingerprint: ledgerItem()?.filter?.S, rules: READS });
    expect(metric('RecordsFiltered')).toEqual([2]);
    expect(metric('RecordsForwarded')).toEqual([6]);
  });

  it('acknowledges a file of which nothing is left without an upload, and says so', async () => {
    const reads = records(8).filter((_, i) => i % 4 === 0);
    aws.objects.set(KEY, gzipDocumentOf(reads));
    const handle = await forwarderWith(READS);

    expect(await handle()).toEqual(ALL_DONE);

    expect(server.requests).toEqual([]);
    expect(ledgerItem()).toMatchObject({
      state: { S: 'acknowledged' },
      parts: { N: '0' },
      records: { N: '0' },
      droppedRecords: { N: '2' },
    });
    expect(logLine('Object has only records that the filter drops')).toMatchObject({ droppedRecords: 2 });
    expect(metric('RecordsFiltered')).toEqual([2]);
  });

  it('drops nothing, and writes no such metric, where no rules are given', async () => {
    aws.objects.set(KEY, gzipDocumentOf(records(8)));
    const handle = await forwarderWith('');

    expect(await handle()).toEqual(ALL_DONE);

    expect(server.acceptedEvents()).toHaveLength(8);
    expect(ledgerItem()).toMatchObject({
      records: { N: '8' },
      readRecords: { N: '8' },
      droppedRecords: { N: '0' },
      filter: { S: 'none' },
    });
    expect(metric('RecordsFiltered')).toEqual([]);
    expect(logLine('Filter on')).toBeUndefined();
  });

  it('resumes behind the same filter where it was cut off', async () => {
    const large = records(60, 100_000);
    aws.objects.set(KEY, gzipDocumentOf(large));
    server.behaviour = awayForTheEnd;
    expect((await (await forwarderWith(READS))()).batchItemFailures).toHaveLength(1);
    server.behaviour = () => ({ status: 202 });
    const before = server.acceptedEvents().length;
    expect(before).toBeGreaterThan(0);

    expect(await (await forwarderWith(READS))()).toEqual(ALL_DONE);

    const arrived = server.acceptedEvents();
    expect(arrived.toSorted()).toEqual(idsOf(large.filter(isKept)).toSorted());
    expect(Number(ledgerItem()?.records?.N) + Number(ledgerItem()?.droppedRecords?.N)).toBe(60);
    expect(before).toBeLessThan(arrived.length);
  });

  it('begins an object anew that was cut off when the filter changed: its numbers meant other records', async () => {
    const large = records(60, 100_000);
    aws.objects.set(KEY, gzipDocumentOf(large));
    server.behaviour = awayForTheEnd;
    expect((await (await forwarderWith(READS))()).batchItemFailures).toHaveLength(1);
    expect(Number(ledgerItem()?.records?.N)).toBeGreaterThan(0);
    const firstKeys = server.accepted.map(({ headers }) => headers['idempotency-key']);
    server.reset();

    expect(await (await forwarderWith(WRITES))()).toEqual(ALL_DONE);

    const wanted = idsOf(large.filter((_, i) => i % 4 === 0));
    expect(server.acceptedEvents()).toEqual(wanted);
    expect(ledgerItem()).toMatchObject({
      records: { N: String(wanted.length) },
      droppedByRule: { M: { writes: { N: '45' } } },
    });
    const keys = server.accepted.map(({ headers }) => headers['idempotency-key']);
    expect(keys.filter((key) => key !== undefined && firstKeys.includes(key))).toEqual([]);
  });

  it('does not start with a filter that cannot be used: no file goes unfiltered', async () => {
    await expect(forwarderWith('[{"drop":{"eventname":"a"}}]')).rejects.toThrow('"eventname"');
    expect(server.requests).toEqual([]);
  });

  it('does not call a file forwarded of which a record is neither acknowledged nor dropped', async () => {
    aws.objects.set(KEY, gzipDocumentOf(records(8)));
    const handle = await forwarderWith(READS);
    const { RecordFilter } = await import('../../../lambda/forwarding/record-filter.ts');
    let looks = 0;
    // A defect: what the rules say changes between the two looks at a small file.
    vi.spyOn(RecordFilter.prototype, 'dropping').mockImplementation(() => {
      looks += 1;
      return looks === 1 ? 'reads' : undefined;
    });
    const { FilteringSink } = await import('../../../lambda/forwarding/filtering-sink.ts');
    vi.spyOn(FilteringSink.prototype, 'dropped', 'get').mockReturnValue(new Map([['reads', 1]]));

    expect((await handle()).batchItemFailures).toHaveLength(1);

    expect(ledgerItem()?.state?.S).toBe('forwarding');
    expect(logLine('Object failed')?.detail).toMatch(
      /8 records, of which 8 were acknowledged and 1 were dropped/,
    );
  });
});

it('packs what is left of a file into a document of its own', async () => {
  aws.objects.set(KEY, gzipDocumentOf(records(8)));
  await (await forwarderWith(READS))();

  const [request] = server.accepted;
  expect(gunzipSync(request?.body ?? Buffer.alloc(0)).toString()).toBe(
    `{"Records":[${records(8).filter(isKept).join(',')}]}`,
  );
});

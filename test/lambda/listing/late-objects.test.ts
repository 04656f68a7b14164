import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { type ListingRequest, listingRequestSchema } from '../../../contract/listing.ts';
import { objectMessageSchema, objectReferenceOf } from '../../../contract/object-message.ts';
import { queueStoredObjects } from '../../../lambda/listing/late-objects.ts';
import { captureOutput } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket } from '../trail/fake-bucket.ts';

const FORWARDING_QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/forwarding';
const LATE_OBJECTS_QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/late';
const request: ListingRequest = {
  bucket: 'trail-logs',
  storedFrom: '2026-03-01T00:10:00Z',
  storedBefore: '2026-03-01T00:25:00Z',
};
const MOST_RUNS = 200;
const inTime = new Date('2026-03-01T00:15:00Z');

const sqs = mockClient(SQSClient);
let bucket: FakeBucket;

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  captureOutput();
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  sqs.on(SendMessageBatchCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
});

interface FileOptions {
  readonly prefix?: string;
  readonly account?: string;
  readonly kind?: string;
  readonly region?: string;
  readonly day?: string;
  readonly name?: string;
}

function keyOf(options: FileOptions = {}): string {
  const { prefix = '', account = '111111111111', kind = 'CloudTrail', region = 'us-east-1' } = options;
  const { day = '2026/03/01', name = 'a' } = options;
  return `${prefix}AWSLogs/${account}/${kind}/${region}/${day}/${name}.json.gz`;
}

const run = (hasTime: () => boolean = () => true, asked = request, keyPrefixes: readonly string[] = []) =>
  queueStoredObjects(asked, {
    s3: new S3Client({}),
    sqs: new SQSClient({}),
    forwardingQueueUrl: FORWARDING_QUEUE,
    lateObjectsQueueUrl: LATE_OBJECTS_QUEUE,
    keyPrefixes,
    hasTime,
    signal: AbortSignal.timeout(60_000),
  });

function queuedObjects() {
  return sqs
    .commandCalls(SendMessageBatchCommand)
    .flatMap(({ args }) => args[0].input.Entries ?? [])
    .map(({ MessageBody = '' }) => objectReferenceOf(objectMessageSchema.parse(JSON.parse(MessageBody))));
}
const queuedKeys = () => queuedObjects().map(({ key }) => key);

describe('what is queued', () => {
  test('the files stored in the span, of every account, region, kind and prefix', async () => {
    const wanted = [
      keyOf(),
      keyOf({ region: 'eu-west-1', name: 'b' }),
      keyOf({ kind: 'CloudTrail-Insight' }),
      keyOf({ account: 'o-abc123/222222222222' }),
      keyOf({ prefix: 'deep/er/and/deeper/' }),
      keyOf({ day: '2026/02/28' }),
    ];
    bucket = fakeBucket(wanted.map((key) => ({ key, storedAt: inTime })));

    const result = await run();

    expect(result).toEqual({ queued: wanted.length, complete: true });
    expect(queuedKeys().sort()).toEqual(wanted.sort());
  });

  test('nothing else', async () => {
    const unwanted = [
      { key: keyOf({ name: 'before' }), storedAt: new Date('2026-03-01T00:09:59Z') },
      { key: keyOf({ name: 'after' }), storedAt: new Date('2026-03-01T00:25:00Z') },
      { key: keyOf({ kind: 'CloudTrail-Digest' }), storedAt: inTime },
      { key: keyOf({ kind: 'Config' }), storedAt: inTime },
      { key: keyOf({ account: 'elasticloadbalancing' }), storedAt: inTime },
      { key: keyOf({ day: '2026/02/27' }), storedAt: inTime },
      { key: keyOf({ name: 'deleted' }), storedAt: inTime, deleteMarker: true },
      { key: 'AWSLogs/111111111111/CloudTrail/us-east-1/2026/03/01/notes.txt', storedAt: inTime },
      { key: 'readme.txt', storedAt: inTime },
    ];
    bucket = fakeBucket(unwanted);

    expect(await run()).toEqual({ queued: 0, complete: true });
  });

  test('has the ledger key that the object’s own event has', async () => {
    bucket = fakeBucket([
      { key: keyOf({ name: 'versioned' }), versionId: 'v1', storedAt: inTime },
      { key: keyOf({ name: 'plain' }), storedAt: inTime },
    ]);
    const event = { bucket: 'trail-logs', sequencer: '00ABC' };

    await run();

    const etag = `etag-${keyOf({ name: 'plain' }).length}`;
    expect(queuedObjects().map(ledgerKeyOf)).toEqual([
      ledgerKeyOf({ ...event, key: keyOf({ name: 'plain' }), etag }),
      ledgerKeyOf({ ...event, key: keyOf({ name: 'versioned' }), versionId: 'v1', etag: 'other' }),
    ]);
  });
});

describe('resuming', () => {
  test('goes on where time ran out, and queues each object once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const keys = ['us-east-1', 'eu-west-1'].flatMap((region) => names.map((name) => keyOf({ region, name })));
    bucket = fakeBucket(keys.map((key) => ({ key, versionId: 'v', storedAt: inTime })));
    bucket.pageSize = 2;
    let asked = request;
    let runs = 0;

    // Never time for a second page.
    for (let complete = false; !complete; runs += 1) {
      sqs.resetHistory();
      const before = queuedKeys().length;
      ({ complete } = await run(() => false, asked));
      // A listing that comes no further would go on for ever.
      expect(runs).toBeLessThan(MOST_RUNS);
      expect(before).toBe(0);
      expect(queuedKeys().length).toBeLessThanOrEqual(2);
      keys.splice(0, keys.length, ...keys.filter((key) => !queuedKeys().includes(key)));
      const [sent] = sqs.commandCalls(SendMessageCommand);
      if (sent !== undefined) {
        expect(sent.args[0].input.QueueUrl).toBe(LATE_OBJECTS_QUEUE);
        asked = listingRequestSchema.parse(JSON.parse(sent.args[0].input.MessageBody ?? ''));
      }
    }

    expect(keys).toEqual([]);
    expect(runs).toBeGreaterThan(5);
  });
});

describe('trouble', () => {
  test('messages that SQS did not take are sent again, and only those', async () => {
    bucket = fakeBucket(['a', 'b'].map((name) => ({ key: keyOf({ name }), storedAt: inTime })));
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }], Successful: [] })
      .resolves({});

    await run();

    const batches = sqs
      .commandCalls(SendMessageBatchCommand)
      .map(({ args }) => args[0].input.Entries?.length);
    expect(batches).toEqual([2, 1]);
  });

  test('fails where SQS goes on refusing, so that the message is received again', async () => {
    bucket = fakeBucket([{ key: keyOf(), storedAt: inTime }]);
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }], Successful: [] });

    await expect(run()).rejects.toThrow('SQS did not take 1 messages (InternalError');
  });

  test('a message of an earlier version, which names no start, begins anew', async () => {
    bucket = fakeBucket([{ key: keyOf(), storedAt: inTime }]);
    const folder = 'AWSLogs/111111111111/CloudTrail/us-east-1/2026/03/01/';

    await run(undefined, { ...request, resumeAt: { folder, key: `${folder}z` } });

    expect(queuedKeys()).toEqual([keyOf()]);
  });
});

describe('large spans and buckets', () => {
  test('every day of years is found with one listing of a region, not one of each day', async () => {
    const days = ['2016/03/02', '2020/02/29', '2026/02/28'];
    const keys = days.map((day) => keyOf({ day, name: day.replaceAll('/', '') }));
    bucket = fakeBucket(keys.map((key) => ({ key, storedAt: inTime })));

    await run(undefined, { ...request, storedFrom: '2016-03-02T00:00:00Z' });

    expect(queuedKeys()).toEqual(keys);
    expect(bucket.mock.commandCalls(ListObjectVersionsCommand)).toHaveLength(1);
  });

  test('what lies before and after the days is not paged through', async () => {
    const days = ['2025/01/01', '2026/02/28', '2026/03/01', '2026/03/02', '2026/03/03', '2026/04/01'];
    bucket = fakeBucket(days.map((day) => ({ key: keyOf({ day }), storedAt: inTime })));
    bucket.pageSize = 1;

    await run();

    // The page that goes beyond the last day is the last.
    expect(queuedKeys()).toEqual(['2026/02/28', '2026/03/01', '2026/03/02'].map((day) => keyOf({ day })));
    expect(bucket.mock.commandCalls(ListObjectVersionsCommand)).toHaveLength(3);
  });

  test('a bucket of other folders is searched to its end, message by message', async () => {
    const others = Array.from({ length: 30 }, (_, index) => `folder-${index}/x/file`);
    bucket = fakeBucket([...others, keyOf({ prefix: 'zz/' })].map((key) => ({ key, storedAt: inTime })));
    let asked = request;
    let runs = 0;
    for (let complete = false; !complete; runs += 1) {
      sqs.resetHistory();
      ({ complete } = await run(() => false, asked));
      // A listing that comes no further would go on for ever.
      expect(runs).toBeLessThan(MOST_RUNS);
      const [sent] = sqs.commandCalls(SendMessageCommand);
      asked = sent ? listingRequestSchema.parse(JSON.parse(sent.args[0].input.MessageBody ?? '')) : asked;
      if (queuedKeys().length > 0) {
        break;
      }
    }

    expect(queuedKeys()).toEqual([keyOf({ prefix: 'zz/' })]);
    expect(runs).toBeGreaterThan(60);
  });
});

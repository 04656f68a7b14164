import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { S3ServiceException } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { objectMessageOf } from '../../../contract/object-message.ts';
import { AwsDoubles } from './aws-doubles.ts';
import { DestinationServer, eventsIn } from './destination-server.ts';
import { documentText, gzipDocumentOf, noise, recordText } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const FOLDER = 'AWSLogs/123456789012/CloudTrail/eu-central-1/2026/11/20/';
const CREATED_AT = '2026-11-20T07:00:00Z';
const server = new DestinationServer();
let aws: AwsDoubles;
let lines: unknown[];

/** Loads the function as Lambda does at a cold start: what a process remembers is forgotten. */
async function coldStart(destination: 'CloudOne' | 'VisionOne' = 'CloudOne') {
  vi.resetModules();
  vi.stubEnv('DESTINATION', destination);
  vi.stubEnv(
    'DESTINATION_URL',
    destination === 'CloudOne'
      ? 'https://cloudtrail.de-1.cloudone.trendmicro.com'
      : 'https://xlogr-ec1.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw',
  );
  const { handler } = await import('../../../lambda/forwarding/forwarder-handler.ts');
  return (messages: SQSRecord[], remainingMs = 60_000): Promise<SQSBatchResponse> =>
    handler({ Records: messages } satisfies SQSEvent, contextWith(remainingMs));
}

function contextWith(remainingMs: number): Context {
  const context: Partial<Context> = { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs };
  return context as Context;
}

function keyOf(name: string): string {
  return `${FOLDER}123456789012_CloudTrail_eu-central-1_20261120T0700Z_${name}.json.gz`;
}

let messages = 0;
function messageWith(body: string, receives = 1): SQSRecord {
  messages += 1;
  const attributes: Partial<SQSRecord['attributes']> = { ApproximateReceiveCount: String(receives) };
  const message: Partial<SQSRecord> = {
    messageId: `message-${messages}`,
    body,
    attributes: attributes as SQSRecord['attributes'],
  };
  return message as SQSRecord;
}

function referenceOf(name: string) {
  return { bucket: 'trail-bucket', key: keyOf(name), versionId: `version-of-${name}`, createdAt: CREATED_AT };
}

function messageFor(name: string, receives = 1): SQSRecord {
  return messageWith(JSON.stringify({ ...objectMessageOf(referenceOf(name)), source: 'aws.s3' }), receives);
}

function store(name: string, file: Buffer | Error): void {
  aws.objects.set(keyOf(name), file);
}

function ledgerItem(name: string) {
  return aws.ledger.items.get(ledgerKeyOf(referenceOf(name)));
}

function failuresOf(...failed: SQSRecord[]): SQSBatchResponse {
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Longer than an invocation waits. */
const LATER = { 'retry-after': '3600' };

/** A file of several parts: records that hardly compress, some 5 MB. */
const LARGE_RECORDS = Array.from(
  { length: 50 },
  (_, i) => `{"eventID":"event-${i}","n":"${noise(100_000, i + 1)}"}`,
);
const LARGE_IDS = LARGE_RECORDS.map((_, i) => `event-${i}`);
const LARGE_FILE = gzipDocumentOf(LARGE_RECORDS);

/** The sum of a metric over all the embedded metric format that was written. */
function metric(name: string): number {
  const values = lines.flatMap((line) => (line as Record<string, number | number[]>)[name] ?? []);
  return values.reduce((sum, value) => sum + value, 0);
}

beforeAll(() => server.start());
afterAll(() => server.stop());

beforeEach(() => {
  server.reset();
  aws = new AwsDoubles();
  lines = [];
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('DESTINATION_API_VERSION', 'v1');
  vi.stubEnv('DESTINATION_TOKEN_SECRET_ARN', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:token');
  vi.stubEnv('STACK_NAME', 'trail');
  vi.stubEnv('LEDGER_TABLE', 'ledger');
  vi.stubEnv('BUCKET_REGION', 'eu-central-1');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead');
  vi.stubEnv('QUEUE_URL', 'https://sqs.eu-central-1.amazonaws.com/123456789012/queue');
  vi.stubEnv('MAXIMUM_TRIES', '5');
  // Makes Powertools write to the console that is watched here.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const keep = (line: unknown) => void lines.push(JSON.parse(String(line)));
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(keep);
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a message that must come back', () => {
  it('does so after a minute, later each time, and alone', async () => {
    server.behaviour = () => ({ status: 503, headers: { 'retry-after': '30' } });
    store('first', gzipDocumentOf([recordText(1)]));
    store('third', gzipDocumentOf([recordText(2)]));
    const [first, third] = [messageFor('first', 1), messageFor('third', 3)];
    const handle = await coldStart();

    const result = await handle([first, third]);

    expect(new Set(result.batchItemFailures)).toEqual(new Set(failuresOf(first, third).batchItemFailures));
    const [afterFirst = 0, afterThird = 0] = [first, third].map(({ messageId }) =>
      aws.redeliveries.get(messageId),
    );
    expect(afterFirst).toBeGreaterThanOrEqual(45);
    expect(afterFirst).toBeLessThanOrEqual(60);
    expect(afterThird).toBeGreaterThanOrEqual(540);
    expect(afterThird).toBeLessThanOrEqual(720);
  });

  it.each([
    ['seconds', () => '1200'],
    ['an HTTP date', () => new Date(Date.now() + 1_200_000).toUTCString()],
  ])('does so no earlier than the destination asked for in %s', async (_name, retryAfter) => {
    server.behaviour = () => ({ status: 429, headers: { 'retry-after': retryAfter() } });
    store('a', gzipDocumentOf([recordText(1)]));
    const message = messageFor('a');

    await (await coldStart())([message]);

    expect(aws.redeliveries.get(message.messageId)).toBeGreaterThan(1_190);
    expect(aws.redeliveries.get(message.messageId)).toBeLessThanOrEqual(1_500);
  });

  it('does so within hours, whatever the destination asked for', async () => {
    server.behaviour = () => ({ status: 503, headers: { 'retry-after': '99999999' } });
    store('a', gzipDocumentOf([recordText(1)]));
    const message = messageFor('a');

    await (await coldStart())([message]);

    expect(aws.redeliveries.get(message.messageId)).toBeLessThanOrEqual(4_500);
  });

  it('comes back all the same where its time cannot be set', async () => {
    server.behaviour = () => ({ status: 503, headers: { 'retry-after': '3600' } });
    store('a', gzipDocumentOf([recordText(1)]));
    aws.redeliveryFails = true;
    const message = messageFor('a');
    const handle = await coldStart();

    const result = await handle([message]);

    expect(result).toEqual(failuresOf(message));
  });

  it('is not touched where nothing failed', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const handle = await coldStart();

    await handle([messageFor('a')]);

    expect(aws.redeliveries.size).toBe(0);
  });
});

describe('the age of the token', () => {
  const WEEK_SECONDS = 7 * 24 * 60 * 60;

  it('is told with every batch that needed it', async () => {
    aws.tokenStoredAt = new Date(Date.now() - WEEK_SECONDS * 1000);
    store('a', gzipDocumentOf([recordText(1)]));
    const handle = await coldStart();

    await handle([messageFor('a')]);

    expect(metric('TokenAge')).toBeGreaterThanOrEqual(WEEK_SECONDS);
    expect(metric('TokenAge')).toBeLessThan(WEEK_SECONDS + 3600);
  });

  it('is told also while the destination refuses it, and not where none was read', async () => {
    server.behaviour = () => ({ status: 401 });
    store('a', gzipDocumentOf([recordText(1)]));
    store('empty', gzipDocumentOf([]));
    const handle = await coldStart();

    await handle([messageFor('empty')]);
    expect(JSON.stringify(lines)).not.toContain('TokenAge');
    await handle([messageFor('a')]);
    expect(JSON.stringify(lines)).toContain('TokenAge');
  });
});

describe('an object that fits', () => {
  it('is sent unchanged, acknowledged in two writes, counted and logged', async () => {
    const text = `{"x":1, "Records" : [${recordText(1)} , ${recordText(2)}],"y":{}}`;
    store('a', gzipSync(text));
    const handle = await coldStart();

    const result = await handle([messageFor('a')]);

    expect(result).toEqual(failuresOf());
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/cloudtrail.de-1.cloudone.trendmicro.com/api/logs',
      headers: {
        authorization: 'Bearer first-token',
        'api-version': 'v1',
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'idempotency-key': expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      body: gzipSync(text),
    });
    expect(aws.reads[0]).toMatchObject({ Bucket: 'trail-bucket', VersionId: 'version-of-a' });
    expect(aws.ledger.writes).toEqual(['claim', 'acknowledge']);
    expect(ledgerItem('a')).toMatchObject({
      state: { S: 'acknowledged' },
      parts: { N: '1' },
      records: { N: '2' },
      rawBytes: { N: String(text.length) },
      sha256: { S: createHash('sha256').update(text).digest('hex') },
      acknowledgedAt: { S: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) },
      destination: { S: 'CloudOne' },
    });
    expect(ledgerItem('a')).not.toHaveProperty('leaseOwner');
    expect([metric('ObjectsForwarded'), metric('RecordsForwarded')]).toEqual([1, 2]);
    expect(metric('BytesForwarded')).toBe(text.length);
    expect(metric('ForwardingLag')).toBeGreaterThan(0);
    expect(lines).toContainEqual(expect.objectContaining({ Stack: 'trail', ObjectsForwarded: 1 }));
    expect(
      lines.some((line) => JSON.stringify(line).includes('"service":"service_undefined","ObjectsF')),
    ).toBe(false);
    expect(lines).toContainEqual(
      expect.objectContaining({
        bucket: 'trail-bucket',
        key: keyOf('a'),
        versionId: 'version-of-a',
        outcome: 'forwarded',
        records: 2,
        parts: 1,
        bytes: text.length,
        milliseconds: expect.any(Number),
      }),
    );
    expect(JSON.stringify(lines)).not.toContain('first-token');
  });

  it('is read by its ETag where the bucket has no versions', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const handle = await coldStart();
    const { versionId: _, ...object } = referenceOf('a');

    await handle([messageWith(JSON.stringify(objectMessageOf({ ...object, etag: 'abc', sequencer: '01' })))]);

    expect(aws.reads[0]).toMatchObject({ IfMatch: '"abc"' });
    expect(aws.reads[0]?.VersionId).toBeUndefined();
    expect(server.acceptedEvents()).toEqual(['event-1']);
    expect(metric('ForwardingLag')).toBe(0);
  });

  it('is read by its ETag too where versioning is suspended: S3 overwrites the version "null"', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const handle = await coldStart();

    await handle([
      messageWith(JSON.stringify(objectMessageOf({ ...referenceOf('a'), versionId: 'null', etag: 'abc' }))),
    ]);

    expect(aws.reads[0]).toMatchObject({ IfMatch: '"abc"', VersionId: 'null' });
  });

  it('is packed anew where it has several members', async () => {
    const text = documentText([recordText(1), recordText(2)]);
    store('a', Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]));
    const handle = await coldStart();

    expect(await handle([messageFor('a')])).toEqual(failuresOf());

    expect(server.acceptedEvents()).toEqual(['event-1', 'event-2']);
  });

  it('is packed anew, without it, where it begins with a byte order mark', async () => {
    store('a', gzipSync(`\ufeff${documentText([recordText(1)])}`));
    const handle = await coldStart();

    expect(await handle([messageFor('a')])).toEqual(failuresOf());

    expect(gunzipSync(server.accepted[0]?.body as Buffer).toString()).toBe(documentText([recordText(1)]));
  });

  it('is sent unchanged however much it holds', async () => {
    const text = documentText([
      recordText(1),
      recordText(2, 15_000_000),
      recordText(3, 15_000_000),
      recordText(4, 5_000_000),
    ]);
    const file = gzipSync(text);
    store('a', file);
    const handle = await coldStart();

    expect(await handle([messageFor('a')])).toEqual(failuresOf());

    expect(server.requests.map(({ body }) => body.equals(file))).toEqual([true]);
  });

  it('is acknowledged without an upload where it holds no records', async () => {
    store('a', gzipSync('{"Records":[]}'));
    const handle = await coldStart();

    expect(await handle([messageFor('a')])).toEqual(failuresOf());

    expect(server.requests).toEqual([]);
    expect(ledgerItem('a')).toMatchObject({
      state: { S: 'acknowledged' },
      parts: { N: '0' },
      records: { N: '0' },
    });
  });
});

describe('a large object', () => {
  it('arrives in parts, each record once, each part under its own key', async () => {
    store('big', LARGE_FILE);
    const handle = await coldStart();

    expect(await handle([messageFor('big')])).toEqual(failuresOf());

    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.toSorted());
    expect(server.requests.length).toBeGreaterThan(3);
    expect(server.requests.every(({ body }) => body.length <= 716_800)).toBe(true);
    expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(
      server.requests.length,
    );
    expect(ledgerItem('big')).toMatchObject({
      parts: { N: String(server.requests.length) },
      records: { N: '50' },
    });
  });

  it.each([0, 1, 3])('resumes after a crash, having lost the answer to upload %i', async (lost) => {
    store('big', LARGE_FILE);
    server.behaviour = (_request, earlier) => (earlier >= lost ? { status: 503 } : { status: 202 });
    const message = messageFor('big');
    expect(await (await coldStart())([message])).toEqual(failuresOf(message));
    expect(ledgerItem('big')).toMatchObject({
      state: { S: 'forwarding' },
      failure: { S: 'DestinationUnavailable' },
    });
    expect(ledgerItem('big')).not.toHaveProperty('leaseOwner');

    server.behaviour = () => ({ status: 202 });
    expect(await (await coldStart())([message])).toEqual(failuresOf());

    const byKey = Map.groupBy(server.accepted, ({ headers }) => headers['idempotency-key']);
    const once = [...byKey.values()].flatMap(([first]) => eventsIn((first as { body: Buffer }).body));
    expect(once.toSorted()).toEqual(LARGE_IDS.toSorted());
    expect(ledgerItem('big')).toMatchObject({ state: { S: 'acknowledged' }, records: { N: '50' } });
  });

  it('does not upload acknowledged parts again', async () => {
    store('big', LARGE_FILE);
    let crashed = false;
    aws.ledger.onWrite = (kind) => {
      if (kind === 'acknowledge' && !crashed) {
        crashed = true;
        throw new Error('throttled');
      }
    };
    const message = messageFor('big');
    const first = await (await coldStart())([message]);
    const uploads = server.requests.length;

    const second = await (await coldStart())([message]);

    expect([first, second]).toEqual([failuresOf(message), failuresOf()]);
    // What was in flight with the last note may go again; it has the same key.
    expect(server.requests.length - uploads).toBeLessThanOrEqual(1);
    expect(ledgerItem('big')).toMatchObject({ state: { S: 'acknowledged' }, records: { N: '50' } });
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'loses nothing if the process dies before its ledger write %i',
    async (survived) => {
      store('big', LARGE_FILE);
      const message = messageFor('big');
      let writes = 0;
      aws.ledger.onWrite = () => {
        writes += 1;
        if (writes > survived) {
          throw new Error('dead');
        }
      };
      // How many writes there are depends on how uploads overlap: with the last figures it may just live.
      await (await coldStart())([message]);

      aws.ledger.onWrite = () => undefined;
      expect(await (await coldStart())([message])).toEqual(failuresOf());

      const byKey = Map.groupBy(server.accepted, ({ headers }) => headers['idempotency-key']);
      const once = [...byKey.values()].flatMap(([first]) => eventsIn((first as { body: Buffer }).body));
      expect(once.toSorted()).toEqual(LARGE_IDS.toSorted());
      expect(ledgerItem('big')).toMatchObject({ state: { S: 'acknowledged' }, records: { N: '50' } });
    },
  );

  it('starts over at another destination, whatever the former acknowledged', async () => {
    store('big', LARGE_FILE);
    const message = messageFor('big');
    server.behaviour = (_request, earlier) => (earlier > 3 ? { status: 503 } : { status: 202 });
    await (await coldStart('CloudOne'))([message]);
    expect(Number(ledgerItem('big')?.records?.N)).toBeGreaterThan(0);
    server.reset();

    await (await coldStart('VisionOne'))([message]);

    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.toSorted());
    expect(ledgerItem('big')).toMatchObject({
      destination: { S: 'VisionOne' },
      state: { S: 'acknowledged' },
    });
  });

  it('is dead-lettered when its end proves bad, telling what was sent', async () => {
    store('big', LARGE_FILE.subarray(0, -1000));
    const message = messageFor('big');

    expect(await (await coldStart())([message])).toEqual(failuresOf());

    expect(aws.deadLetters).toEqual([
      {
        body: message.body,
        reason: 'TruncatedGzip',
        detail: expect.stringMatching(
          /^The gzip file is cut off after \d+ bytes\. Before that, \d+ records in \d+ parts were delivered\.$/,
        ),
      },
    ]);
    expect(ledgerItem('big')).toMatchObject({ state: { S: 'forwarding' }, failure: { S: 'TruncatedGzip' } });
  });
});

describe('poison', () => {
  const gzipped = (text: string) => gzipSync(text);
  const cases: [string, Buffer | Error][] = [
    ['EmptyObject', Buffer.alloc(0)],
    ['EmptyObject', gzipped('')],
    ['NotGzip', Buffer.from('{"Records":[]}')],
    ['TruncatedGzip', gzipDocumentOf([recordText(1)]).subarray(0, -9)],
    ['TrailingGarbage', Buffer.concat([gzipDocumentOf([recordText(1)]), Buffer.from('xx')])],
    ['CorruptGzip', Buffer.concat([gzipDocumentOf([recordText(1)]).subarray(0, -8), Buffer.alloc(8, 1)])],
    ['NotJson', gzipped('hello')],
    ['TruncatedJson', gzipped('{"Records":[{"eventID":"1"}')],
    ['NoRecords', gzipped('{"records":[]}')],
    ['RecordsNotAnArray', gzipped('{"Records":{}}')],
    ['RecordsTwice', gzipped('{"Records":[{}],"Records":[]}')],
    ['RecordNotAnObject', gzipped('{"Records":["x"]}')],
    ['RecordTooLarge', gzipDocumentOf([recordText(1, 17_000_000)])],
    ['DecompressionBomb', gzipped(`{"Records":[${' '.repeat(80_000_000)}]}`)],
    [
      'ObjectOverwritten',
      new S3ServiceException({
        name: 'PreconditionFailed',
        $fault: 'client',
        $metadata: { httpStatusCode: 412 },
      }),
    ],
    [
      'ObjectArchived',
      new S3ServiceException({
        name: 'InvalidObjectState',
        $fault: 'client',
        $metadata: { httpStatusCode: 403 },
      }),
    ],
    [
      'ObjectGone',
      new S3ServiceException({
        name: 'MethodNotAllowed',
        $fault: 'client',
        $metadata: { httpStatusCode: 405 },
      }),
    ],
  ];

  it.each(cases)('%s is dead-lettered at once, and the rest of the batch forwarded', async (reason, file) => {
    store('bad', file);
    store('good', gzipDocumentOf([recordText(7)]));
    const [bad, good] = [messageFor('bad'), messageFor('good')];

    expect(await (await coldStart())([bad, good])).toEqual(failuresOf());

    expect(aws.deadLetters).toEqual([{ body: bad.body, reason, detail: expect.stringMatching(/.{10}/) }]);
    expect(server.acceptedEvents()).toEqual(['event-7']);
    expect(metric('ObjectsDeadLettered')).toBe(1);
    expect(ledgerItem('bad')).toMatchObject({ state: { S: 'forwarding' }, failure: { S: reason } });
  });

  it('an object that is gone is dead-lettered', async () => {
    await (await coldStart())([messageFor('nowhere')]);

    expect(aws.deadLetters).toMatchObject([{ reason: 'ObjectGone' }]);
  });

  it('what the destination refuses is dead-lettered with its words, but not its echo of our token', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = ({ headers }) => ({ status: 400, body: `no good: ${headers.authorization}` });

    await (await coldStart())([messageFor('a')]);

    expect(aws.deadLetters).toMatchObject([
      {
        reason: 'DestinationRefused',
        detail: expect.stringContaining('answered 400, saying "no good: Bearer ***"'),
      },
    ]);
  });

  it.each([
    ['MalformedMessage', 'not JSON'],
    ['MalformedMessage', '{"Records":[{"s3":{}}]}'],
    ['NotACloudTrailFile', JSON.stringify(objectMessageOf({ bucket: 'bucket', key: 'AWSLogs/elb.log.gz' }))],
  ])('%s: a message that asks for nothing we know', async (reason, body) => {
    expect(await (await coldStart())([messageWith(body)])).toEqual(failuresOf());

    expect(aws.deadLetters).toMatchObject([{ body, reason }]);
    expect(aws.reads).toEqual([]);
  });

  it('stays in the queue if it cannot be dead-lettered', async () => {
    aws.deadLetterQueueFails = true;
    const message = messageFor('nowhere');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));

    expect(metric('ObjectsDeadLettered')).toBe(0);
  });
});

describe('messages that ask for nothing to be sent', () => {
  it.each([
    ['a test event', '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}'],
    [
      'a digest file',
      JSON.stringify(
        objectMessageOf({ bucket: 'bucket', key: keyOf('x').replace('/CloudTrail/', '/CloudTrail-Digest/') }),
      ),
    ],
  ])('%s is done and counted', async (_name, body) => {
    expect(await (await coldStart())([messageWith(body)])).toEqual(failuresOf());

    expect(metric('ObjectsSkipped')).toBe(1);
    expect([aws.reads, aws.deadLetters, server.requests]).toEqual([[], [], []]);
  });

  it('an object whose message also looks like a test event is forwarded', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const message = { ...objectMessageOf(referenceOf('a')), Event: 's3:TestEvent' };

    await (await coldStart())([messageWith(JSON.stringify(message))]);

    expect(server.acceptedEvents()).toEqual(['event-1']);
  });

  it('an Insight file is forwarded', async () => {
    const key = keyOf('x').replace('/CloudTrail/', '/CloudTrail-Insight/');
    aws.objects.set(key, gzipDocumentOf([recordText(1)]));

    await (await coldStart())([messageWith(JSON.stringify(objectMessageOf({ bucket: 'bucket', key })))]);

    expect(server.acceptedEvents()).toEqual(['event-1']);
  });
});

describe('duplicates', () => {
  it('in one batch are forwarded once', async () => {
    store('a', gzipDocumentOf([recordText(1)]));

    expect(await (await coldStart())([messageFor('a'), messageFor('a'), messageFor('a')])).toEqual(
      failuresOf(),
    );

    expect(server.requests).toHaveLength(1);
  });

  it('in one batch all come back if it fails', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = () => ({ status: 500 });
    const pair = [messageFor('a'), messageFor('a')];

    expect(await (await coldStart())(pair)).toEqual(failuresOf(...pair));
  });

  it('that come later are skipped', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const handle = await coldStart();
    await handle([messageFor('a')]);

    expect(await handle([messageFor('a')])).toEqual(failuresOf());

    expect(server.requests).toHaveLength(1);
    expect(metric('ObjectsSkipped')).toBe(1);
  });

  it('that another invocation is at come back, however often they were received', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const item = {
      state: { S: 'forwarding' },
      leaseOwner: { S: 'other' },
      leaseUntil: { N: String(Date.now() + 60_000) },
    };
    aws.ledger.items.set(ledgerKeyOf(referenceOf('a')), item);
    const message = messageFor('a', 50);

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));

    expect([server.requests, aws.deadLetters]).toEqual([[], []]);
  });

  it('whose holder died are taken over', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const item = {
      state: { S: 'forwarding' },
      leaseOwner: { S: 'other' },
      leaseUntil: { N: String(Date.now() - 1) },
    };
    aws.ledger.items.set(ledgerKeyOf(referenceOf('a')), item);

    expect(await (await coldStart())([messageFor('a')])).toEqual(failuresOf());

    expect(server.acceptedEvents()).toEqual(['event-1']);
  });
});

describe('an object at which the function dies', () => {
  const claimedAndLeft = (claims: number) => ({
    state: { S: 'forwarding' },
    leaseOwner: { S: 'dead' },
    leaseUntil: { N: String(Date.now() - 1) },
    claims: { N: String(claims) },
  });

  it('is tried again, and forgotten to have failed once it is forwarded', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    aws.ledger.items.set(ledgerKeyOf(referenceOf('a')), claimedAndLeft(4));

    expect(await (await coldStart())([messageFor('a', 5)])).toEqual(failuresOf());

    expect(server.acceptedEvents()).toEqual(['event-1']);
    expect(ledgerItem('a')).not.toHaveProperty('claims');
  });

  it('is dead-lettered in the end, with its own reason, and can be redriven', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    aws.ledger.items.set(ledgerKeyOf(referenceOf('a')), claimedAndLeft(5));
    const handle = await coldStart();

    expect(await handle([messageFor('a', 6)])).toEqual(failuresOf());

    expect(aws.deadLetters).toMatchObject([
      { reason: 'ForwarderDied', detail: expect.stringContaining('died 5 times in a row') },
    ]);
    expect(server.requests).toEqual([]);
    expect(await handle([messageFor('a')])).toEqual(failuresOf());
    expect(server.acceptedEvents()).toEqual(['event-1']);
  });

  it('is not confused with one that failed as often', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = () => ({ status: 500, headers: LATER });
    const handle = await coldStart();

    for (let receives = 1; receives <= 7; receives += 1) {
      const message = messageFor('a', receives);
      expect(await handle([message])).toEqual(failuresOf(message));
    }

    expect(aws.deadLetters).toEqual([]);
  });
});

describe('failures that may pass', () => {
  it('do not add up with those of an outage before: an object has its tries all the same', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = () => ({ status: 500, headers: LATER });
    const handle = await coldStart();
    for (let receives = 1; receives <= 8; receives += 1) {
      await handle([messageFor('a', receives)]);
    }
    store('a', new Error('S3 is away for a moment'));
    const message = messageFor('a', 9);

    expect(await handle([message])).toEqual(failuresOf(message));

    expect(aws.deadLetters).toEqual([]);
  });

  it('are counted anew when the object was given up, so that a redrive has as many tries', async () => {
    store('a', new Error('S3 is away'));
    const handle = await coldStart();
    for (let receives = 1; receives <= 5; receives += 1) {
      await handle([messageFor('a', receives)]);
    }
    expect(aws.deadLetters).toHaveLength(1);
    const redriven = messageFor('a', 1);

    expect(await handle([redriven])).toEqual(failuresOf(redriven));

    expect(aws.deadLetters).toHaveLength(1);
  });

  it.each([
    ['500', { status: 500 }],
    ['429', { status: 429, headers: { 'retry-after': '3600' } }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example' } }],
    [
      "a proxy's page",
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
    ],
    ['a page without its type', { status: 200, body: '  <!doctype html>' }],
    ['404', { status: 404 }],
  ])('%s from the destination: only that message comes back', async (_name, answer) => {
    store('a', gzipDocumentOf([recordText(1)]));
    store('b', gzipDocumentOf([recordText(2)]));
    server.behaviour = ({ body }) => (eventsIn(body).includes('event-1') ? answer : { status: 202 });
    const [a, b] = [messageFor('a'), messageFor('b')];

    expect(await (await coldStart())([a, b])).toEqual(failuresOf(a));

    expect(ledgerItem('a')).toMatchObject({
      state: { S: 'forwarding' },
      failure: { S: 'DestinationUnavailable' },
    });
    expect(ledgerItem('b')).toMatchObject({ state: { S: 'acknowledged' } });
    expect(metric('ObjectsFailed')).toBe(1);
  });

  it('a hiccup is over within the invocation', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = (_request, earlier) =>
      earlier === 0 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 202 };

    expect(await (await coldStart())([messageFor('a')])).toEqual(failuresOf());

    expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it.each([
    [
      'ObjectUnreadable',
      'S3 is slow',
      () =>
        store(
          'a',
          new S3ServiceException({ name: 'SlowDown', $fault: 'server', $metadata: { httpStatusCode: 503 } }),
        ),
    ],
    [
      'ObjectUnreadable',
      'access is denied',
      () =>
        store(
          'a',
          new S3ServiceException({
            name: 'AccessDenied',
            $fault: 'client',
            $metadata: { httpStatusCode: 403 },
          }),
        ),
    ],
  ])('%s when %s: it comes back, and is given up in the end', async (reason, _name, arrange) => {
    store('a', gzipDocumentOf([recordText(1)]));
    arrange();
    for (let tries = 1; tries < 5; tries += 1) {
      const message = messageFor('a', tries);
      expect(await (await coldStart())([message])).toEqual(failuresOf(message));
    }
    expect(aws.deadLetters).toEqual([]);

    expect(await (await coldStart())([messageFor('a', 5)])).toEqual(failuresOf());

    expect(aws.deadLetters).toMatchObject([
      { reason, detail: expect.stringMatching(/^Given up after 5 tries: /) },
    ]);
    expect(server.accepted).toEqual([]);
  });

  describe.each<[reason: string, arrange: () => void]>([
    [
      'DestinationUnavailable',
      () => {
        server.behaviour = () => ({ status: 500, headers: LATER });
      },
    ],
    [
      'DestinationUnauthorized',
      () => {
        server.behaviour = () => ({ status: 401 });
      },
    ],
    [
      'TokenUnreadable',
      () => {
        aws.tokens = [''];
      },
    ],
    [
      'LedgerUnavailable',
      () => {
        aws.ledger.onWrite = () => {
          throw new Error('throttled');
        };
      },
    ],
  ])('%s says nothing about the object', (reason, arrange) => {
    it('which comes back however often it was received', async () => {
      store('a', gzipDocumentOf([recordText(1)]));
      arrange();
      const message = messageFor('a', 700);

      expect(await (await coldStart())([message])).toEqual(failuresOf(message));

      expect(aws.deadLetters).toEqual([]);
    });

    it('which is dead-lettered before the queue drops its message', async () => {
      store('a', gzipDocumentOf([recordText(1)]));
      arrange();
      const message = messageFor('a', 700);
      const sentAt = Date.now() - 13.5 * 24 * 60 * 60 * 1000;
      const attributes = { ...message.attributes, SentTimestamp: String(sentAt) };

      expect(await (await coldStart())([{ ...message, attributes }])).toEqual(failuresOf());

      expect(aws.deadLetters).toMatchObject([{ reason, body: message.body }]);
    });
  });

  it('an answer that is lost does not lose the object', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', 'http://127.0.0.1:1');
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));

    expect(ledgerItem('a')).toMatchObject({ failure: { S: 'DestinationUnavailable' } });
  });
});

describe('while the circuit is open', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

  function storeAll(): SQSRecord[] {
    return NAMES.map((name, index) => {
      store(name, gzipDocumentOf([recordText(index)]));
      return messageFor(name);
    });
  }

  /** A process that met an outage, and then a batch of new messages. */
  async function meetOutage(status = 503) {
    const messages = storeAll();
    server.behaviour = () => ({ status, headers: LATER });
    const handle = await coldStart();
    await handle(messages);
    server.reset();
    aws.ledger.writes.length = 0;
    aws.reads.length = 0;
    lines.length = 0;
    return { handle, messages };
  }

  it.each([503, 401, 429, 404])('after %i, nothing is read, claimed or uploaded', async (status) => {
    const { handle, messages } = await meetOutage(status);

    expect(await handle(messages)).toEqual(failuresOf(...messages));

    expect([aws.reads, aws.ledger.writes, server.requests]).toEqual([[], [], []]);
    expect(metric('ObjectsPostponed')).toBe(messages.length);
    expect(metric('ObjectsFailed')).toBe(0);
    expect(metric('CircuitOpen')).toBe(1);
  });

  it('the rest of the batch that met it is not tried either', async () => {
    const messages = storeAll();
    server.behaviour = () => ({ status: 503, headers: LATER });

    expect(await (await coldStart())(messages)).toMatchObject({ batchItemFailures: { length: 10 } });

    // Four at a time: when the third has failed, no more than six were begun.
    expect(server.requests.length).toBeLessThanOrEqual(6);
    expect(metric('ObjectsFailed') + metric('ObjectsPostponed')).toBe(10);
  });

  it('messages come back soon after the next try is due', async () => {
    const { handle, messages } = await meetOutage(500);

    await handle(messages);

    const openSeconds = (Number(aws.circuit.item?.openUntil?.N) - Date.now()) / 1000;
    for (const seconds of aws.redeliveries.values()) {
      expect(seconds).toBeGreaterThanOrEqual(Math.floor(openSeconds));
      expect(seconds).toBeLessThanOrEqual(openSeconds + 62);
    }
    expect(aws.redeliveries.size).toBe(messages.length);
  });

  it('what needs no destination is dealt with', async () => {
    const { handle } = await meetOutage();
    const bad = messageWith('not JSON');
    const digest = { bucket: 'bucket', key: keyOf('x').replace('/CloudTrail/', '/CloudTrail-Digest/') };

    expect(await handle([bad, messageWith(JSON.stringify(objectMessageOf(digest)))])).toEqual(failuresOf());

    expect(aws.deadLetters).toMatchObject([{ reason: 'MalformedMessage' }]);
    expect(metric('ObjectsSkipped')).toBe(1);
  });

  it('what the queue would soon drop is dead-lettered, with the reason', async () => {
    const { handle, messages } = await meetOutage();
    const SentTimestamp = String(Date.now() - 13.5 * 24 * 60 * 60 * 1000);
    const old = messages.map((message) => ({
      ...message,
      attributes: { ...message.attributes, SentTimestamp },
    }));

    expect(await handle(old)).toEqual(failuresOf());

    expect(aws.deadLetters).toHaveLength(messages.length);
    expect(aws.deadLetters[0]).toMatchObject({
      reason: 'DestinationUnavailable',
      detail: expect.stringMatching(
        /^Given up after 1 receives, before the queue drops it: Nothing could be forwarded since .*answered 503/,
      ),
    });
  });

  it('another process knows of it', async () => {
    const { messages } = await meetOutage();

    expect(await (await coldStart())(messages)).toEqual(failuresOf(...messages));

    expect(server.requests).toEqual([]);
  });

  it('the smallest object is the first to be tried when that is due, and all the others follow', async () => {
    const { messages } = await meetOutage();
    aws.circuit.item = { ...aws.circuit.item, openUntil: { N: String(Date.now() - 1) } };
    const sized = messages.map((message, index) => {
      const body = JSON.parse(message.body);
      body.detail.object.size = index === 3 ? 10 : 1000;
      return { ...message, body: JSON.stringify(body) };
    });

    expect(await (await coldStart())(sized)).toEqual(failuresOf());

    expect(server.acceptedEvents()[0]).toBe('event-3');
    expect(server.acceptedEvents()).toHaveLength(NAMES.length);
    expect(aws.circuit.item).not.toHaveProperty('openUntil');
    expect(metric('CircuitOpen')).toBe(0);
  });

  it('a failure of the one that is tried spares the others', async () => {
    const { messages } = await meetOutage();
    aws.circuit.item = { ...aws.circuit.item, openUntil: { N: String(Date.now() - 1) } };
    server.behaviour = () => ({ status: 503, headers: LATER });

    const { batchItemFailures } = await (await coldStart())(messages);
    expect(batchItemFailures).toHaveLength(NAMES.length);

    expect(server.requests).toHaveLength(1);
    expect(aws.circuit.item).toMatchObject({ openings: { N: '2' } });
  });

  it('a ledger that does not tell is no hindrance', async () => {
    const messages = storeAll();
    aws.circuit.onCall = () => {
      throw new Error('throttled');
    };

    expect(await (await coldStart())(messages)).toEqual(failuresOf());
  });
});

describe('a token that was rotated', () => {
  const needs = (token: string) => (request: { headers: Record<string, unknown> }) =>
    request.headers.authorization === `Bearer ${token}` ? { status: 202 } : { status: 401 };

  it('is read again, and nothing comes back', async () => {
    store('big', LARGE_FILE);
    aws.tokens = ['old', 'new'];
    server.behaviour = needs('new');

    expect(await (await coldStart())([messageFor('big')])).toEqual(failuresOf());

    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.toSorted());
  });

  it('is a failure if the new one is refused too', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    server.behaviour = needs('another');
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));

    expect(server.requests).toHaveLength(2);
    expect(ledgerItem('a')).toMatchObject({ failure: { S: 'DestinationUnauthorized' } });
  });
});

describe('a destination that takes less', () => {
  const atMost = (bytes: number) => (request: { body: Buffer }) => ({
    status: request.body.length > bytes ? 413 : 202,
  });

  it('gets smaller parts, from then on for all objects', async () => {
    store('big', LARGE_FILE);
    store('next', LARGE_FILE);
    server.behaviour = atMost(200_000);
    const handle = await coldStart();

    expect(await handle([messageFor('big')])).toEqual(failuresOf());
    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.toSorted());

    server.requests.length = 0;
    expect(await handle([messageFor('next')])).toEqual(failuresOf());
    expect(server.requests.every(({ body }) => body.length <= 200_000)).toBe(true);
  });

  it('gets all records but the one that is too large alone; the dead letter names it', async () => {
    const records = [
      recordText(0),
      `{"eventID":"giant","n":"${noise(2_000_000)}"}`,
      recordText(2),
      ...LARGE_RECORDS.slice(3),
    ];
    store('a', gzipDocumentOf(records));
    server.behaviour = atMost(716_800);
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf());

    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.filter((id) => id !== 'event-1').toSorted());
    expect(aws.deadLetters).toMatchObject([
      { body: message.body, reason: 'RecordRefused', detail: expect.stringContaining('eventID giant') },
    ]);
    expect(ledgerItem('a')).toMatchObject({ state: { S: 'forwarding' }, records: { N: '1' } });
  });

  it('gets an object packed anew where what stands beside its records is too much', async () => {
    store('a', gzipSync(`{"Records":[${recordText(1)}],"x":"${noise(100_000)}"}`));
    server.behaviour = atMost(10_000);

    expect(await (await coldStart())([messageFor('a')])).toEqual(failuresOf());

    expect(server.acceptedEvents()).toEqual(['event-1']);
  });

  it.each([1, 2])(
    'gets nothing at all if no part is small enough: the object, of records: %i, comes back',
    async (count) => {
      store('a', gzipDocumentOf(Array.from({ length: count }, (_, i) => recordText(i))));
      server.behaviour = atMost(0);
      const message = messageFor('a');

      expect(await (await coldStart())([message])).toEqual(failuresOf(message));

      expect(aws.deadLetters).toEqual([]);
      expect(ledgerItem('a')).toMatchObject({ failure: { S: 'DestinationUnavailable' } });
    },
  );
});

describe('time', () => {
  it('that is too short for another object is left to the next invocation, however often it was received', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    const message = messageFor('a', 50);

    expect(await (await coldStart())([message], 5_000)).toEqual(failuresOf(message));

    expect([aws.ledger.writes, aws.deadLetters]).toEqual([[], []]);
  });

  it('that ends during an upload: the lease is given back and the object comes back', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    // The clock of the invocation says that enough is left; the signal fires at once.
    vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() =>
      AbortSignal.abort(new Error('out of time')),
    );
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));

    expect(ledgerItem('a')).toMatchObject({ failure: { S: 'OutOfTime' } });
    expect(ledgerItem('a')).not.toHaveProperty('leaseOwner');
  });
});

describe('a service that never answers', () => {
  // An invocation of a minute, in three seconds.
  beforeEach(() => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(Math.ceil(ms / 20)));
  });

  it('the ledger: the function answers in time', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    aws.hanging.add('ledger');
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));
  });

  it('Secrets Manager, and the queue after it: so it does', async () => {
    store('a', gzipDocumentOf([recordText(1)]));
    aws.hanging.add('secrets').add('queues');
    const message = messageFor('a');

    expect(await (await coldStart())([message])).toEqual(failuresOf(message));
  });

  it('the dead-letter queue: only that message comes back', async () => {
    store('good', gzipDocumentOf([recordText(1)]));
    store('bad', Buffer.from('not gzip'));
    aws.hanging.add('queues');
    const [good, bad] = [messageFor('good'), messageFor('bad')];

    expect(await (await coldStart())([good, bad])).toEqual(failuresOf(bad));

    expect(ledgerItem('good')).toMatchObject({ state: { S: 'acknowledged' } });
  });
});

describe('Vision One', () => {
  it('gets one record a line, white space between records gone', async () => {
    store('a', gzipSync(`{"Records": [\n ${recordText(1)},\n {"eventID":\n"two", "n": 1.0}\n]}`));

    expect(await (await coldStart('VisionOne'))([messageFor('a')])).toEqual(failuresOf());

    expect(server.requests).toMatchObject([
      {
        path: '/xlogr-ec1.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw',
        headers: { authorization: 'Bearer first-token', 'content-type': 'text/plain; charset=utf-8' },
      },
    ]);
    expect(server.requests[0]?.body.toString()).toBe(`${recordText(1)}\n{"eventID":"two", "n": 1.0}`);
  });

  it('gets a large object in requests of a million bytes', async () => {
    store('big', LARGE_FILE);

    expect(await (await coldStart('VisionOne'))([messageFor('big')])).toEqual(failuresOf());

    expect(server.acceptedEvents().toSorted()).toEqual(LARGE_IDS.toSorted());
    expect(server.requests.every(({ body }) => body.length <= 1_000_000)).toBe(true);
  });
});

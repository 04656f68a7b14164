import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { listingRequestSchema } from '../../../contract/listing.ts';
import { NotificationEditor } from '../../../lambda/trail/notification-editor.ts';
import { NotificationMemory } from '../../../lambda/trail/notification-memory.ts';
import { watchNotification } from '../../../lambda/trail/notification-watch.ts';
import { bucketContext } from '../../../lambda/trail/s3-errors.ts';
import { captureOutput, STACK_ID } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';
import { type MemoryDouble, memoryDouble } from './notification-memory-double.ts';

const BUCKET = 'trail-logs';
const HOUR_MS = 3_600_000;
const others = {
  QueueConfigurations: [{ Id: 'theirs', QueueArn: 'arn:aws:sqs:us-east-1:1:gone', Events: [] }],
};
const on = { ...others, EventBridgeConfiguration: {} };

const sqs = mockClient(SQSClient);
const cloudFormation = mockClient(CloudFormationClient);
let bucket: FakeBucket;
let memory: MemoryDouble;
let told: boolean[];
let output: () => string;

beforeEach(() => {
  vi.restoreAllMocks();
  output = captureOutput();
  told = [];
  memory = memoryDouble();
  bucket = fakeBucket();
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  sqs.on(SendMessageCommand).resolves({});
  stackIs('UPDATE_COMPLETE');
});

function stackIs(...statuses: string[]): void {
  cloudFormation.reset();
  cloudFormation.onAnyCommand().rejects(new Error('not expected'));
  let answers = cloudFormation.on(DescribeStacksCommand, { StackName: STACK_ID });
  for (const StackStatus of statuses.slice(0, -1)) {
    answers = answers.resolvesOnce({ Stacks: [{ StackStatus: StackStatus as 'CREATE_COMPLETE' }] } as never);
  }
  answers.resolves({ Stacks: [{ StackStatus: statuses.at(-1) as 'CREATE_COMPLETE' }] } as never);
}

function lastSeen(hoursAgo: number, isMissing = false): number {
  const lastSeenOn = Date.now() - hoursAgo * HOUR_MS;
  memory.remember(BUCKET, { lastSeenOn, isMissing });
  return lastSeenOn;
}

const remembered = () => memory.of(BUCKET);

function look(repair = false, arrives = true) {
  const signal = AbortSignal.timeout(10_000);
  return watchNotification({
    bucket: BUCKET,
    stackId: STACK_ID,
    repair,
    editor: new NotificationEditor(new S3Client({}), bucketContext(BUCKET, STACK_ID), signal, [0]),
    arrives: async () => arrives,
    memory: new NotificationMemory(new DynamoDBClient({}), 'ledger', BUCKET),
    cloudFormation: new CloudFormationClient({}),
    sqs: new SQSClient({}),
    lateObjectsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/late',
    tellMissing: (missing) => told.push(missing),
    signal,
  });
}

function listings() {
  return sqs.commandCalls(SendMessageCommand).map(({ args }) => ({
    ...listingRequestSchema.parse(JSON.parse(args[0].input.MessageBody ?? '')),
    delay: args[0].input.DelaySeconds,
  }));
}

const puts = () => bucket.mock.commandCalls(PutBucketNotificationConfigurationCommand);

test('what is on is noted, and nothing else is done', async () => {
  const before = lastSeen(1);
  bucket.notifications = on;

  expect(await look(true)).toBe('on');
  expect(told).toEqual([false]);
  expect(remembered()?.lastSeenOn).toBeGreaterThan(before);
  expect(listings()).toEqual([]);
  expect(puts()).toEqual([]);
});

describe('what is off', () => {
  test('is told where only the relay is gone, and nothing is repaired', async () => {
    const before = lastSeen(1);
    bucket.notifications = on;

    expect(await look(true, false)).toBe('missing');
    expect(told).toEqual([true]);
    expect(remembered()).toEqual({ lastSeenOn: before, isMissing: true });
    expect(puts()).toEqual([]);
    expect(output()).toContain('the relay is gone');
  });

  test('is told, and left to a person who has not asked for repair', async () => {
    const before = lastSeen(1);
    bucket.notifications = others;

    expect(await look()).toBe('missing');
    expect(told).toEqual([true]);
    expect(remembered()).toEqual({ lastSeenOn: before, isMissing: true });
    expect(puts()).toEqual([]);
    expect(output()).toContain('EventBridge is off for the bucket');
  });

  test('has its gap listed once a person has switched it on again, however many looks later', async () => {
    const before = lastSeen(3);
    bucket.notifications = others;
    await look();
    await look();
    bucket.notifications = on;

    expect(await look()).toBe('back');
    expect(await look()).toBe('on');
    const [gap, ...more] = listings();
    expect(more).toEqual([]);
    expect(Date.parse(gap?.storedFrom ?? '')).toBeLessThanOrEqual(before);
    expect(Date.parse(gap?.storedBefore ?? '')).toBeGreaterThan(Date.now() + 5 * 60_000);
    expect(gap?.delay).toBe(900);
  });

  test('is repaired for one who has asked for it, with all that is others’, and its gap listed', async () => {
    const before = lastSeen(1);
    bucket.notifications = others;

    expect(await look(true)).toBe('repaired');
    expect(bucket.notifications).toEqual(on);
    expect(puts()[0]?.args[0].input.SkipDestinationValidation).toBe(true);
    expect(Date.parse(listings()[0]?.storedFrom ?? '')).toBeLessThanOrEqual(before);
    expect(told).toEqual([true]);
    expect(await look(true)).toBe('on');
    expect(listings()).toHaveLength(1);
  });

  test('keeps its gap where a repair or the queue fails', async () => {
    const before = lastSeen(1);
    bucket.notifications = others;
    sqs.on(SendMessageCommand).rejectsOnce(new Error('no queue')).resolves({});

    await expect(look(true)).rejects.toThrow('no queue');
    expect(remembered()).toEqual({ lastSeenOn: before, isMissing: true });
    expect(await look(true)).toBe('back');
    expect(Date.parse(listings().at(-1)?.storedFrom ?? '')).toBeLessThanOrEqual(before);
  });

  test('of which nothing is remembered has a day listed', async () => {
    bucket.notifications = others;

    await look(true);

    expect(Date.parse(listings()[0]?.storedFrom ?? '')).toBeLessThanOrEqual(Date.now() - 24 * HOUR_MS);
  });
});

describe('while the stack is changing', () => {
  test.each([
    'CREATE_IN_PROGRESS',
    'UPDATE_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'ROLLBACK_IN_PROGRESS',
    'DELETE_IN_PROGRESS',
    'DELETE_FAILED',
    'DELETE_COMPLETE',
  ])('%s: it looks at nothing and says nothing', async (status) => {
    stackIs(status);
    bucket.notifications = others;

    expect(await look(true)).toBe('stack is changing');
    expect(told).toEqual([]);
    expect(bucket.notifications).toEqual(others);
  });

  test('a deletion that begins while it looks is not fought', async () => {
    stackIs('CREATE_COMPLETE', 'DELETE_IN_PROGRESS');
    bucket.notifications = others;

    expect(await look(true)).toBe('missing');
    expect(puts()).toEqual([]);
  });

  test('a failed update leaves a bucket to be watched', async () => {
    stackIs('UPDATE_ROLLBACK_FAILED');
    bucket.notifications = on;

    expect(await look()).toBe('back');
  });
});

test('a bucket that cannot be looked at tells nothing, which is what the alarm takes for missing', async () => {
  bucket.mock.on(GetBucketNotificationConfigurationCommand).rejects(s3Error('SlowDown', 503));

  await expect(look()).rejects.toThrow('SlowDown');
  expect(told).toEqual([]);
});

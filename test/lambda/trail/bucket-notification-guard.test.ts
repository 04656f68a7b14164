import { PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { bucketNotificationGuard } from '../../../lambda/trail/bucket-notification-guard.ts';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';

const FUNCTIONS = 'arn:aws:lambda:us-east-1:123456789012:function';
const functionEntry = (name: string) => ({
  Id: name,
  LambdaFunctionArn: `${FUNCTIONS}:${name}`,
  Events: ['s3:ObjectCreated:*' as const],
});
const CLIENTS = functionEntry('CloudOne-CTrl-1ABCDEFGHIJKL-SenderLambdaFunction-abc');
const THEIR_QUEUE = {
  Id: 'their-queue',
  QueueArn: 'arn:aws:sqs:us-east-1:123456789012:theirs',
  Events: ['s3:ObjectRemoved:*' as const],
};

const { sink } = answerSinkForFile();
let bucket: FakeBucket;
const handler = customResourceHandler(() =>
  bucketNotificationGuard({ s3: new S3Client({}), readBackDelaysMs: [0, 1] }),
);

beforeEach(() => {
  bucket = fakeBucket();
});

const properties = { BucketName: 'trail-logs' };
const create = () => sink.send(handler, { type: 'Create', properties });
const update = (changed: object) =>
  sink.send(handler, {
    type: 'Update',
    properties: { ...properties, ...changed },
    oldProperties: properties,
    physicalId: 'created:trail-logs',
  });
const remove = (physicalId = 'created:trail-logs') =>
  sink.send(handler, { type: 'Delete', properties, physicalId });
const puts = () => bucket.mock.commandCalls(PutBucketNotificationConfigurationCommand);

describe('before the vendor’s client comes', () => {
  test('a bucket without notifications is free, and its name is handed on', async () => {
    await expect(create()).resolves.toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'created:trail-logs',
      Data: { BucketName: 'trail-logs' },
    });
    expect(puts()).toEqual([]);
  });

  test.each([
    [
      'a queue',
      { QueueConfigurations: [THEIR_QUEUE] },
      'their-queue (arn:aws:sqs:us-east-1:123456789012:theirs)',
    ],
    [
      'a function',
      { LambdaFunctionConfigurations: [functionEntry('theirs')] },
      `theirs (${FUNCTIONS}:theirs)`,
    ],
    [
      'a topic without an id',
      { TopicConfigurations: [{ TopicArn: 'arn:aws:sns:us-east-1:1:t', Events: [] }] },
      'without id (arn:aws:sns:us-east-1:1:t)',
    ],
    ['EventBridge', { EventBridgeConfiguration: {} }, 'EventBridge notifications'],
  ])('one with %s is refused: what would be lost is named, and the cure', async (_what, document, named) => {
    bucket.notifications = document;

    const refused = await create();

    expect(refused.Status).toBe('FAILED');
    expect(refused.Reason).toContain(
      `would overwrite what is in the notification configuration of trail-logs: ${named}.`,
    );
    expect(refused.Reason).toContain('ForwardingDestination=CloudOne');
    expect(puts()).toEqual([]);
  });

  test('a refusal fits into an answer, however much there is', async () => {
    const name = 'x'.repeat(64);
    bucket.notifications = {
      LambdaFunctionConfigurations: Array.from({ length: 100 }, () => functionEntry(name)),
    };

    await expect(create()).resolves.toMatchObject({ Status: 'FAILED' });
  });

  test('what S3 refuses is explained', async () => {
    bucket.exists = false;

    await expect(create()).resolves.toMatchObject({
      Reason: expect.stringContaining('There is no bucket trail-logs'),
    });
  });
});

describe('while it is there', () => {
  test('an update of the same bucket looks at nothing, for what is there is the client’s', async () => {
    bucket.notifications = { LambdaFunctionConfigurations: [CLIENTS] };

    await expect(update({ Revision: '2' })).resolves.toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'created:trail-logs',
      Data: { BucketName: 'trail-logs' },
    });
  });

  test('another bucket replaces it, and is looked at first', async () => {
    const free = await update({ BucketName: 'other' });
    bucket.notifications = { QueueConfigurations: [THEIR_QUEUE] };
    const taken = await update({ BucketName: 'other' });

    expect(free).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:other' });
    expect(taken).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'created:trail-logs' });
  });
});

describe('after it is gone', () => {
  test('what it left behind is taken out; what others have added stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom('sender', 'theirs', 'similar', 'elsewhere')),
        fc.boolean(),
        fc.boolean(),
        async (kinds, withQueue, withEventBridge) => {
          const entries = {
            sender: CLIENTS,
            theirs: functionEntry('their-function'),
            similar: functionEntry('CloudOne-CTrlX-1-SenderLambdaFunction-abc'),
            elsewhere: {
              ...CLIENTS,
              Id: 'elsewhere',
              LambdaFunctionArn: CLIENTS.LambdaFunctionArn.replace('123456789012', '999999999999'),
            },
          };
          const others = {
            ...(withQueue ? { QueueConfigurations: [THEIR_QUEUE] } : {}),
            ...(withEventBridge ? { EventBridgeConfiguration: {} } : {}),
          };
          bucket.notifications = {
            ...others,
            LambdaFunctionConfigurations: kinds.map((kind) => entries[kind]),
          };

          const removed = await remove();

          expect(removed.Status).toBe('SUCCESS');
          expect(bucket.notifications).toEqual({
            ...others,
            LambdaFunctionConfigurations: kinds
              .filter((kind) => kind !== 'sender')
              .map((kind) => entries[kind]),
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  test('where it left nothing, nothing is written', async () => {
    bucket.notifications = { QueueConfigurations: [THEIR_QUEUE] };

    await expect(remove()).resolves.toMatchObject({ Status: 'SUCCESS' });
    expect(puts()).toEqual([]);
  });

  test('a bucket that is gone is as good', async () => {
    bucket.exists = false;

    await expect(remove()).resolves.toMatchObject({ Status: 'SUCCESS' });
  });

  test('a refusal fails the deletion, with the cure', async () => {
    bucket.notifications = { LambdaFunctionConfigurations: [CLIENTS] };
    bucket.mock
      .on(PutBucketNotificationConfigurationCommand)
      .rejects(s3Error('AccessDenied', 403, { 'x-amz-bucket-region': 'us-east-1' }));

    await expect(remove()).resolves.toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('s3:PutBucketNotification'),
    });
  });
});

/** Another `ExistingCloudtrailBucketName`: the two custom resources and the role between them, in CloudFormation's order. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { bucketNotification } from '../../../lambda/trail/bucket-notification.ts';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';
import { s3Error } from './fake-bucket.ts';
import { memoryDouble } from './notification-memory-double.ts';

const { handler: lookHandler } = await import('../../../lambda/trail/cloudtrail-bucket-handler.ts');

const s3 = mockClient(S3Client);
let documents: Map<string, NotificationConfiguration>;
/** The buckets that the role of the notifications' function is for. */
let role: readonly string[];
const { sink } = answerSinkForFile();
let live: { bucket: string; notification: string };

const notificationHandler = customResourceHandler(() =>
  bucketNotification({
    s3In: (region) => new S3Client({ region }),
    sqs: new SQSClient({}),
    dynamoDb: new DynamoDBClient({}),
    eventBridge: new EventBridgeClient({}),
    ledgerTable: 'ledger',
    eventRuleName: 'CloudOne-ObjectCreated',
    lateObjectsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/late',
    tellMissing: () => {},
    readBackDelaysMs: [0],
  }),
);

beforeEach(async () => {
  memoryDouble();
  mockClient(SQSClient).on(SendMessageCommand).resolves({});
  mockClient(EventBridgeClient).on(ListRulesCommand).resolves({ Rules: [] });
  mockClient(CloudTrailClient).on(DescribeTrailsCommand).resolves({ trailList: [] });
  mockClient(CloudFormationClient).on(DescribeStacksCommand).resolves({ Stacks: [] });
  documents = new Map();
  s3.reset();
  s3.onAnyCommand().rejects(new Error('not expected'));
  s3.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' });
  s3.on(GetBucketEncryptionCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(GetBucketNotificationConfigurationCommand).callsFake(({ Bucket }) => documents.get(Bucket) ?? {});
  s3.on(PutBucketNotificationConfigurationCommand).callsFake(({ Bucket, NotificationConfiguration }) => {
    if (!role.includes(Bucket)) {
      throw s3Error('AccessDenied', 403);
    }
    documents.set(Bucket, NotificationConfiguration);
    return {};
  });
  await deployFirst('first-logs');
});

const lookProperties = (BucketName: string) => ({ BucketName, Destination: 'CloudOne', TrailKeyArn: '' });

async function deployFirst(bucket: string): Promise<void> {
  const looked = await sink.send(lookHandler, { type: 'Create', properties: lookProperties(bucket) });
  role = [bucket, looked.Data?.FormerBucketName ?? ''];
  const { PhysicalResourceId } = await sink.send(notificationHandler, {
    type: 'Create',
    properties: { BucketName: bucket },
  });
  live = { bucket, notification: PhysicalResourceId };
}

/** Each in the order of its dependencies; the clean-up of what was replaced comes last. */
async function update(bucket: string, revision = '1'): Promise<string> {
  const before = live;
  const looked = await sink.send(lookHandler, {
    type: 'Update',
    physicalId: `adopted:${before.bucket}`,
    oldProperties: lookProperties(before.bucket),
    properties: { ...lookProperties(bucket), Revision: revision },
  });
  role = [bucket, looked.Data?.FormerBucketName ?? ''];
  const { PhysicalResourceId } = await sink.send(notificationHandler, {
    type: 'Update',
    physicalId: before.notification,
    oldProperties: { BucketName: before.bucket },
    properties: { BucketName: bucket },
  });
  live = { bucket, notification: PhysicalResourceId };
  return before.notification === live.notification ? 'kept' : cleanUp(before);
}

async function cleanUp(former: typeof live): Promise<string> {
  const { Status } = await sink.send(notificationHandler, {
    type: 'Delete',
    physicalId: former.notification,
    properties: { BucketName: former.bucket },
  });
  return Status;
}

const isOn = (bucket: string) => documents.get(bucket)?.EventBridgeConfiguration !== undefined;

test('the former bucket’s notifications are taken back, the new one’s are on', async () => {
  expect(isOn('first-logs')).toBe(true);

  expect(await update('second-logs')).toBe('SUCCESS');

  expect(isOn('first-logs')).toBe(false);
  expect(isOn('second-logs')).toBe(true);
});

test('the next update narrows the role to the bucket that is left', async () => {
  await update('second-logs');

  await update('second-logs', '2');

  expect(new Set(role)).toEqual(new Set(['second-logs']));
});

test('an update that is rolled back leaves the former bucket as it was', async () => {
  const before = live;
  role = ['first-logs', 'second-logs'];
  const changed = await sink.send(notificationHandler, {
    type: 'Update',
    physicalId: before.notification,
    oldProperties: { BucketName: 'first-logs' },
    properties: { BucketName: 'second-logs' },
  });

  // Back: the look is updated the other way round, and so is the role.
  const looked = await sink.send(lookHandler, {
    type: 'Update',
    physicalId: 'adopted:first-logs',
    oldProperties: lookProperties('second-logs'),
    properties: lookProperties('first-logs'),
  });
  role = ['first-logs', looked.Data?.FormerBucketName ?? ''];
  const restored = await sink.send(notificationHandler, {
    type: 'Update',
    physicalId: before.notification,
    oldProperties: { BucketName: 'second-logs' },
    properties: { BucketName: 'first-logs' },
  });
  const cleaned = await cleanUp({ bucket: 'second-logs', notification: changed.PhysicalResourceId });

  expect(restored.PhysicalResourceId).toBe(before.notification);
  expect(cleaned).toBe('SUCCESS');
  expect([isOn('first-logs'), isOn('second-logs')]).toEqual([true, false]);
});

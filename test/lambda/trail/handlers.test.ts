/** Each handler as Lambda loads it: its environment and its clients. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { answerSinkForFile, contextWith, STACK_ID } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket } from './fake-bucket.ts';
import { memoryDouble } from './notification-memory-double.ts';

const KEY = 'AWSLogs/111111111111/CloudTrail/us-east-1/2026/03/01/a.json.gz';
const sqs = mockClient(SQSClient);
const cloudFormation = mockClient(CloudFormationClient);
let bucket: FakeBucket;
const { sink, output } = answerSinkForFile();

beforeEach(() => {
  vi.stubEnv('LATE_OBJECTS_QUEUE_URL', 'https://sqs.us-east-1.amazonaws.com/123456789012/late');
  vi.stubEnv('STACK_NAME', 'CloudOne');
  vi.stubEnv('STACK_ID', STACK_ID);
  vi.stubEnv('LEDGER_TABLE', 'ledger');
  vi.stubEnv('EVENT_RULE_NAME', 'CloudOne-ObjectCreated');
  vi.stubEnv('BUCKET_NAME', 'trail-logs');
  vi.stubEnv('BUCKET_REGION', 'us-east-1');
  vi.stubEnv('BUCKET_ACCOUNT_ID', '123456789012');
  vi.stubEnv('REPAIR', 'true');
  memoryDouble();
  mockClient(EventBridgeClient).on(ListRulesCommand).resolves({ Rules: [] });
  bucket = fakeBucket([{ key: KEY, storedAt: new Date('2026-03-01T00:15:00Z') }]);
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
  cloudFormation.reset();
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [{ StackName: 'CloudOne', CreationTime: new Date(0), StackStatus: 'DELETE_IN_PROGRESS' }],
  });
});

test('bucket notification', async () => {
  const { handler } = await import('../../../lambda/trail/bucket-notification-handler.ts');

  const answer = await sink.send(handler, { type: 'Create', properties: { BucketName: 'trail-logs' } });

  expect(answer.PhysicalResourceId).toBe('created:trail-logs');
  expect(bucket.notifications).toEqual({ EventBridgeConfiguration: {} });
});

test('bucket notification guard', async () => {
  const { handler } = await import('../../../lambda/trail/bucket-notification-guard-handler.ts');

  const answer = await sink.send(handler, { type: 'Create', properties: { BucketName: 'trail-logs' } });

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:trail-logs' });
});

test('trail bucket teardown', async () => {
  const { handler } = await import('../../../lambda/trail/trail-bucket-teardown-handler.ts');
  const properties = { BucketNames: ['trail-logs'] };

  const answer = await sink.send(handler, {
    type: 'Delete',
    properties,
    physicalId: 'created:trail-logs',
  });

  expect(answer.Status).toBe('SUCCESS');
  expect(bucket.exists).toBe(false);
});

test('notification watch', async () => {
  cloudFormation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' } as never] });
  const { handler } = await import('../../../lambda/trail/notification-watch-handler.ts');

  await handler({}, contextWith(120_000));

  expect(bucket.notifications).toEqual({ EventBridgeConfiguration: {} });
  expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
  expect(output()).toContain('"NotificationMissing":1');
});

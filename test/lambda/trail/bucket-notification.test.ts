import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { listingRequestSchema } from '../../../contract/listing.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { bucketNotification } from '../../../lambda/trail/bucket-notification.ts';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';
import { type MemoryDouble, memoryDouble } from './notification-memory-double.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/late';
const others = {
  QueueConfigurations: [
    {
      Id: 'others-queue',
      QueueArn: 'arn:aws:sqs:us-east-1:1:gone',
      Events: ['s3:ObjectCreated:*' as const],
      Filter: { Key: { FilterRules: [{ Name: 'Prefix' as never, Value: 'a/' }] } },
    },
  ],
  TopicConfigurations: [
    {
      Id: 'others-topic',
      TopicArn: 'arn:aws:sns:us-east-1:1:t',
      Events: ['s3:ObjectRemoved:*' as const],
    },
  ],
  LambdaFunctionConfigurations: [
    {
      Id: 'others-function',
      LambdaFunctionArn: 'arn:aws:lambda:us-east-1:1:function:f',
      Events: ['s3:ObjectTagging:*' as const],
    },
  ],
};
const withEventBridge = { ...others, EventBridgeConfiguration: {} };

const { sink } = answerSinkForFile();
let bucket: FakeBucket;
let memory: MemoryDouble;
let told: boolean[];
const eventBridge = mockClient(EventBridgeClient);
const sqs = mockClient(SQSClient);
const handler = customResourceHandler(() =>
  bucketNotification({
    s3In: (region) => new S3Client({ region }),
    sqs: new SQSClient({}),
    dynamoDb: new DynamoDBClient({}),
    eventBridge: new EventBridgeClient({}),
    ledgerTable: 'ledger',
    eventRuleName: 'CloudOne-ObjectCreated',
    tellMissing: (missing) => told.push(missing),
    lateObjectsQueueUrl: QUEUE,
    readBackDelaysMs: [0, 1],
  }),
);

beforeEach(() => {
  bucket = fakeBucket();
  bucket.notifications = others;
  memory = memoryDouble();
  told = [];
  eventBridge.reset();
  eventBridge.onAnyCommand().rejects(new Error('not expected'));
  rules('CloudOne-ObjectCreated');
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  sqs.on(SendMessageCommand).resolves({});
});

const properties = { BucketName: 'trail-logs' };
const create = () => sink.send(handler, { type: 'Create', properties });
const remove = (physicalId: string) => sink.send(handler, { type: 'Delete', properties, physicalId });
const update = (physicalId: string, changed: object = {}) =>
  sink.send(handler, {
    type: 'Update',
    properties: { ...properties, ...changed },
    oldProperties: properties,
    physicalId,
  });
/** Rules on the default bus: by name, for a bucket. */
function rules(...names: string[]): void {
  rulesAre(names.map((Name) => ({ Name, EventPattern: patternFor('trail-logs'), State: 'ENABLED' })));
}

function rulesAre(Rules: object[]): void {
  // In pages of one, as a full account has them.
  eventBridge.on(ListRulesCommand).callsFake(({ NextToken = '0' }) => ({
    Rules: Rules.slice(Number(NextToken), Number(NextToken) + 1),
    ...(Number(NextToken) + 1 < Rules.length ? { NextToken: String(Number(NextToken) + 1) } : {}),
  }));
}

function patternFor(bucketName: unknown): string {
  return JSON.stringify({ source: ['aws.s3'], detail: { bucket: { name: [bucketName] } } });
}

const puts = () => bucket.mock.commandCalls(PutBucketNotificationConfigurationCommand);

/** Another tool writes the document right after our own write. */
function overwriteAfterOurs(times: number, document: object): void {
  let left = times;
  bucket.mock.on(PutBucketNotificationConfigurationCommand).callsFake(({ NotificationConfiguration }) => {
    bucket.notifications = left > 0 ? document : NotificationConfiguration;
    left -= 1;
    return {};
  });
}

describe('create and delete', () => {
  test('adds EventBridge to what there is, and takes only that away again', async () => {
    const created = await create();
    const during = bucket.notifications;
    const deleted = await remove(created.PhysicalResourceId);

    expect(created.PhysicalResourceId).toBe('created:trail-logs');
    expect(during).toEqual(withEventBridge);
    expect(deleted.Status).toBe('SUCCESS');
    expect(bucket.notifications).toEqual(others);
  });

  test('does not have the destinations of others validated, and writes to its own account’s bucket only', async () => {
    await create();

    expect(puts()[0]?.args[0].input).toMatchObject({
      SkipDestinationValidation: true,
      ExpectedBucketOwner: '123456789012',
    });
  });

  test('asks for the objects that arrive meanwhile to be listed later', async () => {
    await create();

    const [sent] = sqs.commandCalls(SendMessageCommand);
    const request = listingRequestSchema.parse(JSON.parse(sent?.args[0].input.MessageBody ?? ''));
    expect(sent?.args[0].input).toMatchObject({ QueueUrl: QUEUE, DelaySeconds: 900 });
    expect(request.bucket).toBe('trail-logs');
    const spanMs = Date.parse(request.storedBefore) - Date.parse(request.storedFrom);
    expect(spanMs).toBeGreaterThanOrEqual(15 * 60_000);
  });

  test('adopts EventBridge that is on, writes nothing, and leaves it on', async () => {
    bucket.notifications = withEventBridge;

    const created = await create();
    await remove(created.PhysicalResourceId);

    expect(created.PhysicalResourceId).toBe('adopted:trail-logs');
    expect(puts()).toHaveLength(0);
    expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(0);
    expect(bucket.notifications).toEqual(withEventBridge);
  });

  test('keeps on delete what others have changed since', async () => {
    const created = await create();
    const { TopicConfigurations } = others;
    bucket.notifications = { EventBridgeConfiguration: {}, TopicConfigurations };

    await remove(created.PhysicalResourceId);

    expect(bucket.notifications).toEqual({ TopicConfigurations });
  });

  test('writes nothing on delete where EventBridge is off already', async () => {
    await remove('created:trail-logs');

    expect(puts()).toHaveLength(0);
  });

  test('a bucket that is gone counts as deleted', async () => {
    bucket.exists = false;

    const deleted = await remove('created:trail-logs');

    expect(deleted.Status).toBe('SUCCESS');
  });

  test('switches EventBridge off again where the listing cannot be queued', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));

    const created = await create();

    expect(created.Status).toBe('FAILED');
    expect(bucket.notifications).toEqual(others);
  });
});

describe('others who count on the bucket’s events', () => {
  test('keep them, when this stack goes first', async () => {
    const created = await create();
    rules('CloudOne-ObjectCreated', 'Second-ObjectCreated');

    const deleted = await remove(created.PhysicalResourceId);

    expect(deleted.Status).toBe('SUCCESS');
    expect(bucket.notifications).toEqual(withEventBridge);
  });

  test.each([
    ['this stack’s own', { Name: 'CloudOne-ObjectCreated', EventPattern: patternFor('trail-logs') }],
    ['another bucket’s', { Name: 'x', EventPattern: patternFor('other-logs') }],
    ['that is disabled', { Name: 'x', EventPattern: patternFor('trail-logs'), State: 'DISABLED' }],
    ['for buckets of a prefix', { Name: 'x', EventPattern: patternFor({ prefix: 'trail' }) }],
    ['of another service', { Name: 'x', EventPattern: '{"source":["aws.ec2"]}' }],
    ['on a schedule', { Name: 'x' }],
  ])('do not include a rule %s', async (_which, rule) => {
    const created = await create();
    rulesAre([rule]);

    await remove(created.PhysicalResourceId);

    expect(bucket.notifications).toEqual(others);
  });

  test('are asked for before anything is switched off: a refusal says how to allow it', async () => {
    const created = await create();
    eventBridge.on(ListRulesCommand).rejects(
      Object.assign(new Error('with an explicit deny in a service control policy'), {
        name: 'AccessDeniedException',
      }),
    );

    const deleted = await remove(created.PhysicalResourceId);

    expect(deleted.Status).toBe('FAILED');
    expect(deleted.Reason).toMatch(/events:ListRules.*service control policy.*aws:PrincipalArn/s);
    expect(bucket.notifications).toEqual(withEventBridge);
  });
});

describe('what is remembered', () => {
  const remembered = () => memory.of('trail-logs');

  test('is when they were switched on, and the alarm has something to go by', async () => {
    await create();

    expect(remembered()).toMatchObject({ isMissing: false, lastSeenOn: expect.any(Number) });
    expect(told).toEqual([false]);
  });

  test('tells an update that repairs them from when on to list', async () => {
    const lastSeenOn = Date.now() - 86_400_000;
    memory.remember('trail-logs', { lastSeenOn, isMissing: true });

    await update('created:trail-logs', { Revision: '2' });

    const body = sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageBody ?? '';
    expect(Date.parse(listingRequestSchema.parse(JSON.parse(body)).storedFrom)).toBeLessThanOrEqual(
      lastSeenOn,
    );
    expect(remembered()?.isMissing).toBe(false);
  });

  test('of long ago does not matter to a bucket that is named again', async () => {
    memory.remember('trail-logs', { lastSeenOn: 0, isMissing: false });

    await update('created:other-logs');

    const body = sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageBody ?? '';
    expect(Date.parse(listingRequestSchema.parse(JSON.parse(body)).storedFrom)).toBeGreaterThan(
      Date.now() - 600_000,
    );
  });
});

describe('a creation that died after it had switched them on', () => {
  const now = Date.now();

  test('is known again by the next: they are ours, and what came since is listed', async () => {
    bucket.notifications = withEventBridge;
    memory.remember('trail-logs', { switchedOnAt: now - 3_600_000 });

    const created = await create();

    expect(created.PhysicalResourceId).toBe('created:trail-logs');
    const body = sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageBody ?? '';
    expect(Date.parse(listingRequestSchema.parse(JSON.parse(body)).storedFrom)).toBeLessThan(now - 3_600_000);
  });

  test('is forgotten once they are off: who switches them on then is their owner', async () => {
    const created = await create();
    await remove(created.PhysicalResourceId);
    bucket.notifications = withEventBridge;

    expect((await create()).PhysicalResourceId).toBe('adopted:trail-logs');
  });
});

describe('other tools', () => {
  test('is merged again where another tool has overwritten it in the same moment', async () => {
    const { QueueConfigurations } = others;
    overwriteAfterOurs(1, { QueueConfigurations });

    const created = await create();

    expect(created.Status).toBe('SUCCESS');
    expect(bucket.notifications).toEqual({ QueueConfigurations, EventBridgeConfiguration: {} });
  });

  test('gives up where another tool overwrites it each time', async () => {
    overwriteAfterOurs(99, others);

    const created = await create();

    expect(created.Reason).toContain('was overwritten 3 times');
    expect(bucket.notifications).toEqual(others);
  });

  test('fails where an entry of others is missing afterwards, and names it', async () => {
    const { TopicConfigurations } = others;
    overwriteAfterOurs(1, { TopicConfigurations, EventBridgeConfiguration: {} });

    const created = await create();

    expect(created.Reason).toContain('others-function, others-queue');
    expect(bucket.notifications).toEqual({ TopicConfigurations });
  });

  test('S3 may give entries and filter rules in another order and spelling', async () => {
    const rule = (Name: string) => ({ Name: Name as never, Value: 'x' });
    const entry = (names: string[]) => ({
      QueueConfigurations: [
        {
          Id: 'q',
          QueueArn: 'arn:q',
          Events: [],
          Filter: { Key: { FilterRules: names.map(rule) } },
        },
      ],
    });
    bucket.notifications = entry(['Prefix', 'Suffix']);
    overwriteAfterOurs(1, { ...entry(['suffix', 'prefix']), EventBridgeConfiguration: {} });

    const created = await create();

    expect(created.Status).toBe('SUCCESS');
  });
});

describe('update', () => {
  test('with the same bucket keeps what is on', async () => {
    await create();

    const updated = await update('created:trail-logs', { Revision: '2' });

    expect(updated.PhysicalResourceId).toBe('created:trail-logs');
    expect(puts()).toHaveLength(1);
  });

  test('repairs what another tool has switched off', async () => {
    const updated = await update('created:trail-logs');

    expect(updated.PhysicalResourceId).toBe('created:trail-logs');
    expect(bucket.notifications).toEqual(withEventBridge);
  });

  test('makes it ours where its owner has switched it off', async () => {
    const updated = await update('adopted:trail-logs');
    await remove('adopted:trail-logs');

    expect(updated.PhysicalResourceId).toBe('created:trail-logs');
    expect(bucket.notifications).toEqual(withEventBridge);
  });

  test('with another bucket replaces', async () => {
    const updated = await update('created:trail-logs', { BucketName: 'other-logs' });

    expect(updated.PhysicalResourceId).toBe('created:other-logs');
    expect(puts()[0]?.args[0].input.Bucket).toBe('other-logs');
  });
});

describe('what S3 refuses', () => {
  const refuse = (error: Error) => bucket.mock.on(GetBucketNotificationConfigurationCommand).rejects(error);

  test('a bucket that does not exist', async () => {
    bucket.exists = false;

    const created = await create();

    expect(created.Reason).toContain('There is no bucket trail-logs. Check ExistingCloudtrailBucketName');
  });

  test('a missing permission is named with the statement that grants it', async () => {
    bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' });
    bucket.mock.on(PutBucketNotificationConfigurationCommand).rejects(s3Error('AccessDenied', 403));

    const created = await create();

    expect(created.Reason).toContain(
      '"Action":"s3:PutBucketNotification","Resource":"arn:aws:s3:::trail-logs"',
    );
  });

  test('a bucket in another region: both are named, and the cure', async () => {
    refuse(s3Error('PermanentRedirect', 301, { 'x-amz-bucket-region': 'eu-west-1' }));

    const created = await create();

    expect(created.Reason).toMatch(
      /in AWS region eu-west-1.*this stack is in us-east-1.*the relay template \(Relay\.template\.json, .*\) in eu-west-1.*name a bucket in us-east-1/,
    );
  });

  test('the region is asked for where the refusal does not tell it', async () => {
    refuse(s3Error('AuthorizationHeaderMalformed', 400));
    bucket.mock
      .on(HeadBucketCommand)
      .rejects(s3Error('Forbidden', 403, { 'x-amz-bucket-region': 'eu-west-1' }));

    const created = await create();

    expect(created.Reason).toContain('in AWS region eu-west-1');
  });

  test('anything else is told with the action, the bucket and what to do', async () => {
    refuse(s3Error('SlowDown', 503));

    const created = await create();

    expect(created.Reason).toBe(
      'Bucket notification: s3:GetBucketNotification on trail-logs failed (503 SlowDown: SlowDown says S3). ' +
        'This passes by itself as a rule: try again in some minutes.',
    );
  });
});

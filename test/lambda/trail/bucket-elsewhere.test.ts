import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { listingRequestSchema } from '../../../contract/listing.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { bucketNotification } from '../../../lambda/trail/bucket-notification.ts';
import { cloudTrailBucket } from '../../../lambda/trail/cloudtrail-bucket.ts';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';
import { memoryDouble } from './notification-memory-double.ts';

const ACCOUNT = '123456789012';
const OTHER_ACCOUNT = '444455556666';
const OUR_BUS = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`;
const RELAY = 'Relay-Relay3F9A082A';

const cloudTrail = mockClient(CloudTrailClient);
const cloudFormation = mockClient(CloudFormationClient);
const eventBridge = mockClient(EventBridgeClient);
const kms = mockClient(KMSClient);
const sqs = mockClient(SQSClient);
let bucket: FakeBucket;
const { sink } = answerSinkForFile();
let regionsAsked: string[];

beforeEach(() => {
  regionsAsked = [];
  const unexpected = new Error('not expected');
  cloudTrail.reset().onAnyCommand().rejects(unexpected);
  cloudFormation.reset().onAnyCommand().rejects(unexpected);
  eventBridge.reset().onAnyCommand().rejects(unexpected);
  kms.reset().onAnyCommand().rejects(unexpected);
  sqs.reset().onAnyCommand().rejects(unexpected);
  cloudTrail.on(DescribeTrailsCommand).resolves({ trailList: [] });
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });
  sqs.on(SendMessageCommand).resolves({});
  memoryDouble();
  bucket = fakeBucket();
  bucket.notifications = { EventBridgeConfiguration: {} };
  bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'eu-west-1' });
  bucket.mock
    .on(GetBucketEncryptionCommand)
    .rejects(s3Error('ServerSideEncryptionConfigurationNotFoundError', 404));
  relayed();
});

/** The rule that the relay has where the bucket is. */
function relayed(bucketName = 'trail-logs', rulesOfOurBus: readonly string[] = [RELAY]): void {
  const EventPattern = JSON.stringify({ detail: { bucket: { name: [bucketName] } } });
  eventBridge.on(ListRulesCommand).resolves({ Rules: [{ Name: RELAY, EventPattern, State: 'ENABLED' }] });
  eventBridge
    .on(ListRuleNamesByTargetCommand, { TargetArn: OUR_BUS })
    .callsFake(({ NextToken }) =>
      NextToken === undefined ? { RuleNames: [], NextToken: 'more' } : { RuleNames: [...rulesOfOurBus] },
    );
}

const lookHandler = customResourceHandler(() =>
  cloudTrailBucket((region) => {
    regionsAsked.push(region);
    return {
      s3: new S3Client({ region }),
      kms: new KMSClient({ region }),
      cloudTrail: new CloudTrailClient({ region }),
      cloudFormation: new CloudFormationClient({ region }),
      eventBridge: new EventBridgeClient({ region }),
    };
  }),
);
const look = (home: object) =>
  sink.send(lookHandler, {
    type: 'Create',
    properties: { BucketName: 'trail-logs', Destination: 'CloudOne', ...home },
  });
const inIreland = { BucketRegion: 'eu-west-1', BucketAccountId: '' };

describe('the look at a bucket in another region', () => {
  test('goes on where all is true, and looks there as well as here', async () => {
    const { Status, Data } = await look(inIreland);

    expect(Status).toBe('SUCCESS');
    expect(Data).toMatchObject({ FormerBucketName: 'trail-logs', TrailCount: '0' });
    expect(new Set(regionsAsked)).toEqual(new Set(['us-east-1', 'eu-west-1']));
  });

  test('takes a key without a region to be where the bucket is', async () => {
    bucket.mock.on(GetBucketEncryptionCommand).resolves({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: '0a1b' } }],
      },
    });

    expect((await look(inIreland)).Data?.KeyArns).toBe(`arn:aws:kms:eu-west-1:${ACCOUNT}:key/0a1b`);
  });

  test.each([
    [
      'the region is a third one',
      { BucketRegion: 'eu-central-1' },
      /is in AWS region eu-west-1, and not in eu-central-1 as CloudtrailBucketRegion says.*Relay\.template\.json/,
      () => {},
    ],
    [
      'it is here after all',
      inIreland,
      /is in AWS region us-east-1, as this stack is, and not in eu-west-1\. Leave CloudtrailBucketRegion empty/,
      () => bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' }),
    ],
    [
      'it sends no events',
      inIreland,
      /sends no events to EventBridge, and this stack changes nothing in eu-west-1.*Amazon EventBridge, On.*replaces the whole document/,
      () => {
        bucket.notifications = {};
      },
    ],
    [
      'there is no rule for it',
      inIreland,
      /No rule in eu-west-1 passes the events of trail-logs on to us-east-1: .*launch the relay template/,
      () => relayed('another-bucket'),
    ],
    [
      'the rule for it leads elsewhere',
      inIreland,
      /No rule in eu-west-1 passes the events/,
      () => relayed('trail-logs', ['another-rule']),
    ],
  ])('is refused where %s', async (_what, home, said, arrange) => {
    arrange();

    const { Status, Reason } = await look(home);

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(said);
    expect(bucket.mock.commandCalls(PutBucketNotificationConfigurationCommand)).toEqual([]);
  });
});

describe('the look at a bucket of another account', () => {
  const theirs = { BucketRegion: 'eu-west-1', BucketAccountId: OTHER_ACCOUNT };

  test('expects it to be that account’s, and takes a relay there for granted', async () => {
    eventBridge.reset().onAnyCommand().rejects(new Error('Rules of another account cannot be listed.'));

    expect((await look(theirs)).Status).toBe('SUCCESS');
    for (const { args } of [
      ...bucket.mock.commandCalls(HeadBucketCommand),
      ...bucket.mock.commandCalls(GetBucketNotificationConfigurationCommand),
      ...bucket.mock.commandCalls(GetBucketEncryptionCommand),
    ]) {
      expect(args[0].input.ExpectedBucketOwner).toBe(OTHER_ACCOUNT);
    }
    expect(bucket.mock.commandCalls(GetBucketEncryptionCommand)).toHaveLength(1);
  });

  test('that refuses: both statements that its owner has to add, within what CloudFormation shows', async () => {
    bucket.mock
      .on(HeadBucketCommand)
      .rejects(s3Error('403', 403, { 'x-amz-bucket-region': 'eu-west-1' }))
      .on(ListBucketsCommand)
      .resolves({ Buckets: [] });

    const { Reason = '' } = await look(theirs);

    expect(Reason).toContain(`It must belong to the account ${OTHER_ACCOUNT}`);
    const statements = [...Reason.matchAll(/\{"Effect".*?\}\}\}/g)].map(([text]) => JSON.parse(text));
    const ours = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/CloudOne-*` } },
    };
    expect(statements).toEqual([
      {
        ...ours,
        Action: [
          's3:ListBucket',
          's3:ListBucketVersions',
          's3:GetBucketNotification',
          's3:GetEncryptionConfiguration',
          's3:GetObject',
          's3:GetObjectVersion',
        ],
        Resource: ['arn:aws:s3:::trail-logs', 'arn:aws:s3:::trail-logs/*'],
      },
      {
        ...ours,
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: {
          ...ours.Condition,
          StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
        },
      },
    ]);
  });

  test('that is this very account: the parameter is to be left empty', async () => {
    bucket.mock
      .on(HeadBucketCommand)
      .rejects(s3Error('403', 403, { 'x-amz-bucket-region': 'eu-west-1' }))
      .on(ListBucketsCommand)
      .resolves({ Buckets: [{ Name: 'trail-logs' }] });

    expect((await look(theirs)).Reason).toMatch(
      /own account 123456789012\. Leave CloudtrailBucketAccountId empty/,
    );
  });
});

describe('the notifications of a bucket elsewhere', () => {
  const handler = customResourceHandler(() =>
    bucketNotification({
      s3In: (region) => {
        regionsAsked.push(region);
        return new S3Client({ region });
      },
      sqs: new SQSClient({}),
      dynamoDb: new DynamoDBClient({}),
      eventBridge: new EventBridgeClient({}),
      ledgerTable: 'ledger',
      eventRuleName: 'CloudOne-ObjectCreated',
      tellMissing: () => {},
      lateObjectsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/late',
    }),
  );
  const properties = { BucketName: 'trail-logs', ...inIreland };
  const changes = () => bucket.mock.commandCalls(PutBucketNotificationConfigurationCommand);

  test('are looked at there; what is stored while the events begin to come is listed', async () => {
    const { PhysicalResourceId } = await sink.send(handler, { type: 'Create', properties });

    expect(PhysicalResourceId).toBe('adopted:trail-logs');
    expect(regionsAsked).toEqual(['eu-west-1']);
    const listings = sqs
      .commandCalls(SendMessageCommand)
      .map(({ args }) => listingRequestSchema.parse(JSON.parse(args[0].input.MessageBody ?? '')).bucket);
    expect(listings).toEqual(['trail-logs']);
    expect(changes()).toEqual([]);
  });

  test('are not switched on: its owner is told to', async () => {
    bucket.notifications = {};

    const { Status, Reason } = await sink.send(handler, { type: 'Create', properties });

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/sends no events to EventBridge/);
    expect(changes()).toEqual([]);
  });

  test('are not switched off, even where a bucket of that name was changed once', async () => {
    relayed('another-bucket');
    const { Status } = await sink.send(handler, {
      type: 'Delete',
      physicalId: 'created:trail-logs',
      properties,
    });

    expect(Status).toBe('SUCCESS');
    expect(changes()).toEqual([]);
  });
});

import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, DescribeTrailsCommand, type Trail } from '@aws-sdk/client-cloudtrail';
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerSinkForFile, STACK_ID } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';

const { handler } = await import('../../../lambda/trail/cloudtrail-bucket-handler.ts');

const ACCOUNT = '123456789012';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b2c3d`;
const OTHER_KEY = 'arn:aws:kms:us-east-1:999999999999:key/organisation';
const FILE = `AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/2026/03/01/a.json.gz`;
const NO_KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/trailbridge-found-none`;

const cloudTrail = mockClient(CloudTrailClient);
const cloudFormation = mockClient(CloudFormationClient);
const kms = mockClient(KMSClient);
let bucket: FakeBucket;
const { sink, output } = answerSinkForFile();

beforeEach(() => {
  const unexpected = new Error('not expected');
  cloudTrail.reset().onAnyCommand().rejects(unexpected);
  cloudFormation.reset().onAnyCommand().rejects(unexpected);
  kms.reset().onAnyCommand().rejects(unexpected);
  bucket = fakeBucket();
  bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' });
  bucket.mock
    .on(GetBucketEncryptionCommand)
    .rejects(s3Error('ServerSideEncryptionConfigurationNotFoundError', 404));
  bucket.mock.on(HeadObjectCommand).resolves({});
  trails();
  stacks();
});

const properties = { BucketName: 'trail-logs', Destination: 'CloudOne', TrailKeyArn: '' };
const look = (changed: object = {}) =>
  sink.send(handler, { type: 'Create', properties: { ...properties, ...changed } });

function trails(...trailList: Trail[]): void {
  cloudTrail.on(DescribeTrailsCommand, { includeShadowTrails: true }).resolves({ trailList });
}

function trail(name: string, changed: Trail = {}): Trail {
  return {
    TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/${name}`,
    S3BucketName: 'trail-logs',
    HomeRegion: 'us-east-1',
    LogFileValidationEnabled: true,
    ...changed,
  };
}

function stacks(...Stacks: Partial<Stack>[]): void {
  cloudFormation.on(DescribeStacksCommand).callsFake(({ StackName, NextToken = '0' }) => {
    expect(StackName).toBeUndefined();
    const at = Number(NextToken);
    return {
      Stacks: Stacks.slice(at, at + 1),
      ...(at + 1 < Stacks.length ? { NextToken: String(at + 1) } : {}),
    };
  });
}

function vendorClient(changed: Partial<Stack> = {}, bucketName = 'trail-logs'): Partial<Stack> {
  const parameters = {
    ExistingCloudtrailBucketName: bucketName,
    ServiceToken: '****',
    ServiceURL: 'https://x',
    APIVersion: 'v1',
  };
  return {
    StackName: 'CloudTrailClient',
    StackId: `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/CloudTrailClient/1`,
    StackStatus: 'CREATE_COMPLETE',
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    ...changed,
  };
}

function encryptedWith(KMSMasterKeyID: string | undefined): void {
  bucket.mock.on(GetBucketEncryptionCommand).resolves({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } }],
    },
  });
}

const denied = (words: string, name = 'AccessDenied') =>
  Object.assign(s3Error(name, 403), { message: words });

describe('a bucket that can be used', () => {
  test('is told of, and nothing is written', async () => {
    trails(
      trail('own', { S3KeyPrefix: 'audit' }),
      trail('organisation', { IsOrganizationTrail: true, KmsKeyId: OTHER_KEY }),
      trail('elsewhere', { S3BucketName: 'other-logs', S3KeyPrefix: 'no' }),
    );
    bucket.versions = [{ key: FILE }];
    bucket.mock.on(HeadObjectCommand, { Key: FILE }).resolves({ SSEKMSKeyId: KEY });

    const { Status, PhysicalResourceId, Data } = await look();

    expect({ Status, PhysicalResourceId }).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'adopted:trail-logs',
    });
    expect(Data).toEqual({
      KeyArns: `${KEY},${OTHER_KEY}`,
      TrailArns: ['own', 'organisation'].map((name) => trail(name).TrailARN).join(','),
      TrailCount: '2',
      KeyPrefixes: '["audit",""]',
      SampleKey: FILE,
      FormerBucketName: 'trail-logs',
      VendorClient: '',
    });
    const written = bucket.mock
      .calls()
      .filter(({ args }) => /Put|Delete|Create/.test(args[0].constructor.name));
    expect(written).toEqual([]);
  });

  test('without trail, key or file has attributes that still make policies', async () => {
    const { Data } = await look();

    expect(Data).toMatchObject({ KeyArns: NO_KEY, TrailCount: '0', KeyPrefixes: '[]', SampleKey: '' });
    expect(Data?.TrailArns).toMatch(/^arn:aws:cloudtrail:us-east-1:123456789012:trail\/.+/);
    expect(output()).toContain('No trail that this account can see writes to the bucket');
  });

  test.each([
    ['an ARN', KEY],
    ['an id', '0a1b2c3d'],
    ['an alias', 'alias/trail'],
    ["an alias's ARN", `arn:aws:kms:us-east-1:${ACCOUNT}:alias/trail`],
  ])('with a key by %s has the key found', async (_how, named) => {
    encryptedWith(named);
    const alias = { AliasName: 'alias/trail', AliasArn: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/trail` };
    kms
      .on(ListAliasesCommand)
      .resolvesOnce({ Aliases: [{ AliasName: 'alias/other' }], Truncated: true, NextMarker: 'more' })
      .resolves({ Aliases: [{ ...alias, TargetKeyId: '0a1b2c3d' }] });

    expect((await look()).Data?.KeyArns).toBe(KEY);
  });

  test.each([undefined, 'alias/aws/s3', `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/s3`])(
    'with AWS’s own key (%s) needs none',
    async (named) => {
      encryptedWith(named);

      expect((await look()).Data?.KeyArns).toBe(NO_KEY);
    },
  );

  test('the key that the user names is believed, and no other is looked for', async () => {
    encryptedWith('alias/of-another-account');

    expect((await look({ TrailKeyArn: OTHER_KEY })).Data?.KeyArns).toBe(OTHER_KEY);
  });

  test('of a set-up of any size is told of in one answer', async () => {
    const long = (index: number) => `${'long-name-of-a-trail'.repeat(5)}-${index}`;
    const many = Array.from({ length: 40 }, (_, index) =>
      trail(long(index), { S3KeyPrefix: `prefix/${long(index)}`, KmsKeyId: `${KEY}-${index}` }),
    );
    trails(...many);
    bucket.versions = [{ key: `${'p'.repeat(900)}/${FILE}` }];

    const { Status, Data } = await look();

    expect(Status).toBe('SUCCESS');
    expect(Data?.TrailArns?.split(',').every((arn) => many.some(({ TrailARN }) => TrailARN === arn))).toBe(
      true,
    );
    expect(Data?.SampleKey).toBe('');
    expect(output()).toContain('Not all keys fit into the answer');
  });

  test('a changed name is told with the former, until the next look', async () => {
    const changed = { ...properties, BucketName: 'new-logs' };

    const first = await sink.send(handler, {
      type: 'Update',
      physicalId: 'adopted:trail-logs',
      oldProperties: properties,
      properties: changed,
    });
    const second = await sink.send(handler, {
      type: 'Update',
      physicalId: first.PhysicalResourceId,
      oldProperties: changed,
      properties: { ...changed, Revision: '2' },
    });

    expect(first.PhysicalResourceId).toBe('adopted:new-logs');
    expect(first.Data?.FormerBucketName).toBe('trail-logs');
    expect(second.Data?.FormerBucketName).toBe('new-logs');
  });
});

describe('a bucket that cannot be used', () => {
  test('does not exist', async () => {
    bucket.mock.on(HeadBucketCommand).rejects(s3Error('NotFound', 404));

    expect((await look()).Reason).toContain('There is no bucket trail-logs');
  });

  test.each([
    ['answered', () => bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'eu-west-1' })],
    [
      'refused',
      () =>
        bucket.mock
          .on(HeadBucketCommand)
          .rejects(s3Error('301', 301, { 'x-amz-bucket-region': 'eu-west-1' })),
    ],
    [
      'forbidden',
      () =>
        bucket.mock
          .on(HeadBucketCommand)
          .rejects(s3Error('403', 403, { 'x-amz-bucket-region': 'eu-west-1' })),
    ],
  ])('is in another region (%s): both are named, and the relay', async (_how, arrange) => {
    arrange();

    const { Status, Reason } = await look();

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(
      /in AWS region eu-west-1, but this stack is in us-east-1.*launch the relay template \(Relay\.template\.json, .*\) in eu-west-1 with CloudtrailBucketName=trail-logs, TrailbridgeRegion=us-east-1, and then set CloudtrailBucketRegion to eu-west-1 here/,
    );
  });

  test('is in another account: the account is named, whose trail tells it, and the relay', async () => {
    const others = 'arn:aws:cloudtrail:us-east-1:999999999999:trail/organisation';
    trails(trail('organisation', { TrailARN: others }));
    bucket.mock
      .on(HeadBucketCommand)
      .rejects(s3Error('403', 403, { 'x-amz-bucket-region': 'us-east-1' }))
      .on(ListBucketsCommand)
      .resolves({ Buckets: [{ Name: 'trail-logs-2' }] });

    const { Reason } = await look();

    expect(Reason).toContain(`does not belong to this stack's account ${ACCOUNT}`);
    expect(Reason).toContain('a trail of account 999999999999');
    expect(Reason).toMatch(
      /in us-east-1 of that account with .*, TrailbridgeAccountId=123456789012, and then set CloudtrailBucketAccountId to its id here/,
    );
  });

  test('is the account’s own, and its policy refuses: the statement that denies is to be changed so', async () => {
    bucket.mock
      .on(HeadBucketCommand)
      .rejects(denied('with an explicit deny in a resource-based policy'))
      .on(ListBucketsCommand)
      .resolves({ Buckets: [{ Name: 'trail-logs' }] });

    expect((await look()).Reason).toContain(
      `in the bucket's policy: {"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::${ACCOUNT}:role/CloudOne-*"}}`,
    );
  });

  test.each([
    [
      'cloudtrail:DescribeTrails',
      () => cloudTrail.on(DescribeTrailsCommand).rejects(denied('no', 'AccessDeniedException')),
    ],
    [
      'kms:ListAliases',
      () => {
        encryptedWith('alias/trail');
        kms.on(ListAliasesCommand).rejects(denied('no', 'AccessDeniedException'));
      },
    ],
    ['cloudformation:DescribeStacks', () => cloudFormation.on(DescribeStacksCommand).rejects(denied('no'))],
    [
      's3:GetBucketNotification',
      () => bucket.mock.on(GetBucketNotificationConfigurationCommand).rejects(denied('no')),
    ],
    ['s3:GetEncryptionConfiguration', () => bucket.mock.on(GetBucketEncryptionCommand).rejects(denied('no'))],
    ['s3:ListBucket', () => bucket.mock.on(ListObjectsV2Command).rejects(denied('no'))],
    [
      's3:ListAllMyBuckets',
      () => {
        bucket.mock.on(HeadBucketCommand).rejects(denied('no'));
        bucket.mock.on(ListBucketsCommand).rejects(denied('no'));
      },
    ],
  ])('refuses %s: that is named, with the statement that grants it', async (action, arrange) => {
    arrange();

    const { Status, Reason = '' } = await look();

    expect(Status).toBe('FAILED');
    expect(Reason).toContain(`refused ${action}`);
    expect(Reason).toMatch(new RegExp(`\\{"Effect":"Allow",.*"Action":"${action}`));
  });

  test('has a key by an alias of another account', async () => {
    encryptedWith('arn:aws:kms:us-east-1:999999999999:alias/trail');
    kms.on(ListAliasesCommand).resolves({ Aliases: [] });

    expect((await look()).Reason).toContain("Give the key's ARN as TrailKeyArn");
  });
});

describe('a client of the vendor’s', () => {
  test('for the same bucket stops a deployment to Cloud One: the stack and the choices are named', async () => {
    stacks({ StackName: 'x' }, vendorClient());
    bucket.notifications = {
      LambdaFunctionConfigurations: [
        {
          Id: 'theirs',
          LambdaFunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:CloudTrailClient-Sender-1`,
          Events: [],
        },
        { Id: 'others', LambdaFunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`, Events: [] },
      ],
    };

    const { Status, Reason } = await look();

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(
      /stack CloudTrailClient, through its notifications theirs\..*delete the stack.*VisionOne/,
    );
    expect(Reason).not.toContain('****');
  });

  test('is told of, and allowed, where this stack forwards to Vision One', async () => {
    stacks(vendorClient());

    const { Status, Data } = await look({ Destination: 'VisionOne' });

    expect(Status).toBe('SUCCESS');
    expect(Data?.VendorClient).toBe('CloudTrailClient');
    expect(output()).toContain('CloudTrailClient');
    expect(output()).not.toContain('****');
  });

  test.each([
    ['another bucket’s', vendorClient({}, 'other-logs')],
    ['rolled back', vendorClient({ StackStatus: 'ROLLBACK_COMPLETE' })],
    ['being deleted', vendorClient({ StackStatus: 'DELETE_IN_PROGRESS' })],
    ['nested in this very stack', vendorClient({ RootId: STACK_ID })],
    [
      'of other parameters',
      vendorClient({
        Parameters: [{ ParameterKey: 'ExistingCloudtrailBucketName', ParameterValue: 'trail-logs' }],
      }),
    ],
  ])('does not count where it is %s', async (_which, stack) => {
    stacks(stack);

    expect((await look()).Status).toBe('SUCCESS');
  });
});

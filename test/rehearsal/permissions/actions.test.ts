import { describe, expect, it } from 'vitest';
import { operationOf, permissionsFor } from '../../../rehearsal/permissions/actions.ts';
import type { RecordedCall } from '../../../rehearsal/permissions/call-log.ts';
import { UnknownCallError } from '../../../rehearsal/permissions/permission-request.ts';
import {
  accountId,
  bucketArn,
  keyArn,
  policySet,
  queueArn,
  recordedCall,
  region,
  s3Call,
  secretArn,
} from './factories.ts';

const tableArn = `arn:aws:dynamodb:${region}:${accountId}:table/ledger`;
const queueUrl = `http://127.0.0.1:4566/${accountId}/queue`;
const groupArn = `arn:aws:logs:${region}:${accountId}:log-group:group`;

function json(service: string, target: string, parameters: RecordedCall['parameters']): RecordedCall {
  return recordedCall({ service, target, parameters });
}

function needs(call: RecordedCall): string[] {
  return permissionsFor(call, policySet([])).map(({ action, resource }) => `${action} ${resource}`);
}

describe('what is asked of an account as a whole', () => {
  it.each<[string, RecordedCall]>([
    ['cloudtrail:DescribeTrails', json('cloudtrail', 'CloudTrail_20131101.DescribeTrails', {})],
    ['kms:ListAliases', json('kms', 'TrentService.ListAliases', {})],
    ['events:ListRules', json('events', 'AWSEvents.ListRules', {})],
    [
      'cloudformation:DescribeStacks',
      recordedCall({ service: 'cloudformation', parameters: { Action: 'DescribeStacks' } }),
    ],
    ['s3:ListAllMyBuckets', s3Call('GET', '/?prefix=trail&x-id=ListBuckets')],
  ])('%s takes no resource', (action, call) => {
    expect(needs(call)).toEqual([`${action} *`]);
  });
});

describe('JSON protocols', () => {
  it.each<[string, RecordedCall, string]>([
    [
      'a secret by ARN',
      json('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: secretArn }),
      `secretsmanager:GetSecretValue ${secretArn}`,
    ],
    [
      'a secret by name',
      json('secretsmanager', 'secretsmanager.PutSecretValue', { SecretId: 'ServiceToken' }),
      `secretsmanager:PutSecretValue ${secretArn}`,
    ],
    [
      'an item',
      json('dynamodb', 'DynamoDB_20120810.UpdateItem', { TableName: 'ledger' }),
      `dynamodb:UpdateItem ${tableArn}`,
    ],
    [
      'an item of a table named by ARN',
      json('dynamodb', 'DynamoDB_20120810.GetItem', { TableName: tableArn }),
      `dynamodb:GetItem ${tableArn}`,
    ],
    [
      'an item to put',
      json('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: 'ledger' }),
      `dynamodb:PutItem ${tableArn}`,
    ],
    [
      'a query of an index',
      json('dynamodb', 'DynamoDB_20120810.Query', { TableName: 'ledger', IndexName: 'byTime' }),
      `dynamodb:Query ${tableArn}/index/byTime`,
    ],
    [
      'a batch of items',
      recordedCall({ service: 'dynamodb', target: 'DynamoDB_20120810.BatchGetItem', tables: ['ledger'] }),
      `dynamodb:BatchGetItem ${tableArn}`,
    ],
    [
      'a message',
      json('sqs', 'AmazonSQS.SendMessage', { QueueUrl: queueUrl }),
      `sqs:SendMessage ${queueArn}`,
    ],
    [
      'a batch of messages',
      json('sqs', 'AmazonSQS.SendMessageBatch', { QueueUrl: queueUrl }),
      `sqs:SendMessage ${queueArn}`,
    ],
    [
      'receiving',
      json('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: queueUrl }),
      `sqs:ReceiveMessage ${queueArn}`,
    ],
    [
      'deleting',
      json('sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: queueUrl }),
      `sqs:DeleteMessage ${queueArn}`,
    ],
    [
      'a visibility time-out',
      json('sqs', 'AmazonSQS.ChangeMessageVisibility', { QueueUrl: queueUrl }),
      `sqs:ChangeMessageVisibility ${queueArn}`,
    ],
    [
      "a queue's attributes",
      json('sqs', 'AmazonSQS.GetQueueAttributes', { QueueUrl: queueUrl }),
      `sqs:GetQueueAttributes ${queueArn}`,
    ],
    [
      'a queue by name',
      json('sqs', 'AmazonSQS.GetQueueUrl', { QueueName: 'queue' }),
      `sqs:GetQueueUrl ${queueArn}`,
    ],
    [
      'a key by id',
      json('kms', 'TrentService.ScheduleKeyDeletion', { KeyId: keyArn.split('/')[1] ?? '' }),
      `kms:ScheduleKeyDeletion ${keyArn}`,
    ],
    ['a key by ARN', json('kms', 'TrentService.DescribeKey', { KeyId: keyArn }), `kms:DescribeKey ${keyArn}`],
    [
      'a log stream',
      json('logs', 'Logs_20140328.CreateLogStream', { logGroupName: 'group', logStreamName: 'stream' }),
      `logs:CreateLogStream ${groupArn}:log-stream:stream`,
    ],
    [
      'a trail',
      json('cloudtrail', 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.StopLogging', {
        Name: 'trail',
      }),
      `cloudtrail:StopLogging arn:aws:cloudtrail:${region}:${accountId}:trail/trail`,
    ],
    ...['mark', '/mark', `arn:aws:ssm:${region}:${accountId}:parameter/mark`].map(
      (Name): [string, RecordedCall, string] => [
        `a parameter of Systems Manager's, as ${Name}`,
        json('ssm', 'AmazonSSM.PutParameter', { Name }),
        `ssm:PutParameter arn:aws:ssm:${region}:${accountId}:parameter/mark`,
      ],
    ),
    [
      'a stack by name, over the query protocol',
      recordedCall({
        service: 'cloudformation',
        parameters: { Action: 'DescribeStacks', StackName: 'CloudOne' },
      }),
      `cloudformation:DescribeStacks arn:aws:cloudformation:${region}:${accountId}:stack/CloudOne/*`,
    ],
    [
      'a metric, over RPC',
      recordedCall({
        service: 'monitoring',
        path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
      }),
      'cloudwatch:PutMetricData *',
    ],
    [
      'a function, over REST',
      recordedCall({
        service: 'lambda',
        method: 'GET',
        path: '/2015-03-31/functions/forwarder/configuration',
      }),
      `lambda:GetFunctionConfiguration arn:aws:lambda:${region}:${accountId}:function:forwarder`,
    ],
  ])('%s', (_, call, expected) => {
    expect(needs(call)).toEqual([expected]);
  });

  it('needs nothing to ask who one is', () => {
    const call = recordedCall({ service: 'sts', parameters: { Action: 'GetCallerIdentity' } });

    expect(needs(call)).toEqual([]);
  });
});

describe('S3', () => {
  const object = `${bucketArn}/AWSLogs/file.json.gz`;

  it.each<[string, string, string, string]>([
    ['GetObject', 'GET', '/trail-bucket/AWSLogs/file.json.gz?x-id=GetObject', `s3:GetObject ${object}`],
    ['GetObject', 'GET', '/trail-bucket/AWSLogs/file.json.gz?versionId=v1', `s3:GetObjectVersion ${object}`],
    ['HeadObject', 'HEAD', '/trail-bucket/AWSLogs/file.json.gz', `s3:GetObject ${object}`],
    ['PutObject', 'PUT', '/trail-bucket/AWSLogs/file.json.gz?x-id=PutObject', `s3:PutObject ${object}`],
    ['DeleteObject', 'DELETE', '/trail-bucket/AWSLogs/file.json.gz', `s3:DeleteObject ${object}`],
    [
      'DeleteObject',
      'DELETE',
      '/trail-bucket/AWSLogs/file.json.gz?versionId=v1',
      `s3:DeleteObjectVersion ${object}`,
    ],
    [
      'AbortMultipartUpload',
      'DELETE',
      '/trail-bucket/AWSLogs/file.json.gz?uploadId=u&x-id=AbortMultipartUpload',
      `s3:AbortMultipartUpload ${object}`,
    ],
    [
      'UploadPart',
      'PUT',
      '/trail-bucket/AWSLogs/file.json.gz?partNumber=1&uploadId=u',
      `s3:PutObject ${object}`,
    ],
    ['HeadBucket', 'HEAD', '/trail-bucket', `s3:ListBucket ${bucketArn}`],
    ['ListObjectsV2', 'GET', '/trail-bucket?list-type=2&prefix=AWSLogs%2F', `s3:ListBucket ${bucketArn}`],
    [
      'ListObjectVersions',
      'GET',
      '/trail-bucket?versions=&key-marker=k&max-keys=1000',
      `s3:ListBucketVersions ${bucketArn}`,
    ],
    ['ListMultipartUploads', 'GET', '/trail-bucket/?uploads', `s3:ListBucketMultipartUploads ${bucketArn}`],
    ['DeleteBucket', 'DELETE', '/trail-bucket/', `s3:DeleteBucket ${bucketArn}`],
    ['GetBucketLocation', 'GET', '/trail-bucket?location', `s3:GetBucketLocation ${bucketArn}`],
    [
      'GetBucketNotificationConfiguration',
      'GET',
      '/trail-bucket?notification',
      `s3:GetBucketNotification ${bucketArn}`,
    ],
    [
      'PutBucketNotificationConfiguration',
      'PUT',
      '/trail-bucket?notification',
      `s3:PutBucketNotification ${bucketArn}`,
    ],
  ])('%s: %s %s', (operation, method, path, expected) => {
    const call = s3Call(method, path);

    expect(operationOf(call)).toBe(operation);
    expect(needs(call)).toEqual([expected]);
  });

  it('needs a permission for each object of a multi-object delete, by its version', () => {
    const call = s3Call('POST', '/trail-bucket?delete=', {
      objects: [{ key: 'a' }, { key: 'b c', versionId: 'v1' }],
    });

    expect(needs(call)).toEqual([
      `s3:DeleteObject ${bucketArn}/a`,
      `s3:DeleteObjectVersion ${bucketArn}/b c`,
    ]);
  });

  it.each(['trail-bucket.s3.eu-central-1.amazonaws.com', 'trail-bucket.localhost:4566'])(
    'finds the bucket in the host name %s',
    (host) => {
      expect(needs(s3Call('GET', '/AWSLogs/file.json.gz', { host }))).toEqual([`s3:GetObject ${object}`]);
    },
  );

  it('decodes the key', () => {
    expect(needs(s3Call('GET', '/trail-bucket/a%20b%2Bc/%C3%A9'))).toEqual([
      `s3:GetObject ${bucketArn}/a b+c/é`,
    ]);
  });

  it('tells IAM what a listing asks for', () => {
    const [request] = permissionsFor(
      s3Call('GET', '/trail-bucket?list-type=2&prefix=AWSLogs%2F'),
      policySet([]),
    );

    expect(request?.context).toEqual({ 's3:prefix': 'AWSLogs/' });
  });

  it('needs a further permission to put an object with tags', () => {
    const call = s3Call('PUT', '/trail-bucket/AWSLogs/file.json.gz', { headers: { 'x-amz-tagging': 'a=b' } });

    expect(needs(call)).toEqual([`s3:PutObject ${object}`, `s3:PutObjectTagging ${object}`]);
  });
});

describe('what is told to people', () => {
  it('an announcement, by its topic', () => {
    const topic = `arn:aws:sns:${region}:${accountId}:alarms`;

    expect(
      needs(recordedCall({ service: 'sns', parameters: { Action: 'Publish', TopicArn: topic } })),
    ).toEqual([`sns:Publish ${topic}`]);
  });

  it('a mail, by its sender, of whom the address or the domain is verified', () => {
    const call = recordedCall({
      service: 'ses',
      path: '/v2/email/outbound-emails',
      parameters: { FromEmailAddress: 'reports@example.com' },
    });

    expect(permissionsFor(call, policySet([]))).toMatchObject(
      ['reports@example.com', 'example.com'].map((identity) => ({
        action: 'ses:SendEmail',
        resource: `arn:aws:ses:${region}:${accountId}:identity/${identity}`,
        context: { 'ses:FromAddress': 'reports@example.com' },
      })),
    );
  });
});

describe('what the tables do not have', () => {
  it.each<[string, RecordedCall]>([
    ['DeleteParameter', json('ssm', 'AmazonSSM.DeleteParameter', { Name: 'x' })],
    ['AssumeRole', recordedCall({ service: 'sts', parameters: { Action: 'AssumeRole' } })],
    ['PUT bucket?acl', s3Call('PUT', '/trail-bucket?acl')],
    ['PUT object', s3Call('PUT', '/trail-bucket/copy', { headers: { 'x-amz-copy-source': '/other/key' } })],
    [
      'GET /2020-01-01/things',
      recordedCall({ service: 'new', method: 'GET', path: '/2020-01-01/things?a=b' }),
    ],
  ])('is refused, and named: %s', (operation, call) => {
    expect(operationOf(call)).toBe(operation);
    expect(() => needs(call)).toThrow(UnknownCallError);
  });

  it('refuses a secret by a name that the stack does not know', () => {
    const call = json('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 'elsewhere' });

    expect(() => needs(call)).toThrow('the stack has no secret of the name elsewhere');
  });

  it('refuses a key by alias', () => {
    expect(() => needs(json('kms', 'TrentService.DescribeKey', { KeyId: 'alias/a' }))).toThrow(
      UnknownCallError,
    );
  });
});

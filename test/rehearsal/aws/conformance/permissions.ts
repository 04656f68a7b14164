import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { binFolder } from '../../../../rehearsal/aws/paths.ts';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { nodeFunction, queue } from './templates.ts';

// Inline code has no packages: the SDK is taken from the repository.
const packages = `${binFolder}/..`;

/** Tries one call of each service that the product's functions use, and tells which were refused. */
const tryEverything = `
  const { S3Client, GetObjectCommand, PutObjectCommand } = require('${packages}/@aws-sdk/client-s3');
  const { SecretsManagerClient, GetSecretValueCommand } = require('${packages}/@aws-sdk/client-secrets-manager');
  const { DynamoDBClient, PutItemCommand } = require('${packages}/@aws-sdk/client-dynamodb');
  const { SQSClient, SendMessageCommand, SendMessageBatchCommand } = require('${packages}/@aws-sdk/client-sqs');
  const { Secret, Table, Queue, Bucket } = process.env;
  const calls = {
    secret: () => new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: Secret })),
    table: () => new DynamoDBClient().send(new PutItemCommand({ TableName: Table, Item: { id: { S: 'x' } } })),
    queue: () => new SQSClient().send(new SendMessageCommand({ QueueUrl: Queue, MessageBody: 'x' })),
    batch: () => new SQSClient().send(
      new SendMessageBatchCommand({ QueueUrl: Queue, Entries: [{ Id: '1', MessageBody: 'x' }] }),
    ),
    put: () => new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket, Key: 'in/x', Body: 'x' })),
    get: () => new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket, Key: 'in/x' })),
  };
  exports.handler = async () => {
    const outcomes = {};
    for (const [name, call] of Object.entries(calls)) {
      outcomes[name] = await call().then(() => 'allowed', (error) => error.name);
    }
    return outcomes;
  };`;

const template = (statements: object[]): Template => ({
  Resources: {
    ...nodeFunction(tryEverything, {
      Environment: {
        Variables: {
          Secret: { Ref: 'Secret' },
          Table: { Ref: 'Table' },
          Queue: { Ref: 'Queue' },
          Bucket: { Ref: 'Bucket' },
        },
      },
    }),
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'grants',
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: { Version: '2012-10-17', Statement: statements },
      },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    },
    Queue: queue,
    Bucket: { Type: 'AWS::S3::Bucket' },
    // The connection is plain HTTP on the loopback address, and has to count as TLS.
    TlsOnly: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
  },
});

const allow = (Action: string, Resource: object | string): object => ({ Effect: 'Allow', Action, Resource });

/** What a function may do is what its execution role allows. */
export function permissionTests({ stacks, client }: Fixture): void {
  const lambda = new LambdaClient(client);

  const invoke = async (stack: string): Promise<unknown> => {
    const FunctionName = await stacks.physicalId(stack, 'Function');
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };

  describe('permissions', () => {
    it('of a role are all that its function has', async () => {
      await stacks.deploy('permissions', template([allow('sqs:ListQueues', '*')]));
      expect(await invoke('permissions')).toEqual({
        secret: 'AccessDeniedException',
        table: 'AccessDeniedException',
        queue: expect.stringContaining('AccessDenied'),
        batch: expect.stringContaining('AccessDenied'),
        put: 'AccessDenied',
        get: 'AccessDenied',
      });

      await stacks.deploy(
        'permissions',
        template([
          allow('secretsmanager:GetSecretValue', { Ref: 'Secret' }),
          allow('dynamodb:PutItem', { 'Fn::GetAtt': ['Table', 'Arn'] }),
          allow('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
          allow('s3:PutObject', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/in/*']] }),
          allow('s3:GetObject', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/out/*']] }),
        ]),
      );
      expect(await invoke('permissions')).toEqual({
        secret: 'allowed',
        table: 'allowed',
        queue: 'allowed',
        batch: 'allowed',
        put: 'allowed',
        get: 'AccessDenied',
      });
    });

    it.each([
      ['x', 'allowed'],
      ['another', 'AccessDeniedException'],
    ])('on the items of partition key "%s", where one of "x" is written: %s', async (key, outcome) => {
      const onlyItems = {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      };
      const statement = {
        ...allow('dynamodb:PutItem', { 'Fn::GetAtt': ['Table', 'Arn'] }),
        Condition: onlyItems,
      };
      await stacks.deploy('permissions', template([statement]));
      expect(await invoke('permissions')).toMatchObject({ table: outcome });
    });
  });
}

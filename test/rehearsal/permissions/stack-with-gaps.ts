import { assumedBy } from '../aws/conformance/templates.ts';

const code = `
  const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
  const { S3Client, ListObjectsV2Command, PutObjectCommand } = require('@aws-sdk/client-s3');
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  exports.handler = async () => {
    const { SECRET, BUCKET, QUEUE } = process.env;
    const s3 = new S3Client();
    await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: SECRET }));
    await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'AWSLogs/' }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'AWSLogs/file', Body: 'x' }));
    await new SQSClient().send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: 'x' }));
  };`;

const att = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] });
const ref = (resource: string) => ({ Ref: resource });
const joined = (...parts: (string | object)[]) => ({ 'Fn::Join': ['', parts] });
const statement = (Action: string | string[], Resource: object, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const via = (service: string) => ({
  Condition: {
    StringEquals: { 'kms:ViaService': joined(service, '.', ref('AWS::Region'), '.amazonaws.com') },
  },
});

/** Lacks two permissions: to use the key for the bucket, and to send the message. Has one that it does not need. */
export const template = {
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: joined('arn:aws:iam::', ref('AWS::AccountId'), ':root') },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x', KmsKeyId: att('Key') } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: att('Key') } },
          ],
        },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue' },
    Logs: { Type: 'AWS::Logs::LogGroup' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: assumedBy('lambda.amazonaws.com'),
        Policies: [
          {
            PolicyName: 'Permissions',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                statement(['logs:CreateLogStream', 'logs:PutLogEvents'], att('Logs')),
                statement('secretsmanager:GetSecretValue', ref('Secret')),
                statement('kms:Decrypt', att('Key'), via('secretsmanager')),
                statement(['s3:ListBucket', 's3:DeleteBucket'], att('Bucket')),
                statement('s3:PutObject', joined(att('Bucket'), '/*')),
              ],
            },
          },
        ],
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: att('Role'),
        Code: { ZipFile: code },
        LoggingConfig: { LogGroup: ref('Logs') },
        Timeout: 20,
        Environment: { Variables: { SECRET: ref('Secret'), BUCKET: ref('Bucket'), QUEUE: ref('Queue') } },
      },
    },
  },
  Outputs: {
    Function: { Value: ref('Function') },
    Bucket: { Value: att('Bucket') },
    Queue: { Value: att('Queue') },
    Key: { Value: att('Key') },
  },
};

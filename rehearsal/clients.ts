import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from './aws/local-aws.ts';

/** The AWS clients of the rehearsal itself, all of them on the local AWS. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudTrail: CloudTrailClient;
  readonly dynamoDb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

export function clientsOf(aws: LocalAws): Clients {
  const configuration = {
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: {
      accessKeyId: aws.clientEnvironment.AWS_ACCESS_KEY_ID ?? 'test',
      secretAccessKey: aws.clientEnvironment.AWS_SECRET_ACCESS_KEY ?? 'test',
    },
  };
  return {
    cloudFormation: new CloudFormationClient(configuration),
    cloudTrail: new CloudTrailClient(configuration),
    dynamoDb: new DynamoDBClient(configuration),
    kms: new KMSClient(configuration),
    lambda: new LambdaClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    // A bucket's name in the path: names below a loopback address do not resolve.
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient(configuration),
    sns: new SNSClient(configuration),
    sqs: new SQSClient(configuration),
  };
}

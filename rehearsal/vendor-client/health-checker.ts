/** Stands in for the client's health checker: looks at the bucket's notification and its sender, and reports. */
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { post, variable } from './service.ts';

const s3 = new S3Client({});
const lambda = new LambdaClient({});

export async function handler(): Promise<void> {
  const sender = variable('LAMBDA_ARN');
  const { LambdaFunctionConfigurations = [] } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: variable('S3_BUCKET_NAME') }),
  );
  const { State = 'Unknown' } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: sender }),
  );
  const [, , , region = '', accountId = ''] = sender.split(':');
  await post(
    '/api/heartbeats',
    JSON.stringify({
      accountId,
      region,
      stackId: variable('STACK_ID'),
      version: 'stand-in',
      checks: {
        notified: LambdaFunctionConfigurations.some(({ LambdaFunctionArn }) => LambdaFunctionArn === sender),
        sender: State,
      },
    }),
  );
}

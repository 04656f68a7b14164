/**
 * Stands in for the client's lifecycle event: writes the bucket's notification configuration, and tells the service.
 *
 * Assumed: that it writes the whole document without looking (its role may not read one), and that it leaves its
 * entry behind when the stack is deleted, which is the harder case for whoever cleans up.
 */
import { PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { post } from './service.ts';

const s3 = new S3Client({});
const WORDS = { Create: 'created', Update: 'updated', Delete: 'deleted' } as const;

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    if (event.RequestType === 'Delete') {
      await sayGoodbye(event);
    } else {
      await listenToBucket(event);
      await tell(event);
    }
    await answer(event, 'SUCCESS');
  } catch (error) {
    // CloudFormation must be told: it waits for an hour otherwise.
    await answer(event, 'FAILED', `StackLifecycleEvent: ${(error as Error).message}`);
  }
}

async function listenToBucket({ ResourceProperties }: CloudFormationCustomResourceEvent): Promise<void> {
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: ResourceProperties.ExistingCloudtrailBucketName,
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          { Events: ['s3:ObjectCreated:*'], LambdaFunctionArn: ResourceProperties.SenderLambdaFunctionArn },
        ],
      },
    }),
  );
}

/** Assumed: that a service which does not listen any more does not keep the stack from going. */
async function sayGoodbye(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    await tell(event);
  } catch (error) {
    console.warn(`The service was not told that the stack goes: ${(error as Error).message}`);
  }
}

async function tell({ RequestType, StackId }: CloudFormationCustomResourceEvent): Promise<void> {
  const [, , , region, accountId] = StackId.split(':');
  await post(
    '/api/lifecycle',
    JSON.stringify({ accountId, region, stackId: StackId, event: WORDS[RequestType] }),
  );
}

async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CloudFormationCustomResourceEvent,
  Status: 'SUCCESS' | 'FAILED',
  Reason?: string,
): Promise<void> {
  await fetch(ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status,
      Reason,
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId: LogicalResourceId,
    }),
  });
}

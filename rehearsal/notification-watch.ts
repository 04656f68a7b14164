/** Another tool overwrites the bucket's notifications, and the watch over them puts that right. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';
import { physicalIdOf } from './stack-resources.ts';

const WATCH = /NotificationWatchFunction/;

/**
 * Takes EventBridge out of the bucket's notification document, as a tool does that knows nothing of it, and calls the
 * watch without waiting for its schedule.
 *
 * @returns what is wrong afterwards.
 */
export async function overwriteAndRepair(
  clients: Clients,
  { stackName, bucket, lateObjectsQueueUrl }: WatchedStack,
): Promise<readonly string[]> {
  const read = () => clients.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
  const { $metadata, EventBridgeConfiguration: _, ...others } = await read();
  await clients.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: others,
      SkipDestinationValidation: true,
    }),
  );
  const listingsBefore = await waitingListings(clients, lateObjectsQueueUrl);
  const { FunctionError } = await clients.lambda.send(
    new InvokeCommand({
      FunctionName: await physicalIdOf(clients, stackName, 'AWS::Lambda::Function', WATCH),
      Payload: '{}',
    }),
  );

  const problems = FunctionError === undefined ? [] : ['The watch over notifications failed; see its log.'];
  if ((await read()).EventBridgeConfiguration === undefined) {
    problems.push(
      'EventBridge was switched off, and the watch over notifications has not switched it on again.',
    );
  }
  if ((await waitingListings(clients, lateObjectsQueueUrl)) !== listingsBefore + 1) {
    problems.push('What was stored while EventBridge was off is not going to be listed.');
  }
  return problems;
}

export interface WatchedStack {
  readonly stackName: string;
  readonly bucket: string;
  readonly lateObjectsQueueUrl: string;
}

/** Those that are held back until the change has taken effect. */
async function waitingListings({ sqs }: Clients, queueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0);
}

/** Another tool overwrites the bucket's notifications, and the watch over them puts that right. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';
import { bucketClients, putNotification } from './existing-bucket.ts';
import { physicalIdOf } from './stack-resources.ts';
import type { Stage } from './stage.ts';

const WATCH = /NotificationWatchFunction/;

/**
 * Takes EventBridge out of the bucket's notification document, as a tool does that knows nothing of it, and calls the
 * watch without waiting for its schedule. A bucket in another region is its owner's to repair, who does, and the watch
 * sees that.
 *
 * @returns what is wrong afterwards.
 */
export async function overwriteAndRepair(
  stage: Stage,
  { stackName, bucket, lateObjectsQueueUrl }: WatchedStack,
): Promise<readonly string[]> {
  const { clients, bucketRegion } = stage;
  const there = bucketClients(stage);
  const isOn = async () => {
    const document = await there.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
    return document.EventBridgeConfiguration !== undefined;
  };
  await putNotification(there, bucket, 'off');
  const listingsBefore = await waitingListings(clients, lateObjectsQueueUrl);
  const problems = await callWatch(clients, stackName);
  if (bucketRegion !== undefined) {
    if (await isOn()) {
      problems.push('The watch over notifications has changed a bucket in another region.');
    }
    await putNotification(there, bucket, 'on');
    problems.push(...(await callWatch(clients, stackName)));
  }
  if (!(await isOn())) {
    problems.push(
      'EventBridge was switched off, and the watch over notifications has not switched it on again.',
    );
  }
  if ((await waitingListings(clients, lateObjectsQueueUrl)) !== listingsBefore + 1) {
    problems.push('What was stored while EventBridge was off is not going to be listed.');
  }
  return problems;
}

async function callWatch(clients: Clients, stackName: string): Promise<string[]> {
  const { FunctionError } = await clients.lambda.send(
    new InvokeCommand({
      FunctionName: await physicalIdOf(clients, stackName, 'AWS::Lambda::Function', WATCH),
      Payload: '{}',
    }),
  );
  return FunctionError === undefined ? [] : ['The watch over notifications failed; see its log.'];
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

import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { askAws } from './aws.ts';

/** Messages of a queue, approximately: SQS promises no more. */
export interface QueueDepth {
  readonly waiting: number;
  /** Received and not deleted. */
  readonly inFlight: number;
  /** Held back until later, as a rate limit asks. */
  readonly delayed: number;
}

export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await askAws('SQS', () =>
    sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    ),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

export function allOf({ waiting, inFlight, delayed }: QueueDepth): number {
  return waiting + inFlight + delayed;
}

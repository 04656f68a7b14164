import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Messages of a queue, approximately: SQS promises no more. */
export interface QueueDepth {
  readonly waiting: number;
  /** Received and not deleted. */
  readonly inFlight: number;
  /** Held back until later, as a rate limit asks. */
  readonly delayed: number;
}

/** @throws what the SDK throws where SQS refuses or cannot be reached. */
export async function queueDepth(
  sqs: SQSClient,
  queueUrl: string,
  abortSignal?: AbortSignal,
): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  const { Attributes = {} } = await sqs.send(command, { abortSignal });
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** All messages that a queue holds, whatever becomes of them at present. */
export function allOf({ waiting, inFlight, delayed }: QueueDepth): number {
  return waiting + inFlight + delayed;
}

/** Asking for objects to be listed and queued of which no event may have come. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ListingRequest } from '../../../contract/listing.ts';
import { explainAwsError } from '../aws-errors.ts';

export interface ListingQueue {
  readonly sqs: SQSClient;
  readonly lateObjectsQueueUrl: string;
}

const MINUTE_MS = 60_000;
/** For clocks that differ. */
export const CLOCK_MARGIN_MS = MINUTE_MS;
/** S3 takes about five minutes to act on the change (Amazon S3 User Guide, "Enabling Amazon EventBridge"). */
const TAKES_EFFECT_WITHIN_MS = 14 * MINUTE_MS;
/** The longest that SQS holds a message back, in seconds. */
const LIST_AFTER_SECONDS = 900;

/**
 * Has the objects listed that were stored from a time on until EventBridge, which is just switched on, has taken
 * effect. They are listed after that.
 *
 * @param from milliseconds since 1970.
 */
export async function queueGap(
  queue: ListingQueue,
  bucket: string,
  from: number,
  signal: AbortSignal,
): Promise<void> {
  const request = spanOf(bucket, from - CLOCK_MARGIN_MS, Date.now() + TAKES_EFFECT_WITHIN_MS);
  await queueListing(queue, request, signal, LIST_AFTER_SECONDS);
}

/** @param from, before milliseconds since 1970. */
export function spanOf(bucket: string, from: number, before: number): ListingRequest {
  return {
    bucket,
    storedFrom: new Date(from).toISOString(),
    storedBefore: new Date(before).toISOString(),
  };
}

export async function queueListing(
  { sqs, lateObjectsQueueUrl }: ListingQueue,
  request: ListingRequest,
  signal: AbortSignal,
  delaySeconds = 0,
): Promise<void> {
  const command = new SendMessageCommand({
    QueueUrl: lateObjectsQueueUrl,
    MessageBody: JSON.stringify(request),
    DelaySeconds: delaySeconds,
  });
  try {
    await sqs.send(command, { abortSignal: signal });
  } catch (error) {
    throw explainAwsError('sqs:SendMessage to the queue of late objects', error, signal);
  }
}

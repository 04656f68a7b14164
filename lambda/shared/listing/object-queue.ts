import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type ObjectReference, objectMessageOf } from '../../../contract/object-message.ts';
import { withRetries } from '../retry.ts';

/** SQS would not take some messages, several times over. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** Messages that SQS takes in one call. */
const BATCH = 10;
const ATTEMPTS = 4;

/**
 * Queues objects to be forwarded.
 *
 * @param delays seconds that each is held back in the queue, 900 at most. @default none
 * @throws QueueError where SQS refuses some for good; those before them are queued then, which does no harm:
 * what is queued twice is forwarded once.
 */
export async function queueObjects(
  sqs: SQSClient,
  queueUrl: string,
  objects: readonly ObjectReference[],
  signal: AbortSignal,
  delays: readonly number[] = [],
): Promise<void> {
  const messages = objects.map((object, index) => ({
    MessageBody: JSON.stringify(objectMessageOf(object)),
    DelaySeconds: delays[index],
  }));
  for (let start = 0; start < messages.length; start += BATCH) {
    let waiting = messages.slice(start, start + BATCH);
    const sendWaiting = async () => {
      const { Failed = [] } = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: waiting.map((message, index) => ({ Id: String(index), ...message })),
        }),
        { abortSignal: signal },
      );
      waiting = Failed.flatMap(({ Id }) => waiting[Number(Id)] ?? []);
      if (waiting.length > 0) {
        throw new QueueError(
          `SQS did not take ${waiting.length} messages (${Failed[0]?.Code}: ${Failed[0]?.Message}).`,
        );
      }
    };
    await withRetries(sendWaiting, {
      attempts: ATTEMPTS,
      signal,
      decide: (error) => ({ retry: error instanceof QueueError }),
    });
  }
}

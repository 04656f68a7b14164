/** When a message that failed comes back. */
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';

/**
 * Seconds until the next receive, by the number of receives so far. Without it a message comes back only
 * after the queue's visibility time-out, which is made for a function that died: too long for a hiccup, and
 * all at once. Together they outlast a short outage of the destination.
 */
const DELAYS_SECONDS = [60, 240, 720, 1800];
/** So that what failed together does not come back together. */
const JITTER = 0.25;
/** The most that SQS takes in one call. */
const BATCH = 10;

export class Redelivery {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;

  constructor(client: Pick<SQSClient, 'send'>, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** Never rejects: a message whose time could not be set comes back after the visibility time-out. */
  async schedule(messages: readonly SQSRecord[], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < messages.length; start += BATCH) {
      await this.#schedule(messages.slice(start, start + BATCH), signal);
    }
  }

  async #schedule(messages: readonly SQSRecord[], signal: AbortSignal): Promise<void> {
    try {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.#queueUrl,
        Entries: messages.map(({ messageId, receiptHandle, attributes }) => ({
          Id: messageId,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: delaySeconds(Number(attributes.ApproximateReceiveCount)),
        })),
      });
      const { Failed = [] } = await settleBy(this.#client.send(command, { abortSignal: signal }), signal);
      if (Failed.length > 0) {
        logger.warn('Some redeliveries could not be scheduled', { failed: Failed.map(({ Code }) => Code) });
      }
    } catch (error) {
      // They come back all the same, only later.
      logger.warn('Redelivery could not be scheduled', { error: error as Error });
    }
  }
}

/** @param receives how often the message has been received, 1 or more. */
export function delaySeconds(receives: number, random: () => number = Math.random): number {
  const delay = DELAYS_SECONDS[Math.min(receives, DELAYS_SECONDS.length) - 1] ?? 0;
  return Math.round(delay * (1 - JITTER * random()));
}

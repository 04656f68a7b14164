/** Sets when messages come back. */
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';

/** A message that is not done. */
export interface Return {
  readonly message: SQSRecord;
  /** Until it can be received again. */
  readonly delaySeconds: number;
}

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
  async schedule(returns: readonly Return[], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < returns.length; start += BATCH) {
      await this.#schedule(returns.slice(start, start + BATCH), signal);
    }
  }

  async #schedule(returns: readonly Return[], signal: AbortSignal): Promise<void> {
    try {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.#queueUrl,
        Entries: returns.map(({ message: { messageId, receiptHandle }, delaySeconds }) => ({
          Id: messageId,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: delaySeconds,
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

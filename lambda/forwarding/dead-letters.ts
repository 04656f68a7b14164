import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  DEAD_LETTER_ATTRIBUTES,
  type PoisonReason,
  type RetryableReason,
} from '../../contract/forwarding.ts';

export interface DeadLetter {
  /** The message's body, unchanged, so that it can be redriven. */
  readonly body: string;
  readonly reason: PoisonReason | RetryableReason;
  /** A sentence for a person. */
  readonly detail: string;
}

const MAXIMUM_DETAIL_CHARACTERS = 2000;
/** What SQS takes in text: the characters of XML 1.0. */
const NOT_TAKEN_BY_SQS = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Puts messages aside that cannot be forwarded. */
export class DeadLetters {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;

  constructor(client: Pick<SQSClient, 'send'>, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** @throws whatever SQS throws: then the message must not count as done. */
  async put({ body, reason, detail }: DeadLetter, signal: AbortSignal): Promise<void> {
    const text = detail.replace(NOT_TAKEN_BY_SQS, ' ').slice(0, MAXIMUM_DETAIL_CHARACTERS);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: body,
        MessageAttributes: {
          [DEAD_LETTER_ATTRIBUTES.reason]: { DataType: 'String', StringValue: reason },
          [DEAD_LETTER_ATTRIBUTES.detail]: { DataType: 'String', StringValue: text || reason },
        },
      }),
      { abortSignal: signal },
    );
  }
}

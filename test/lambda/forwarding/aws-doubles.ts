/** Doubles of the AWS services behind `aws-sdk-client-mock`; whatever they do not know makes them throw. */
import { Readable } from 'node:stream';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, type GetObjectCommandInput, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { ForwarderTable } from '../../stand-ins/dynamodb/forwarder-table.ts';

export interface SentDeadLetter {
  readonly body: string;
  readonly reason: string;
  readonly detail: string;
}

/** The account's services, as the functions see them. */
export class AwsDoubles {
  readonly table = new ForwarderTable();
  /** Content by key. An `Error` is thrown. */
  readonly objects = new Map<string, Buffer | Error>();
  readonly reads: GetObjectCommandInput[] = [];
  readonly deadLetters: SentDeadLetter[] = [];
  /** What `GetSecretValue` answers, one after the other; the last stays. */
  tokens = ['first-token'];
  /** When the tokens were stored. */
  tokenStoredAt = new Date();
  deadLetterQueueFails = false;
  /** Seconds until the next receive, by message id. */
  readonly redeliveries = new Map<string, number>();
  redeliveryFails = false;
  /** The services that never answer, and disregard their signals. */
  readonly hanging = new Set<'ledger' | 'queues' | 'secrets'>();
  secretReads = 0;

  constructor() {
    const [s3, dynamo, sqs, secrets] = [S3Client, DynamoDBClient, SQSClient, SecretsManagerClient].map(
      (client) =>
        mockClient(client as typeof S3Client).rejects(new Error('a call that the test does not expect')),
    ) as unknown as [ReturnType<typeof mockClient>, ...ReturnType<typeof mockClient>[]];
    s3?.on(GetObjectCommand).callsFake((input: GetObjectCommandInput) => this.#getObject(input));
    dynamo?.on(UpdateItemCommand).callsFake((input) => this.#hang('ledger') ?? this.table.updateItem(input));
    dynamo?.on(GetItemCommand).callsFake((input) => this.#hang('ledger') ?? this.table.getItem(input));
    sqs?.on(SendMessageCommand).callsFake((input) => this.#hang('queues') ?? this.#sendMessage(input));
    sqs
      ?.on(ChangeMessageVisibilityBatchCommand)
      .callsFake((input) => this.#hang('queues') ?? this.#changeVisibility(input));
    secrets?.on(GetSecretValueCommand).callsFake(() => {
      const hanging = this.#hang('secrets');
      if (hanging !== undefined) {
        return hanging;
      }
      const value = this.tokens[Math.min(this.secretReads, this.tokens.length - 1)];
      this.secretReads += 1;
      return { SecretString: value, CreatedDate: this.tokenStoredAt };
    });
  }

  #hang(service: 'ledger' | 'queues' | 'secrets'): Promise<never> | undefined {
    return this.hanging.has(service) ? new Promise(() => undefined) : undefined;
  }

  #getObject(input: GetObjectCommandInput) {
    this.reads.push(input);
    const content =
      this.objects.get(input.Key ?? '') ??
      new NoSuchKey({ message: 'no such key', $metadata: { httpStatusCode: 404 } });
    if (content instanceof Error) {
      throw content;
    }
    const chunks: Buffer[] = [];
    for (let at = 0; at < content.length; at += 16_384) {
      chunks.push(content.subarray(at, at + 16_384));
    }
    return { Body: Readable.from(chunks), ContentLength: content.length };
  }

  #changeVisibility({ Entries = [] }: ChangeMessageVisibilityBatchCommandInput) {
    if (this.redeliveryFails) {
      throw new Error('the queue is away');
    }
    for (const { Id = '', VisibilityTimeout = 0 } of Entries) {
      this.redeliveries.set(Id, VisibilityTimeout);
    }
    return {};
  }

  #sendMessage(input: {
    MessageBody: string;
    MessageAttributes: Record<'Reason' | 'Detail', { StringValue: string }>;
  }) {
    if (this.deadLetterQueueFails) {
      throw new Error('the queue is away');
    }
    this.deadLetters.push({
      body: input.MessageBody,
      reason: input.MessageAttributes.Reason.StringValue,
      detail: input.MessageAttributes.Detail.StringValue,
    });
    return {};
  }
}

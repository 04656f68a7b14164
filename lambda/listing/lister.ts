/** What the lister works with, whoever has asked for a listing. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { BackfillTurn } from '../../contract/backfill.ts';
import type { ListingRequest } from '../../contract/listing.ts';

export interface ListerServices {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  readonly ledgerTable: string;
  readonly forwardingQueueUrl: string;
  /** Where the rest of a listing goes when time runs out. */
  readonly lateObjectsQueueUrl: string;
  /** Key prefixes of the trails that are known to write to the bucket. */
  readonly keyPrefixes: readonly string[];
  /** Whether there is time for another page. */
  readonly hasTime: () => boolean;
  readonly signal: AbortSignal;
}

/** Has another invocation go on. */
export async function continueLater(
  { sqs, lateObjectsQueueUrl, signal }: Pick<ListerServices, 'sqs' | 'lateObjectsQueueUrl' | 'signal'>,
  rest: ListingRequest | BackfillTurn,
  delaySeconds = 0,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: lateObjectsQueueUrl,
      MessageBody: JSON.stringify(rest),
      DelaySeconds: delaySeconds,
    }),
    { abortSignal: signal },
  );
}

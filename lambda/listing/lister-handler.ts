import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSHandler } from 'aws-lambda';
import { backfillTurnSchema } from '../../contract/backfill.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import { listerEnvironment, listingRequestSchema } from '../../contract/listing.ts';
import { AWS_PATIENCE, S3_PATIENCE } from '../shared/aws-patience.ts';
import { continueBackfill } from './backfill.ts';
import { queueStoredObjects } from './late-objects.ts';

const environment = parseEnvironment(listerEnvironment, process.env);
const s3 = new S3Client({ ...S3_PATIENCE, region: environment.BUCKET_REGION });
const sqs = new SQSClient(AWS_PATIENCE);
const dynamoDb = new DynamoDBClient(AWS_PATIENCE);

/** Kept back for the page under way and for the message that continues it. */
const RESERVE_MS = 30_000;
/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 2_000;

/**
 * Lists what the messages ask for. The queue's mapping must have a batch size of 1, so that a failure
 * repeats one request only; after its last receive the message goes to the queue's dead-letter queue.
 */
export const handler: SQSHandler = async (event, context) => {
  const services = {
    s3,
    sqs,
    dynamoDb,
    ledgerTable: environment.LEDGER_TABLE,
    forwardingQueueUrl: environment.FORWARDING_QUEUE_URL,
    lateObjectsQueueUrl: environment.LATE_OBJECTS_QUEUE_URL,
    keyPrefixes: environment.TRAIL_PREFIXES,
    hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MS,
    signal: AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS)),
  };
  for (const { body } of event.Records) {
    const message: unknown = JSON.parse(body);
    const turn = backfillTurnSchema.safeParse(message);
    if (turn.success) {
      await continueBackfill(turn.data, services);
    } else {
      await queueStoredObjects(listingRequestSchema.parse(message), services);
    }
  }
};

import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { completenessEnvironment } from '../../contract/completeness-round.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../shared/aws-patience.ts';
import { queueObjects } from '../shared/listing/object-queue.ts';
import { completenessServices } from './adapters/services.ts';
import { CheckMemory } from './check-memory.ts';
import { completenessMetrics } from './completeness-metrics.ts';
import { goRound, type RoundServices } from './round.ts';

const environment = parseEnvironment(completenessEnvironment, process.env);
const { BUCKET_NAME: bucket, LEDGER_TABLE: table, FORWARDING_QUEUE_URL: queueUrl } = environment;
// It follows a chain of digests into another bucket, wherever that is.
const s3 = new S3Client({
  ...S3_READING_PATIENCE,
  region: environment.BUCKET_REGION,
  followRegionRedirects: true,
});
const dynamoDb = new DynamoDBClient(AWS_PATIENCE);
const sqs = new SQSClient(AWS_PATIENCE);
const metrics = completenessMetrics(environment.STACK_NAME);

/** Kept back for the digest under way. */
const RESERVE_MS = 60_000;
/** Kept back for remembering how far it came, however things hang. */
const MEMORY_RESERVE_MS = 15_000;
/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 2_000;

/** Called on a schedule, it goes on with the round through the bucket; what it is called with says nothing. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const until = (reserveMs: number) =>
    AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs));
  const signal = until(MEMORY_RESERVE_MS);
  const listing = { s3, bucket, signal };
  const services: RoundServices = {
    listing,
    services: completenessServices({
      home: listing,
      dynamoDb,
      table,
      cloudTrailOf: (region) => new CloudTrailClient({ ...AWS_PATIENCE, region }),
    }),
    memory: new CheckMemory(dynamoDb, table, bucket, until(ANSWER_RESERVE_MS)),
    queue: (objects) => queueObjects(sqs, queueUrl, objects, signal),
    prefixes: environment.TRAIL_PREFIXES,
    tellTampered: metrics.tampered,
    hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MS,
    now: () => new Date(),
  };
  const startedAt = services.now().toISOString();
  const memory = await goRound(services);
  metrics.standing(memory, memory.last !== undefined && memory.last.endedAt >= startedAt, services.now());
}

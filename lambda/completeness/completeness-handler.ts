import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import type { CompletenessResult } from '../../contract/completeness.ts';
import { completenessEnvironment, completenessRequestSchema } from '../../contract/completeness-round.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import { queueObjects } from '../shared/listing/object-queue.ts';
import { logger } from '../shared/logger.ts';
import { completenessServices } from './adapters/services.ts';
import { CheckMemory } from './check-memory.ts';
import { completenessMetrics } from './completeness-metrics.ts';
import { checkSpan, goRound, type RoundServices } from './round.ts';

const environment = parseEnvironment(completenessEnvironment, process.env);
const { BUCKET_NAME: bucket, LEDGER_TABLE: table, FORWARDING_QUEUE_URL: queueUrl } = environment;
// It follows a chain of digests into another bucket, wherever that is.
const s3 = new S3Client({ region: environment.BUCKET_REGION, followRegionRedirects: true });
const dynamoDb = new DynamoDBClient({});
const sqs = new SQSClient({});
const metrics = completenessMetrics(environment.STACK_NAME);

/** Kept back for the digest under way. */
const RESERVE_MS = 60_000;
/** Kept back for remembering how far it came, however things hang. */
const MEMORY_RESERVE_MS = 15_000;
/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 2_000;
/** As much as Lambda gives back of an answer, with room to spare. */
const MAXIMUM_FINDINGS = 20;

/**
 * Called on a schedule, it goes on with the round through the bucket. Called with a span of time, it checks that, and
 * answers with a result for each region.
 */
export async function handler(event: unknown, context: Context): Promise<readonly CompletenessResult[]> {
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
      cloudTrailOf: (region) => new CloudTrailClient({ region }),
    }),
    memory: new CheckMemory(dynamoDb, table, bucket, until(ANSWER_RESERVE_MS)),
    queue: (objects) => queueObjects(sqs, queueUrl, objects, signal),
    prefixes: environment.TRAIL_PREFIXES,
    tellTampered: metrics.tampered,
    hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MS,
    now: () => new Date(),
  };
  const request = completenessRequestSchema.safeParse(event);
  if (request.success) {
    return checkNow(request.data, services);
  }
  const startedAt = services.now().toISOString();
  const memory = await goRound(services);
  metrics.standing(memory, memory.last !== undefined && memory.last.endedAt >= startedAt, services.now());
  return [];
}

async function checkNow(
  span: { readonly from: string; readonly to: string },
  services: RoundServices,
): Promise<readonly CompletenessResult[]> {
  const results: CompletenessResult[] = [];
  for await (const result of checkSpan({ from: new Date(span.from), to: new Date(span.to) }, services)) {
    const { series, verdict, findings } = result;
    logger.info('A region has been checked', { series, verdict });
    const findingsLeftOut = result.findingsLeftOut + Math.max(0, findings.length - MAXIMUM_FINDINGS);
    results.push({ ...result, findings: findings.slice(0, MAXIMUM_FINDINGS), findingsLeftOut });
  }
  return results;
}

/** What the handlers of all sources have in common: `export const handler = collectorHandler(schema, (environment) => collector)`. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { collectorEnvironment } from '../../../contract/archive.ts';
import { parseEnvironment } from '../../../contract/environment.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../../shared/aws-patience.ts';
import { planRun } from '../../shared/deadline.ts';
import { logger } from '../../shared/logger.ts';
import { RawArchive } from '../raw/raw-archive.ts';
import { damageInWords } from '../raw/read-archive.ts';
import { S3ObjectStore } from '../store/s3-object-store.ts';
import { StaleHours } from '../table/stale-hours.ts';
import { Checkpoint } from './checkpoint.ts';
import { collectionMetrics } from './collection-metrics.ts';
import type { Collector } from './collector.ts';
import { runCollector } from './run-collector.ts';

type CollectorHandler = (event: unknown, context: Context) => Promise<void>;

/**
 * Called on a schedule; what it is called with says nothing.
 *
 * The environment is parsed, and the collector made, once, at the function's start.
 *
 * @throws EnvironmentError; the handler throws what the run throws.
 */
export function collectorHandler<Schema extends z.ZodType<z.infer<typeof collectorEnvironment>>, State>(
  schema: Schema,
  collectorOf: (environment: z.infer<Schema>) => Collector<State>,
): CollectorHandler {
  const environment = parseEnvironment(schema, process.env);
  const collector = collectorOf(environment);
  const s3 = new S3Client(S3_READING_PATIENCE);
  const dynamoDb = new DynamoDBClient(AWS_PATIENCE);
  const { RAW_BUCKET: bucket, ARCHIVE_TABLE: table, STACK_NAME: stackName } = environment;
  const { source } = collector;
  const metrics = collectionMetrics(stackName, source);
  const now = () => new Date();

  return async (_event, context) => {
    const plan = planRun(context.getRemainingTimeInMillis());
    const { workSignal: signal } = plan;
    await runCollector(collector, {
      checkpoint: new Checkpoint(
        { dynamoDb, table, signal: plan.closeSignal },
        source,
        collector.state,
        context.awsRequestId,
      ),
      archive: new RawArchive(source, {
        store: new S3ObjectStore({ s3, bucket, signal }),
        staleHours: new StaleHours(dynamoDb, table, signal),
        now,
        onDamage: (damage) => logger.warn('A raw object is damaged', { where: damageInWords(damage) }),
        onUnreadable: (kept) => logger.warn('Kept what cannot be parsed', kept),
      }),
      metrics,
      log: logger,
      now,
      leaseUntil: plan.leaseUntil,
      timeIsUp: plan.timeIsUp,
      signal,
    });
  };
}

/** What the handlers of all sources have in common: `export const handler = collectorHandler(schema, (environment) => collector)`. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { collectorEnvironment } from '../../../contract/archive.ts';
import { parseEnvironment } from '../../../contract/environment.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../../shared/aws-patience.ts';
import { logger } from '../../shared/logger.ts';
import { RawArchive } from '../raw/raw-archive.ts';
import { damageInWords } from '../raw/read-archive.ts';
import { S3ObjectStore } from '../store/s3-object-store.ts';
import { StaleHours } from '../table/stale-hours.ts';
import { Checkpoint } from './checkpoint.ts';
import { collectionMetrics } from './collection-metrics.ts';
import type { Collector } from './collector.ts';
import { runCollector } from './run-collector.ts';

/** Kept back for storing what is held, at the moment that the collector is asked to end. */
const RESERVE_MS = 120_000;
/** Kept back for giving back the lease, however things hang. */
const TABLE_RESERVE_MS = 20_000;
/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 5_000;
/** No reserve takes more than this part of the time, so that a short one is still mostly for the work. */
const MAXIMUM_RESERVE_SHARE = 0.25;
/** For clocks that differ: nothing of the run is left when another takes the lease. */
const CLOCK_MARGIN_MS = 5_000;

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
    const remainingMs = context.getRemainingTimeInMillis();
    const endsAt = Date.now() + remainingMs;
    const leaves = (reserveMs: number) => endsAt - Math.min(reserveMs, remainingMs * MAXIMUM_RESERVE_SHARE);
    const until = (time: number) => AbortSignal.timeout(Math.max(1, Math.round(time - Date.now())));
    const signal = until(leaves(TABLE_RESERVE_MS));
    await runCollector(collector, {
      checkpoint: new Checkpoint(
        { dynamoDb, table, signal: until(leaves(ANSWER_RESERVE_MS)) },
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
      endsAt: endsAt + CLOCK_MARGIN_MS,
      timeIsUp: () => Date.now() >= leaves(RESERVE_MS),
      signal,
    });
  };
}

/** Lambda handler that derives Parquet files from the raw records. It wires; its siblings in derived/ decide. */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { ARCHIVE_TABLE_KEYS, AUDIT_SOURCES, derivationEnvironment } from '../../contract/archive.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import {
  ARCHIVE_METRICS,
  METRIC_NAMESPACE,
  SOURCE_DIMENSION,
  STACK_DIMENSION,
} from '../../contract/metrics.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../shared/aws-patience.ts';
import { logger } from '../shared/logger.ts';
import { isKnown } from './catalogue/catalogue.ts';
import { type DerivationOutcome, derive } from './derived/derive.ts';
import { toOcsf } from './ocsf/to-ocsf.ts';
import { damageInWords, readArchive } from './raw/read-archive.ts';
import { S3ObjectStore } from './store/s3-object-store.ts';
import { LeasedItem } from './table/lease.ts';
import { StaleHours } from './table/stale-hours.ts';

const environment = parseEnvironment(derivationEnvironment, process.env);
const { STACK_NAME, RAW_BUCKET, DERIVED_BUCKET, ARCHIVE_TABLE: table } = environment;
const s3 = new S3Client(S3_READING_PATIENCE);
const dynamoDb = new DynamoDBClient(AWS_PATIENCE);

/** Kept back for the range under way: a day of the largest size takes less. */
const RESERVE_MS = 120_000;
/** Kept back for giving back the lease and for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 10_000;
/** No reserve takes more than this part of the time. */
const MAXIMUM_RESERVE_SHARE = 0.25;
/** For clocks that differ: nothing of the run is left when another takes the lease. */
const CLOCK_MARGIN_MS = 5_000;

/** Called on a schedule; what it is called with says nothing. One run works at a time, and another ends at once. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const remainingMs = context.getRemainingTimeInMillis();
  const endsAt = Date.now() + remainingMs;
  const leaves = (reserveMs: number) => endsAt - Math.min(reserveMs, remainingMs * MAXIMUM_RESERVE_SHARE);
  const signal = AbortSignal.timeout(Math.max(1, Math.round(leaves(ANSWER_RESERVE_MS) - Date.now())));
  const lease = new LeasedItem({ dynamoDb, table }, ARCHIVE_TABLE_KEYS.derivation, context.awsRequestId);
  if (!(await lease.take(endsAt + CLOCK_MARGIN_MS, Date.now())).isOurs) {
    logger.info('Another run derives already');
    return;
  }
  const raw = new S3ObjectStore({ s3, bucket: RAW_BUCKET, signal });
  try {
    await derive(
      {
        store: new S3ObjectStore({ s3, bucket: DERIVED_BUCKET, signal }),
        awsRegion: await s3.config.region(),
        staleHours: new StaleHours(dynamoDb, table, signal),
        read: (source, from, to) =>
          readArchive(raw, {
            sources: [source],
            from,
            to,
            onDamage: (damage) => logger.warn('A raw object is damaged', { where: damageInWords(damage) }),
          }),
        toOcsf,
        isKnown,
        now: () => new Date(),
        timeIsUp: () => Date.now() >= leaves(RESERVE_MS),
      },
      tell,
    );
  } finally {
    await lease.release();
  }
}

const MS_PER_SECOND = 1000;

function tell({ hoursDone, hoursLeft, oldestAge, unknownEvents }: DerivationOutcome): void {
  logger.info('Derived', { hoursDone, hoursLeft });
  const metrics = metricsOf({ [STACK_DIMENSION]: STACK_NAME });
  metrics.addMetric(ARCHIVE_METRICS.derivationAge, MetricUnit.Seconds, Math.round(oldestAge / MS_PER_SECOND));
  metrics.addMetric(ARCHIVE_METRICS.staleHours, MetricUnit.Count, hoursLeft);
  metrics.publishStoredMetrics();
  for (const source of AUDIT_SOURCES) {
    const ofSource = metricsOf({ [STACK_DIMENSION]: STACK_NAME, [SOURCE_DIMENSION]: source });
    ofSource.addMetric(ARCHIVE_METRICS.unknownEvents, MetricUnit.Count, unknownEvents[source]);
    ofSource.publishStoredMetrics();
  }
}

function metricsOf(dimensions: Record<string, string>): Metrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds the dimension `service`, which would part our metrics from their alarms.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions(dimensions);
  return metrics;
}

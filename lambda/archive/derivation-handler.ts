/** Lambda handler that derives Parquet files from the raw records. It wires; its siblings in derived/ decide. */
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { ARCHIVE_TABLE_KEYS, AUDIT_SOURCES, derivationEnvironment } from '../../contract/archive.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import { ARCHIVE_METRICS, SOURCE_DIMENSION } from '../../contract/metrics.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../shared/aws-patience.ts';
import { planRun } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';
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

/** Called on a schedule; what it is called with says nothing. One run works at a time, and another ends at once. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const plan = planRun(context.getRemainingTimeInMillis());
  const { workSignal: signal } = plan;
  const lease = new LeasedItem(
    { dynamoDb, table, signal: plan.closeSignal },
    ARCHIVE_TABLE_KEYS.derivation,
    context.awsRequestId,
  );
  if (!(await lease.take(plan.leaseUntil, Date.now())).isOurs) {
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
        timeIsUp: plan.timeIsUp,
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
  const metrics = stackMetrics(STACK_NAME);
  metrics.addMetric(ARCHIVE_METRICS.derivationAge, MetricUnit.Seconds, Math.round(oldestAge / MS_PER_SECOND));
  metrics.addMetric(ARCHIVE_METRICS.staleHours, MetricUnit.Count, hoursLeft);
  metrics.publishStoredMetrics();
  for (const source of AUDIT_SOURCES) {
    const ofSource = stackMetrics(STACK_NAME, { [SOURCE_DIMENSION]: source });
    ofSource.addMetric(ARCHIVE_METRICS.unknownEvents, MetricUnit.Count, unknownEvents[source]);
    ofSource.publishStoredMetrics();
  }
}

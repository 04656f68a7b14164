import { Aws, Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  ARCHIVE_TABLE_KEYS,
  AUDIT_SOURCES,
  DERIVED_PREFIX,
  derivationEnvironment,
  RAW_PREFIX,
} from '../../contract/archive.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { callOnSchedule, type UndeliveredCalls } from '../shared/schedule.ts';
import { TrailbridgeFunction } from '../shared/trailbridge-function.ts';
import { acknowledgeObjects, type KeyedBucket, listAll, objectsIn, useKeyThroughS3 } from './access.ts';
import { archiveMetric, RUN } from './metrics.ts';

export interface DerivationProps {
  readonly raw: KeyedBucket;
  readonly derived: KeyedBucket;
  readonly table: Table;
  readonly undelivered: UndeliveredCalls;
}

/** A file of Parquet is made in memory, out of all the events of its hours. */
const MEMORY_MB = 2048;

/** A stale hour is derived within minutes; a first collection of a year makes thousands of them. */
const MAXIMUM_AGE = Duration.hours(6);

/** Makes of the raw records what is queried: every five minutes, of the hours that something was added to. */
export class Derivation extends Construct {
  readonly function: TrailbridgeFunction<typeof derivationEnvironment>;

  constructor(scope: Construct, id: string, props: DerivationProps) {
    super(scope, id);
    const { raw, derived, table } = props;
    this.function = new TrailbridgeFunction(this, 'Function', {
      serviceName: 'Derivation',
      handler: 'archive/derivation-handler.ts',
      description: 'Makes Parquet files of the raw records that were added.',
      environmentSchema: derivationEnvironment,
      environment: {
        STACK_NAME: Aws.STACK_NAME,
        RAW_BUCKET: raw.bucket.bucketName,
        DERIVED_BUCKET: derived.bucket.bucketName,
        ARCHIVE_TABLE: table.tableName,
      },
      timeout: RUN,
      memorySize: MEMORY_MB,
      permissions: permissionsOf(props),
    });
    const { role } = this.function;
    const reason = 'Objects are named after the hours of what they hold.';
    acknowledgeObjects(role, raw.bucket, [RAW_PREFIX], reason);
    acknowledgeObjects(role, derived.bucket, [DERIVED_PREFIX], reason);
    callOnSchedule(this, this.function, 'Goes on deriving what was collected.', {
      undelivered: props.undelivered,
    });
    new TrailbridgeAlarm(this, 'DerivationAge', {
      metric: archiveMetric(ARCHIVE_METRICS.derivationAge, { statistic: Stats.MAXIMUM, period: RUN }),
      threshold: MAXIMUM_AGE.toSeconds(),
      description: 'Records were archived six hours ago, or before, and no query finds them yet.',
      // All of them: a stack that is new has told of one period only.
      looks: { toAlarm: 3 },
    });
  }
}

function permissionsOf({ raw, derived, table }: DerivationProps): PolicyStatement[] {
  const items = [ARCHIVE_TABLE_KEYS.derivation.pk, ...AUDIT_SOURCES.map(ARCHIVE_TABLE_KEYS.stale)];
  return [
    listAll(raw.bucket),
    new PolicyStatement({ actions: ['s3:GetObject'], resources: objectsIn(raw.bucket, [RAW_PREFIX]) }),
    useKeyThroughS3(raw.key, 'kms:Decrypt'),
    listAll(derived.bucket),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: objectsIn(derived.bucket, [DERIVED_PREFIX]),
    }),
    useKeyThroughS3(derived.key, 'kms:Decrypt', 'kms:GenerateDataKey'),
    new PolicyStatement({
      actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: leadingKeys('StringEquals', items),
    }),
  ];
}

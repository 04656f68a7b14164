import { Aws, Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type * as z from 'zod';
import {
  ARCHIVE_TABLE_KEYS,
  type AuditSource,
  type collectorEnvironment,
  rawSourcePrefix,
  SOURCE_NAMES,
  unreadableSourcePrefix,
} from '../../contract/archive.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { callOnSchedule, type UndeliveredCalls } from '../shared/schedule.ts';
import { readSecret, TrailbridgeFunction } from '../shared/trailbridge-function.ts';
import { acknowledgeObjects, type KeyedBucket, listFolders, objectsIn, useKeyThroughS3 } from './access.ts';
import { archiveMetric, RUN } from './metrics.ts';

/** What all collectors are given. */
export interface ArchivePlace {
  readonly raw: KeyedBucket;
  readonly table: Table;
  /** Of the secrets: the stack's key, and the user's own. */
  readonly secretKeyArns: readonly string[];
  /** Takes the calls that a schedule cannot deliver. */
  readonly undelivered: UndeliveredCalls;
  /** Another value has the function begin anew, and so read its secret again. */
  readonly revision: string;
}

type CollectorEnvironment = typeof collectorEnvironment;
type Own<Environment extends z.ZodObject> = Omit<
  Record<keyof z.input<Environment>, string>,
  keyof z.input<CollectorEnvironment>
>;

export interface CollectorProps<Environment extends z.ZodObject> {
  readonly source: AuditSource;
  readonly handler: string;
  readonly place: ArchivePlace;
  readonly environmentSchema: Environment;
  /** What only this source's collector needs. */
  readonly environment: Own<Environment>;
  readonly secretArn: string;
}

/** Records that are held, the ids of hours, and what is compressed: `npm run bench` saw 340 MB for 60,000 records. */
const MEMORY_MB = 512;

/** Collecting goes well where everything is known but for the last day: long before any vendor forgets. */
const MAXIMUM_AGE = Duration.days(1);

/** Collects one vendor's audit log every five minutes. Its id names the source in its alarms, too. */
export class Collector<Environment extends z.ZodObject> extends Construct {
  readonly function: TrailbridgeFunction<Environment>;
  readonly schedule: Rule;
  readonly #source: AuditSource;

  constructor(scope: Construct, id: string, props: CollectorProps<Environment>) {
    super(scope, id);
    const { source, place } = props;
    this.#source = source;
    const environment = {
      STACK_NAME: Aws.STACK_NAME,
      RAW_BUCKET: place.raw.bucket.bucketName,
      ARCHIVE_TABLE: place.table.tableName,
      ...props.environment,
    };
    this.function = new TrailbridgeFunction(this, 'Function', {
      serviceName: `${id}Collector`,
      handler: props.handler,
      description: `Collects the audit log of ${SOURCE_NAMES[source]}.`,
      environmentSchema: props.environmentSchema,
      environment: environment as Record<keyof z.input<Environment>, string>,
      timeout: RUN,
      memorySize: MEMORY_MB,
      permissions: [...permissionsOf(props), ...readSecret([props.secretArn], place.secretKeyArns)],
    });
    this.function.function.addEnvironment('REVISION', place.revision);
    acknowledgeObjects(
      this.function.role,
      place.raw.bucket,
      foldersOf(source),
      'Objects are named after the hour of what they hold; none but this source’s may be read or written.',
    );
    this.schedule = callOnSchedule(this, this.function, `Goes on collecting from ${SOURCE_NAMES[source]}.`, {
      undelivered: place.undelivered,
    });
    this.alarms(id, source);
  }

  /**
   * Adds an alarm on what the collector tells of now and then: it goes off at once, and for a day everyone can see it.
   *
   * @param name behind the collector's own
   */
  alarmOn(
    name: string,
    metric: (typeof ARCHIVE_METRICS)[keyof typeof ARCHIVE_METRICS],
    description: string,
  ): void {
    new TrailbridgeAlarm(this, `${this.node.id}${name}`, {
      metric: archiveMetric(metric, {
        source: this.#source,
        statistic: Stats.SUM,
        period: Duration.days(1),
      }),
      threshold: 0,
      description,
    });
  }

  private alarms(name: string, source: AuditSource): void {
    const vendor = SOURCE_NAMES[source];
    new TrailbridgeAlarm(this, `${name}CollectionFailed`, {
      // The least: a period in which one run succeeded is a good one.
      metric: archiveMetric(ARCHIVE_METRICS.collectionFailed, {
        source,
        statistic: Stats.MINIMUM,
        period: RUN,
      }),
      threshold: 0,
      description: `For three quarters of an hour nothing could be collected from ${vendor}.`,
      // All of them: silence is failure, but a stack that is new has told of one period only.
      looks: { toAlarm: 3 },
    });
    // Silence of these three is for the one above.
    new TrailbridgeAlarm(this, `${name}CollectionAge`, {
      // Twice a run, so that no period is without one.
      metric: archiveMetric(ARCHIVE_METRICS.collectionAge, {
        source,
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(2 * RUN.toMinutes()),
      }),
      threshold: MAXIMUM_AGE.toSeconds(),
      description: `What happened at ${vendor} more than a day ago is not collected yet.`,
    });
    this.alarmOn(
      'RecordsUnreadable',
      ARCHIVE_METRICS.recordsUnreadable,
      `Something that ${vendor} gave could not be parsed. It is kept as it came.`,
    );
    this.alarmOn(
      'RecordsUndated',
      ARCHIVE_METRICS.recordsUndated,
      `Records of ${vendor} have no time that is understood. They are archived, under 2000-01-01.`,
    );
    this.alarmOn(
      'EventsUnknown',
      ARCHIVE_METRICS.unknownEvents,
      `${vendor} has events that the catalogue does not know. They are archived all the same.`,
    );
  }
}

function foldersOf(source: AuditSource): string[] {
  return [rawSourcePrefix(source), unreadableSourcePrefix(source)];
}

/** Reads and adds; may neither delete, nor shorten a retention, nor touch what is another source's. */
function permissionsOf<Environment extends z.ZodObject>({
  source,
  place: { raw, table },
}: CollectorProps<Environment>): PolicyStatement[] {
  const folders = foldersOf(source);
  return [
    listFolders(raw.bucket, folders),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: objectsIn(raw.bucket, folders),
    }),
    useKeyThroughS3(raw.key, 'kms:Decrypt', 'kms:GenerateDataKey'),
    new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: leadingKeys('StringEquals', [
        ARCHIVE_TABLE_KEYS.checkpoint(source).pk,
        ARCHIVE_TABLE_KEYS.stale(source),
      ]),
    }),
  ];
}

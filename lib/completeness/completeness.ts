import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { COMPLETENESS_KEYS, completenessEnvironment } from '../../contract/completeness-round.ts';
import { COMPLETENESS_METRICS, METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { callOnSchedule } from '../shared/schedule.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeFunction } from '../shared/trailbridge-function.ts';

export interface CompletenessProps {
  /** The bucket that CloudTrail writes to. */
  readonly bucketName: string;

  /** Where that is, which need not be the stack's region. */
  readonly bucketRegion: string;

  /** Key prefixes of the trails that are known to write to it: a JSON array. */
  readonly keyPrefixes: string;

  /** May decrypt what the bucket holds. */
  readonly decryptFiles: PolicyStatement;

  /** Where acknowledgements are, and how far the check has come. */
  readonly ledger: ITable;

  /** Where gaps are queued again. */
  readonly forwardingQueue: IQueue;
}

/** A round begins every hour, when there is something new; what does not fit into one invocation goes on in the next. */
const INTERVAL = Duration.minutes(15);
/** A digest of a busy region has tens of megabytes, and eight regions are checked at once. */
export const CHECK_MEMORY_MB = 1024;
/** Ends before the next begins. */
const TIMEOUT = Duration.minutes(14);
/**
 * Two to three hours is what is due by then; the rest is for a round through an organisation that takes hours. With
 * the three hours that the alarm goes by it makes eight.
 */
const MAXIMUM_AGE = Duration.hours(5);

/** Holds CloudTrail's signed lists of what it delivered against the ledger of what a destination acknowledged. */
export class Completeness extends Construct {
  constructor(scope: Construct, id: string, props: CompletenessProps) {
    super(scope, id);
    const check = new TrailbridgeFunction(this, 'Check', {
      serviceName: 'Completeness',
      handler: 'completeness/completeness-handler.ts',
      description: "Compares CloudTrail's digests with what was forwarded, and queues what was not.",
      environmentSchema: completenessEnvironment,
      environment: {
        STACK_NAME: Aws.STACK_NAME,
        BUCKET_NAME: props.bucketName,
        BUCKET_REGION: props.bucketRegion,
        LEDGER_TABLE: props.ledger.tableName,
        FORWARDING_QUEUE_URL: props.forwardingQueue.queueUrl,
        TRAIL_PREFIXES: props.keyPrefixes,
      },
      timeout: TIMEOUT,
      memorySize: CHECK_MEMORY_MB,
      permissions: permissionsOf(props),
    });
    acknowledge(check, props.bucketName);
    callOnSchedule(this, check, 'Goes on with the check of what was forwarded.', { interval: INTERVAL });
    this.alarms();
  }

  private alarms(): void {
    new TrailbridgeAlarm(this, 'CompletenessGaps', {
      metric: metric(COMPLETENESS_METRICS.gapsRemaining, Stats.MAXIMUM, Duration.hours(1)),
      threshold: 0,
      description: 'Files that CloudTrail delivered were queued again, and are not forwarded an hour later.',
    });
    new TrailbridgeAlarm(this, 'CompletenessTampered', {
      // It is told once: for a day everyone can see it.
      metric: metric(COMPLETENESS_METRICS.tampered, Stats.SUM, Duration.days(1)),
      threshold: 0,
      description: 'Digests or log files in the bucket were changed, deleted or replaced.',
    });
    new TrailbridgeAlarm(this, 'CompletenessAge', {
      metric: metric(COMPLETENESS_METRICS.age, Stats.MAXIMUM, Duration.hours(1)),
      threshold: MAXIMUM_AGE.toSeconds(),
      description:
        'It has not been checked for eight hours, in a region or anywhere, whether all was forwarded.',
      // All of three hours: a stack that is new has told of one hour only, and the other two alarms leave silence to this.
      looks: { toAlarm: 3 },
    });
  }
}

function metric(metricName: string, statistic: string, period: Duration): Metric {
  const dimensionsMap = { [STACK_DIMENSION]: Aws.STACK_NAME };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
}

function permissionsOf({
  bucketName,
  decryptFiles,
  ledger,
  forwardingQueue,
}: CompletenessProps): PolicyStatement[] {
  const bucketArn = `arn:${Aws.PARTITION}:s3:::${bucketName}`;
  return [
    new PolicyStatement({ actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [bucketArn] }),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${bucketArn}/*`],
    }),
    decryptFiles,
    new PolicyStatement({ actions: ['dynamodb:BatchGetItem'], resources: [ledger.tableArn] }),
    new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [ledger.tableArn],
      // Its own items only, which are not about an object: it can forge no acknowledgement.
      conditions: leadingKeys('StringLike', [`${COMPLETENESS_KEYS}*`]),
    }),
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [forwardingQueue.queueArn] }),
    new PolicyStatement({ actions: ['cloudtrail:ListPublicKeys'], resources: ['*'] }),
  ];
}

function acknowledge({ role }: TrailbridgeFunction, bucketName: string): void {
  acknowledgeLint(role, 'W1032', 'A bucket is named wherever no new trail is made: a rule demands it.');
  const reason = "CloudTrail's public keys are nobody's: the action takes no resource.";
  const objects = JSON.stringify(Stack.of(role).resolve(bucketName));
  Validations.of(role).acknowledge(
    { id: 'AwsSolutions-IAM5[Resource::*]', reason },
    { id: 'Serverless-LambdaStarPermissions', reason },
    {
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${objects}/*]`,
      reason: 'CloudTrail names the objects, and any of them may have to be looked at.',
    },
  );
}

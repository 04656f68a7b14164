import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, NOTIFICATION_METRICS, STACK_DIMENSION } from '../../contract/metrics.ts';
import { notificationWatchEnvironment } from '../../contract/trail.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeFunction } from '../shared/trailbridge-function.ts';
import type { BucketHome } from './bucket-home.ts';
import { arnOfBucket } from './bucket-look-up.ts';

export interface NotificationWatchProps {
  readonly bucketName: string;
  readonly home: BucketHome;

  /** `true` or `false`. */
  readonly repairNotifications: string;

  /** Where its memory is, and the queue that has the gap listed. */
  readonly environment: Record<'STACK_NAME' | 'LEDGER_TABLE' | 'LATE_OBJECTS_QUEUE_URL', string>;

  /** For those two. */
  readonly permissions: PolicyStatement[];
}

/**
 * As often as S3 takes to act on a change: a gap is noticed about as soon as it has begun, and one that is shorter than
 * this lies within the minutes in which S3 goes on delivering.
 */
const INTERVAL = Duration.minutes(5);

/** Looks, on a schedule, whether the bucket's events are still on, and heals it where they are not. */
export class NotificationWatch extends Construct {
  constructor(scope: Construct, id: string, props: NotificationWatchProps) {
    super(scope, id);
    const watch = new TrailbridgeFunction(this, 'Watch', {
      serviceName: 'NotificationWatch',
      handler: 'trail/notification-watch-handler.ts',
      description: 'Looks whether EventBridge notifications are still on for the existing bucket.',
      environmentSchema: notificationWatchEnvironment,
      environment: {
        ...props.environment,
        BUCKET_NAME: props.bucketName,
        BUCKET_REGION: props.home.region,
        BUCKET_ACCOUNT_ID: props.home.accountId,
        STACK_ID: Aws.STACK_ID,
        REPAIR: props.repairNotifications,
      },
      timeout: Duration.minutes(2),
      permissions: [
        new PolicyStatement({
          actions: ['s3:GetBucketNotification', 's3:PutBucketNotification', 's3:ListBucket'],
          resources: [arnOfBucket(props.bucketName)],
        }),
        new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
        new PolicyStatement({
          actions: ['events:ListRules', 'events:ListRuleNamesByTarget'],
          resources: ['*'],
        }),
        ...props.permissions,
      ],
    });
    acknowledgeLint(watch.role, 'W1032', 'It exists only where a bucket is named: a rule demands it.');
    const reason =
      'Whether a relay is there: EventBridge lists rules of the account; the actions take no resource.';
    Validations.of(watch.role).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless-LambdaStarPermissions', reason },
    );
    const schedule = new Rule(this, 'Schedule', {
      description: 'Looks whether the existing bucket still sends its events.',
      schedule: Schedule.rate(INTERVAL),
      targets: [new LambdaFunction(watch.function, { retryAttempts: 0 })],
    });
    Validations.of(schedule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason:
        'A look that is missed is made up for by the next, five minutes later; the alarm tells when none comes.',
    });
    new TrailbridgeAlarm(this, 'NotificationMissing', {
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: NOTIFICATION_METRICS.missing,
        dimensionsMap: { [STACK_DIMENSION]: Aws.STACK_NAME },
        statistic: Stats.MAXIMUM,
        // Three looks: one that comes late is no silence.
        period: Duration.minutes(15),
      }),
      threshold: 0,
      description:
        'EventBridge is off for the existing bucket, or its relay is gone, or neither can be looked at. Switch it on in the ' +
        'properties of the bucket, or set RepairNotifications to true; what was stored meanwhile is then listed and forwarded.',
      missingDataIsBreaching: true,
    });
  }
}

import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NOTIFICATION_METRICS } from '../../contract/metrics.ts';
import { notificationWatchEnvironment } from '../../contract/trail.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { callOnSchedule } from '../shared/schedule.ts';
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
 * Looks, on a schedule, whether the bucket's events are still on, and heals it where they are not.
 *
 * As often as S3 takes to act on a change: a gap is noticed about as soon as it has begun, and one that is shorter than
 * this lies within the minutes in which S3 goes on delivering.
 */
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
    callOnSchedule(this, watch, 'Looks whether the existing bucket still sends its events.');
    TrailbridgeAlarm.onLooks(this, 'NotificationMissing', {
      metricName: NOTIFICATION_METRICS.missing,
      threshold: 0,
      description:
        'EventBridge is off for the existing bucket, or its relay is gone, or neither can be looked at. Switch it on in the ' +
        'properties of the bucket, or set RepairNotifications to true; what was stored meanwhile is then listed and forwarded.',
    });
  }
}

import {
  Aws,
  type CfnCondition,
  CfnMapping,
  type CfnParameter,
  Duration,
  Fn,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { healthEnvironment } from '../../contract/health.ts';
import { HEALTH_METRICS, NOTIFICATION_METRICS } from '../../contract/metrics.ts';
import { QUIET_HOURS } from '../../contract/parameters.ts';
import { NO_SUCH_RESOURCE } from '../../contract/trail.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { FORWARDER_MEMORY_MB, type Forwarding } from '../forwarding/forwarding.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { Dashboard } from '../shared/dashboard.ts';
import { callOnSchedule } from '../shared/schedule.ts';
import { readSecret, TrailbridgeFunction } from '../shared/trailbridge-function.ts';
import { arnOfBucket } from '../trail/bucket-look-up.ts';
import type { NewTrail } from '../trail/new-trail.ts';
import { dashboardWidgets } from './widgets.ts';

export interface HealthProps {
  /** The destination, as the forwarder knows it; see `ForwardingProps`. */
  readonly destination: string;
  readonly destinationUrl: string;
  readonly destinationApiVersion: string;
  readonly destinationTokenArn: string;
  readonly secretKeyArns: readonly string[];

  readonly forwarding: Forwarding;

  /** The new trail, which there is only under the condition. */
  readonly newTrail: { readonly condition: CfnCondition; readonly trail: NewTrail };

  /** ARNs of the trails that are known to write to it, with commas between them. */
  readonly existingTrailArns: string;

  /** Of the requests to list objects. */
  readonly lateObjectsDeadLetterQueue: IQueue;

  /** Hours without a new file after which nothing is taken to arrive any more: one of `QUIET_HOURS`. */
  readonly quietHours: CfnParameter;
}

/** Each look takes 20 seconds at most, all at once, and as much again the heartbeat. */
const TIMEOUT = Duration.minutes(1);
/** A circuit that is open for no longer is nobody's business. */
const HICCUP = Duration.minutes(5);

/** Looks at everything that forwarding depends on, every five minutes, and has what is amiss alarmed. */
export class Health extends Construct {
  /** Of the new trail's bucket only: on an existing one, the watch over its notifications has an alarm of that name. */
  readonly newBucketAlarm: TrailbridgeAlarm;

  constructor(scope: Construct, id: string, props: HealthProps) {
    super(scope, id);
    const { forwarding } = props;
    callOnSchedule(this, this.check(props), 'Looks at everything that forwarding depends on.');
    const widgets = dashboardWidgets({
      forwarder: forwarding.forwarder.function,
      forwarderLogGroupName: forwarding.forwarder.function.logGroup.logGroupName,
      forwarderMemoryMb: FORWARDER_MEMORY_MB,
    });
    new Dashboard(this, 'Dashboard', widgets);
    this.alarms(props);
    this.newBucketAlarm = TrailbridgeAlarm.onLooks(this, 'NotificationMissing', {
      metricName: NOTIFICATION_METRICS.missing,
      threshold: 0,
      description: "EventBridge is off for the new trail's bucket, or that cannot be seen.",
    });
  }

  private check(props: HealthProps): TrailbridgeFunction<typeof healthEnvironment> {
    const { existingTrailArns, lateObjectsDeadLetterQueue, newTrail } = props;
    const { queue, deadLetterQueue, eventDeadLetterQueue, ledger } = props.forwarding;
    const { trailArn, bucket } = newTrail.trail;
    const whereNew = (value: unknown, otherwise: unknown) =>
      Fn.conditionIf(newTrail.condition.logicalId, value, otherwise);

    const check = new TrailbridgeFunction(this, 'Check', {
      serviceName: 'Health',
      handler: 'health/health-handler.ts',
      description: 'Looks at everything that forwarding depends on, and tells what it has found as metrics.',
      environmentSchema: healthEnvironment,
      environment: {
        DESTINATION: props.destination,
        DESTINATION_URL: props.destinationUrl,
        DESTINATION_API_VERSION: props.destinationApiVersion,
        DESTINATION_TOKEN_SECRET_ARN: props.destinationTokenArn,
        STACK_NAME: Aws.STACK_NAME,
        STACK_ID: Aws.STACK_ID,
        VERSION: packageJson.version,
        TRAIL_ARNS: whereNew(trailArn, existingTrailArns).toString(),
        NEW_BUCKET_NAME: whereNew(bucket.bucketName, '').toString(),
        LEDGER_TABLE: ledger.tableName,
        QUEUE_URL: queue.queueUrl,
        QUEUE_NAME: queue.queueName,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
        EVENT_DEAD_LETTER_QUEUE_URL: eventDeadLetterQueue.queueUrl,
        LATE_OBJECTS_DEAD_LETTER_QUEUE_URL: lateObjectsDeadLetterQueue.queueUrl,
      },
      timeout: TIMEOUT,
      permissions: [
        ...readSecret([props.destinationTokenArn], props.secretKeyArns),
        new PolicyStatement({
          actions: ['cloudtrail:GetTrailStatus'],
          resources: Token.asList(whereNew([trailArn], Fn.split(',', existingTrailArns))),
        }),
        new PolicyStatement({
          actions: ['s3:GetBucketNotification'],
          resources: [whereNew(bucket.bucketArn, arnOfBucket(NO_SUCH_RESOURCE)).toString()],
        }),
        new PolicyStatement({
          actions: ['sqs:GetQueueAttributes'],
          resources: [
            queue.queueArn,
            deadLetterQueue.queueArn,
            eventDeadLetterQueue.queueArn,
            lateObjectsDeadLetterQueue.queueArn,
          ],
        }),
        new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [ledger.tableArn] }),
        new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
        new PolicyStatement({ actions: ['cloudwatch:GetMetricStatistics'], resources: ['*'] }),
      ],
    });
    const reason = 'CloudWatch knows no resource for reading metrics.';
    Validations.of(check.role).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless-LambdaStarPermissions', reason },
    );
    return check;
  }

  private alarms({ quietHours }: HealthProps): void {
    TrailbridgeAlarm.onLooks(this, 'DestinationUnreachable', {
      metricName: HEALTH_METRICS.destinationUnreachable,
      threshold: 0,
      // One refusal may be a moment's.
      looksToAlarm: 3,
      description: 'The destination has not taken what was sent for a quarter of an hour.',
    });
    TrailbridgeAlarm.onLooks(this, 'CircuitOpen', {
      metricName: HEALTH_METRICS.circuitOpenFor,
      threshold: HICCUP.toSeconds(),
      description:
        'The circuit is open: for more than five minutes the destination has taken nothing from the forwarder.',
    });
    TrailbridgeAlarm.onLooks(this, 'TrailNotLogging', {
      metricName: HEALTH_METRICS.trailsNotLogging,
      threshold: 0,
      description: 'A trail that writes to the bucket is not logging, cannot deliver, or is gone.',
    });
    const seconds = new CfnMapping(this, 'QuietHours', {
      mapping: Object.fromEntries(QUIET_HOURS.map((hours) => [hours, { Seconds: Number(hours) * 3600 }])),
    });
    TrailbridgeAlarm.onLooks(this, 'NothingArrives', {
      metricName: HEALTH_METRICS.newestFileAge,
      threshold: Token.asNumber(seconds.findInMap(quietHours.valueAsString, 'Seconds')),
      description: 'No new file has been forwarded for longer than AlarmAfterQuietHours.',
    });
  }
}

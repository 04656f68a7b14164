import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  bucketNotificationEnvironment,
  bucketNotificationProperties,
  lateObjectsEnvironment,
} from '../../contract/trail.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { OverlappingGrant } from '../shared/overlapping-grant.ts';
import { DeadLetterQueue, WorkQueue } from '../shared/queues.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { receiveFrom, TrailbridgeFunction, workOff } from '../shared/trailbridge-function.ts';

export interface ExistingBucketProps {
  readonly bucketName: string;

  /** Where objects are queued to be forwarded. */
  readonly forwardingQueue: IQueue;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  /** What makes the notifications be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

const LISTING_TIMEOUT = Duration.minutes(5);

/**
 * A bucket that CloudTrail writes to already: it keeps every setting it has, and gains EventBridge events.
 *
 * The change takes minutes to have effect; what is stored meanwhile is listed afterwards and queued.
 */
export class ExistingBucket extends Construct {
  readonly notification: TrailbridgeCustomResource;
  readonly deadLetterQueue: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: ExistingBucketProps) {
    super(scope, id);
    const bucketArn = `arn:${Aws.PARTITION}:s3:::${props.bucketName}`;

    this.deadLetterQueue = new DeadLetterQueue(this, 'LateObjectsDeadLetterQueue');
    const lateObjects = new WorkQueue(this, 'LateObjectsQueue', {
      functionTimeout: LISTING_TIMEOUT,
      deadLetterQueue: this.deadLetterQueue,
      maxReceiveCount: 5,
    });
    const lister = new TrailbridgeFunction(this, 'LateObjects', {
      handler: 'trail/late-objects-handler.ts',
      description: 'Queues the CloudTrail files of which no event may have come.',
      environmentSchema: lateObjectsEnvironment,
      environment: {
        FORWARDING_QUEUE_URL: props.forwardingQueue.queueUrl,
        LATE_OBJECTS_QUEUE_URL: lateObjects.queueUrl,
      },
      timeout: LISTING_TIMEOUT,
      permissions: [
        receiveFrom(lateObjects),
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          resources: [props.forwardingQueue.queueArn, lateObjects.queueArn],
        }),
      ],
    });
    const mayList = new OverlappingGrant(this, 'LateObjectsGrant', {
      role: lister.role,
      policyName: `List-${props.bucketName}`,
      statements: [
        new PolicyStatement({ actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [bucketArn] }),
      ],
    });
    const mapping = workOff(lister, lateObjects, { batchSize: 1, maxConcurrency: 2 });
    mapping.node.addDependency(mayList);

    TrailbridgeAlarm.onDeadLetters(
      this,
      'LateObjectsNotListed',
      this.deadLetterQueue,
      'Files that were stored while EventBridge was being switched on could not be listed.',
    );

    this.notification = new TrailbridgeCustomResource(this, 'BucketNotification', {
      triggers: props.triggers,
      type: 'BucketNotification',
      handler: 'trail/bucket-notification-handler.ts',
      description: 'Switches EventBridge notifications on for the existing bucket.',
      environmentSchema: bucketNotificationEnvironment,
      environment: { LATE_OBJECTS_QUEUE_URL: lateObjects.queueUrl },
      permissions: [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [lateObjects.queueArn] })],
      propertiesSchema: bucketNotificationProperties,
      properties: { BucketName: props.bucketName },
      onVendorDeleteFailure: props.onVendorDeleteFailure,
    });
    // The former bucket's notifications are put back in the clean-up, after this bucket's are switched on.
    this.notification.resource.node.addDependency(
      new OverlappingGrant(this, 'BucketNotificationGrant', {
        role: this.notification.handler.role,
        policyName: `Notify-${props.bucketName}`,
        statements: [
          new PolicyStatement({
            actions: ['s3:GetBucketNotification', 's3:PutBucketNotification', 's3:ListBucket'],
            resources: [bucketArn],
          }),
        ],
      }),
      mayList,
    );
  }
}

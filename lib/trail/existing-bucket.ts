import { Aws, Duration, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  backfillEnvironment,
  backfillProperties,
  bucketNotificationEnvironment,
  bucketNotificationProperties,
  lateObjectsEnvironment,
  notificationMemoryKey,
} from '../../contract/trail.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { DeadLetterQueue, WorkQueue } from '../shared/queues.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { receiveFrom, TrailbridgeFunction, workOff } from '../shared/trailbridge-function.ts';
import type { BucketHome } from './bucket-home.ts';
import { arnOfBucket, type BucketLookUp } from './bucket-look-up.ts';
import { NotificationWatch } from './notification-watch.ts';

export interface ExistingBucketProps {
  readonly bucketName: string;

  /** Where the user says that it is: each empty where the stack is. */
  readonly bucketRegion: string;
  readonly bucketAccountId: string;

  /** Where it is, also where that is not said. */
  readonly home: BucketHome;

  /** What the look at the bucket has found: the trails' key prefixes, and the bucket that was named before. */
  readonly lookUp: BucketLookUp;

  /** Where objects are queued to be forwarded. */
  readonly forwardingQueue: IQueue;

  /** Holds, beside what was forwarded, when the notifications were last seen to be on. */
  readonly ledger: ITable;

  /** The rule that takes the bucket's events. */
  readonly rule: IRule;

  /** Days before the deployment whose files are forwarded too. */
  readonly backfillDays: string;

  /** `true` or `false`. */
  readonly repairNotifications: string;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  /** What makes the notifications be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

const LISTING_TIMEOUT = Duration.minutes(5);

/**
 * A bucket that CloudTrail writes to already: it keeps every setting it has, and gains EventBridge events.
 *
 * The change takes minutes to have effect; what is stored meanwhile is listed afterwards and queued. So is what was
 * stored before, as far back as the user wants, and what is stored while somebody has switched the events off.
 */
export class ExistingBucket extends Construct {
  readonly notification: TrailbridgeCustomResource;
  readonly deadLetterQueue: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: ExistingBucketProps) {
    super(scope, id);
    const bucketArn = arnOfBucket(props.bucketName);

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
        BUCKET_REGION: props.home.region,
        FORWARDING_QUEUE_URL: props.forwardingQueue.queueUrl,
        LATE_OBJECTS_QUEUE_URL: lateObjects.queueUrl,
        TRAIL_PREFIXES: props.lookUp.bucket.attribute('KeyPrefixes'),
      },
      timeout: LISTING_TIMEOUT,
      // A long listing goes on in message after message.
      callsItself: true,
      permissions: [
        receiveFrom(lateObjects),
        new PolicyStatement({ actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [bucketArn] }),
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          resources: [props.forwardingQueue.queueArn, lateObjects.queueArn],
        }),
      ],
    });
    const mapping = workOff(lister, lateObjects, { batchSize: 1, maxConcurrency: 2 });

    TrailbridgeAlarm.onDeadLetters(
      this,
      'LateObjectsNotListed',
      this.deadLetterQueue,
      'Files of which no event may have come could not be listed.',
    );

    const askForListing = new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [lateObjects.queueArn],
    });
    const remember = new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [props.ledger.tableArn],
      // Items of the table that are not about an object: this bucket's, and that of the one named before.
      conditions: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': [
            notificationMemoryKey(props.bucketName),
            notificationMemoryKey(props.lookUp.bucket.attribute('FormerBucketName')),
          ],
        },
      },
    });
    const memory = {
      STACK_NAME: Aws.STACK_NAME,
      LEDGER_TABLE: props.ledger.tableName,
      LATE_OBJECTS_QUEUE_URL: lateObjects.queueUrl,
    };

    this.notification = new TrailbridgeCustomResource(this, 'BucketNotification', {
      triggers: props.triggers,
      type: 'BucketNotification',
      handler: 'trail/bucket-notification-handler.ts',
      description: 'Switches EventBridge notifications on for the existing bucket.',
      environmentSchema: bucketNotificationEnvironment,
      environment: { ...memory, EVENT_RULE_NAME: props.rule.ruleName },
      permissions: [
        new PolicyStatement({
          actions: ['s3:GetBucketNotification', 's3:PutBucketNotification', 's3:ListBucket'],
          // Also the bucket that was named before: when it changes, CloudFormation has the former's notifications
          // taken back after the role is for the new one.
          resources: [bucketArn, arnOfBucket(props.lookUp.bucket.attribute('FormerBucketName'))],
        }),
        askForListing,
        remember,
        new PolicyStatement({ actions: ['events:ListRules'], resources: ['*'] }),
      ],
      propertiesSchema: bucketNotificationProperties,
      properties: {
        BucketName: props.bucketName,
        BucketRegion: props.bucketRegion,
        BucketAccountId: props.bucketAccountId,
      },
      onVendorDeleteFailure: props.onVendorDeleteFailure,
    });
    const reason = 'EventBridge lists the rules of the account; the action takes no resource.';
    Validations.of(this.notification.handler.role).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless-LambdaStarPermissions', reason },
    );

    const backfill = new TrailbridgeCustomResource(this, 'Backfill', {
      triggers: props.triggers,
      type: 'Backfill',
      handler: 'trail/backfill-handler.ts',
      description: 'Has the files listed that were stored before the deployment.',
      environmentSchema: backfillEnvironment,
      environment: { LATE_OBJECTS_QUEUE_URL: lateObjects.queueUrl },
      permissions: [askForListing],
      propertiesSchema: backfillProperties,
      properties: { BucketName: props.bucketName, BackfillDays: props.backfillDays },
    });
    // What comes from now on comes by events. And who lists must know this bucket's key prefixes by then, and may list
    // it: in an update, the lister is still the former bucket's.
    backfill.resource.node.addDependency(this.notification.resource, lister, mapping);

    const watch = new NotificationWatch(this, 'NotificationWatch', {
      bucketName: props.bucketName,
      home: props.home,
      repairNotifications: props.repairNotifications,
      environment: memory,
      permissions: [askForListing, remember],
    });
    // After it, and gone before it: what one switches off, the other must not switch on.
    watch.node.addDependency(this.notification.resource);
    for (const { role } of [lister, this.notification.handler]) {
      acknowledgeLint(role, 'W1032', 'They exist only where a bucket is named: a rule demands it.');
    }
  }
}

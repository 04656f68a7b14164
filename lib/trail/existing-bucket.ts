import { Aws, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  bucketNotificationEnvironment,
  bucketNotificationProperties,
  notificationMemoryKey,
} from '../../contract/trail.ts';
import { DeploymentBackfill } from '../listing/deployment-backfill.ts';
import type { Listing } from '../listing/listing.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
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

  /** Lists what was stored while no event came, and before. */
  readonly listing: Listing;

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

/**
 * A bucket that CloudTrail writes to already: it keeps every setting it has, and gains EventBridge events.
 *
 * The change takes minutes to have effect; what is stored meanwhile is listed afterwards and queued. So is what was
 * stored before, as far back as the user wants, and what is stored while somebody has switched the events off.
 */
export class ExistingBucket extends Construct {
  readonly notification: TrailbridgeCustomResource;

  constructor(scope: Construct, id: string, props: ExistingBucketProps) {
    super(scope, id);
    const bucketArn = arnOfBucket(props.bucketName);
    const { listing } = props;

    const askForListing = new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [listing.queue.queueArn],
    });
    const remember = new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [props.ledger.tableArn],
      // Items of the table that are not about an object: this bucket's, and that of the one named before.
      conditions: leadingKeys('StringEquals', [
        notificationMemoryKey(props.bucketName),
        notificationMemoryKey(props.lookUp.bucket.attribute('FormerBucketName')),
      ]),
    });
    const memory = {
      STACK_NAME: Aws.STACK_NAME,
      LEDGER_TABLE: props.ledger.tableName,
      LATE_OBJECTS_QUEUE_URL: listing.queue.queueUrl,
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

    const backfill = new DeploymentBackfill(this, 'Backfill', {
      bucketName: props.bucketName,
      backfillDays: props.backfillDays,
      listing,
      triggers: props.triggers,
    });
    // What comes from now on comes by events.
    backfill.resource.node.addDependency(this.notification.resource);

    const watch = new NotificationWatch(this, 'NotificationWatch', {
      bucketName: props.bucketName,
      home: props.home,
      repairNotifications: props.repairNotifications,
      environment: memory,
      permissions: [askForListing, remember],
    });
    // After it, and gone before it: what one switches off, the other must not switch on.
    watch.node.addDependency(this.notification.resource);
    acknowledgeLint(
      this.notification.handler.role,
      'W1032',
      'It exists only where a bucket is named: a rule demands it.',
    );
  }
}

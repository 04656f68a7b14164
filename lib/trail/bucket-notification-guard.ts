import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { bucketNotificationGuardProperties } from '../../contract/trail.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { arnOfBucket } from './bucket-look-up.ts';

export interface BucketNotificationGuardProps {
  /** The existing bucket. */
  readonly bucketName: string;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  readonly triggers: Record<string, string>;
}

/** Keeps the vendor's client from overwriting notifications of others on an existing bucket. */
export class BucketNotificationGuard extends TrailbridgeCustomResource {
  constructor(scope: Construct, id: string, props: BucketNotificationGuardProps) {
    super(scope, id, {
      triggers: props.triggers,
      type: 'BucketNotificationGuard',
      handler: 'trail/bucket-notification-guard-handler.ts',
      description: "Refuses a bucket with notifications that the vendor's client would overwrite.",
      permissions: [
        new PolicyStatement({
          actions: ['s3:GetBucketNotification', 's3:PutBucketNotification', 's3:ListBucket'],
          resources: [arnOfBucket(props.bucketName)],
        }),
      ],
      propertiesSchema: bucketNotificationGuardProperties,
      properties: { BucketName: props.bucketName },
      onVendorDeleteFailure: props.onVendorDeleteFailure,
    });
    acknowledgeLint(this.handler.role, 'W1032', 'It exists only where a bucket is named: a rule demands it.');
  }
}

import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { QUERY_RESULTS_PREFIX } from '../../contract/archive-parameters.ts';
import { derivedBucketTeardownProperties } from '../../contract/archive-teardown.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';

const QUERY_RESULTS_KEPT = Duration.days(30);

/** What can be made again from the raw records at any time, and what Athena answers. It goes with the stack, full or not. */
export class DerivedBucket extends Construct {
  readonly bucket: Bucket;
  /** What writes there must depend on it. */
  readonly teardown: TrailbridgeCustomResource;

  constructor(scope: Construct, id: string, key: IKey) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [
        { prefix: QUERY_RESULTS_PREFIX, expiration: QUERY_RESULTS_KEPT },
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'It holds nothing that cannot be made again; who read what is in CloudTrail, and of the raw records logged.',
    });

    this.teardown = new TrailbridgeCustomResource(this, 'DerivedBucketTeardown', {
      type: 'DerivedBucketTeardown',
      handler: 'archive/derived-bucket-teardown-handler.ts',
      description: 'Empties and deletes the derived bucket when the stack is deleted.',
      // Deleting goes at some thousand objects a second; what does not fit goes on with the next deletion.
      timeout: Duration.minutes(15),
      permissions: [
        new PolicyStatement({
          actions: [
            's3:ListBucketVersions',
            's3:ListBucketMultipartUploads',
            's3:PutBucketPolicy',
            's3:DeleteBucket',
          ],
          resources: [this.bucket.bucketArn],
        }),
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
          resources: [this.bucket.arnForObjects('*')],
        }),
      ],
      propertiesSchema: derivedBucketTeardownProperties,
      properties: { BucketName: this.bucket.bucketName },
    });
    // The bucket insists on TLS before anything is put there, and until it is gone.
    this.teardown.resource.node.addDependency(this.bucket.policy as IConstruct);
    const logicalId = this.bucket.stack.getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    Validations.of(this.teardown.handler.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'Emptying a bucket means deleting all its objects.',
    });
  }
}

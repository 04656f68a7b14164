import { Aws, type CfnCondition, Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { ArnPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { trailBucketTeardownProperties } from '../../contract/trail.ts';
import { vendorClientNamePrefix } from '../../contract/vendor-client.ts';
import { retainedAccessLogs } from '../shared/access-logs.ts';
import { shortStackId } from '../shared/short-stack-id.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';

export interface NewTrailProps {
  /** `Delete` or `Retain`: what becomes of the logs when the stack is deleted. */
  readonly logBucketOnDelete: string;

  /** Whether the vendor's client forwards from the bucket, and not our own forwarder. */
  readonly vendorClient: CfnCondition;
}

/**
 * A multi-region trail with log file validation, its bucket and its key.
 *
 * Bucket and key are kept by CloudFormation when the stack goes, except when its creation is rolled back;
 * whether they are deleted then is for a parameter to say, which a deletion policy cannot read. So the
 * custom resource `TrailBucketTeardown` deletes them, after the trail has stopped writing.
 */
export class NewTrail extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;
  readonly teardown: TrailbridgeCustomResource;
  /** The trail's. */
  readonly trailArn: string;
  private readonly trail: CfnTrail;

  constructor(scope: Construct, id: string, props: NewTrailProps) {
    super(scope, id);
    // The trail's name is part of the policies that the trail needs to be created, so it cannot be CloudFormation's.
    const trailName = `trailbridge-${shortStackId()}`;
    const trailArn = `arn:${Aws.PARTITION}:cloudtrail:${Aws.REGION}:${Aws.ACCOUNT_ID}:trail/${trailName}`;
    this.trailArn = trailArn;

    this.key = new Key(this, 'Key', {
      description: "Encrypts the CloudTrail files of Trailbridge's trail.",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailEncrypts',
        principals: [new ServicePrincipal('cloudtrail.amazonaws.com')],
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceArn': trailArn },
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${Aws.PARTITION}:cloudtrail:*:${Aws.ACCOUNT_ID}:trail/*`,
          },
        },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailDescribesKey',
        principals: [new ServicePrincipal('cloudtrail.amazonaws.com')],
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceArn': trailArn } },
      }),
    );

    this.letVendorClientDecrypt(props.vendorClient);

    const accessLogs = retainedAccessLogs(this);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      lifecycleRules: [
        // The logs themselves are kept: how long is for the user to decide, whose they are.
        {
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // CDK's own switch for this is a Python function that rewrites the notification document.
    // The vendor's client writes the document itself: CloudFormation must not know of one that it could put back.
    (this.bucket.node.defaultChild as CfnBucket).addPropertyOverride(
      'NotificationConfiguration',
      Fn.conditionIf(props.vendorClient.logicalId, Aws.NO_VALUE, {
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      }),
    );
    this.allowCloudTrail(trailArn);

    this.teardown = new TrailbridgeCustomResource(this, 'TrailBucketTeardown', {
      type: 'TrailBucketTeardown',
      handler: 'trail/trail-bucket-teardown-handler.ts',
      description: "Empties and deletes the trail's buckets when the stack is deleted.",
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
          resources: [this.bucket.bucketArn, accessLogs.bucketArn],
        }),
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
          resources: [this.bucket.arnForObjects('*'), accessLogs.arnForObjects('*')],
        }),
        new PolicyStatement({ actions: ['kms:ScheduleKeyDeletion'], resources: [this.key.keyArn] }),
        new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
      ],
      propertiesSchema: trailBucketTeardownProperties,
      properties: {
        BucketNames: [this.bucket.bucketName, accessLogs.bucketName],
        TrailKeyArn: this.key.keyArn,
        OnDelete: props.logBucketOnDelete as 'Delete',
      },
    });

    // They stay with their buckets: what is retained must not lose its TLS-only rule.
    for (const { policy } of [this.bucket, accessLogs]) {
      policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
    acknowledgeObjects(this.teardown.handler.role, this.bucket, accessLogs);

    this.trail = new CfnTrail(this, 'Trail', {
      trailName,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      s3BucketName: this.bucket.bucketName,
      kmsKeyId: this.key.keyArn,
    });
    // Written to as soon as it exists, so the policy must stand; and deleted before the bucket is emptied.
    this.trail.node.addDependency(this.bucket.policy as IConstruct, this.teardown.resource);
  }

  /**
   * Has the trail begin after what forwards its files: the vendor's client under a condition, or ours.
   *
   * @param client, otherwise what a reference to either gives.
   */
  waitFor(condition: CfnCondition, client: string, otherwise: string): void {
    // A tag, because `DependsOn` takes no condition.
    this.trail.addPropertyOverride('Tags', [
      { Key: 'trailbridge:after', Value: Fn.conditionIf(condition.logicalId, client, otherwise) },
    ]);
  }

  /**
   * The vendor's template gives its sender no permission to decrypt, so the key's policy must: to roles that bear
   * the nested stack's name, through S3. Without the vendor's client the statement adds nothing to what the key's
   * policy leaves to the account anyway.
   */
  private letVendorClientDecrypt(vendorClient: CfnCondition): void {
    const account = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}`;
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'VendorClientDecrypts',
        principals: [
          new ArnPrincipal(Fn.conditionIf(vendorClient.logicalId, '*', `${account}:root`).toString()),
        ],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': Aws.ACCOUNT_ID,
            'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com`,
          },
          ArnLike: { 'aws:PrincipalArn': `${account}:role/${vendorClientNamePrefix(Aws.STACK_NAME)}*` },
        },
      }),
    );
  }

  /** Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail". */
  private allowCloudTrail(trailArn: string): void {
    const cloudTrail = new ServicePrincipal('cloudtrail.amazonaws.com');
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailChecksAcl',
        principals: [cloudTrail],
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: { 'aws:SourceArn': trailArn } },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailWrites',
        principals: [cloudTrail],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
        conditions: {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceArn': trailArn },
        },
      }),
    );
  }
}

function acknowledgeObjects(role: IConstruct, ...buckets: Bucket[]): void {
  for (const bucket of buckets) {
    const logicalId = bucket.stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'Emptying a bucket means deleting all its objects.',
    });
  }
}

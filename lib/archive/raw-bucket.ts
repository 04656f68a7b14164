import { Aws, type CfnCondition, Duration, Fn, RemovalPolicy, Token } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { retainedAccessLogs } from '../shared/access-logs.ts';

export interface RawBucketProps {
  /** `GOVERNANCE` or `COMPLIANCE`. */
  readonly lockMode: string;

  /** Days that an object version is locked, from when it is stored. */
  readonly lockDays: string;

  /**
   * ARN of the one principal that may disable or delete the key, and bypass `GOVERNANCE`; the condition tells that it is
   * given. Without, whoever IAM lets.
   */
  readonly administratorArn: string;
  readonly administratorGiven: CfnCondition;

  /** Days until an object moves to colder storage, and the condition that it does at all. */
  readonly coldStorageAfterDays: string;
  readonly coldStorage: CfnCondition;
}

/**
 * What Glacier Instant Retrieval bills an object for at least, of any size (Amazon S3 User Guide, "Amazon S3 storage
 * classes"): a smaller one would cost more there than where it is.
 */
const SMALLEST_COLD_OBJECT_BYTES = 128 * 1024;

/** Nobody is not like it, so that what is denied to others is denied to none. */
const EVERYBODY = '*';

/**
 * The immutable part of the archive: every record as its vendor gave it.
 *
 * Bucket, policy, key and access logs outlive the stack. A creation that fails takes them back, for they are empty
 * then: nothing is collected before everything else stands.
 */
export class RawBucket extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: RawBucketProps) {
    super(scope, id);
    // A key of its own: what is retained must not depend on one that goes with the stack.
    this.key = new Key(this, 'Key', {
      description: "Encrypts the raw records of Trailbridge's audit archive.",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const besidesAdministrator = {
      StringNotLike: {
        'aws:PrincipalArn': Fn.conditionIf(
          props.administratorGiven.logicalId,
          props.administratorArn,
          EVERYBODY,
        ).toString(),
      },
    };
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheAdministratorEndsIt',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        // Without the key the records are gone, however they are locked.
        actions: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: besidesAdministrator,
      }),
    );
    const accessLogs = retainedAccessLogs(this);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      serverAccessLogsBucket: accessLogs,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheAdministratorBypassesRetention',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:BypassGovernanceRetention'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: besidesAdministrator,
      }),
    );
    // They stay with their buckets: what is retained must not lose its TLS-only rule.
    for (const { policy } of [this.bucket, accessLogs]) {
      policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
    const resource = this.bucket.node.defaultChild as CfnBucket;
    // By hand: CDK's own properties take numbers that synthesis knows, and no condition.
    resource.objectLockConfiguration = {
      objectLockEnabled: 'Enabled',
      rule: { defaultRetention: { mode: props.lockMode, days: Token.asNumber(props.lockDays) } },
    };
    // Nothing expires by us, locked or not: how long evidence is kept is for the user to decide.
    resource.lifecycleConfiguration = {
      rules: [
        {
          id: 'AbortUploads',
          status: 'Enabled',
          abortIncompleteMultipartUpload: { daysAfterInitiation: Duration.days(7).toDays() },
        },
        Fn.conditionIf(
          props.coldStorage.logicalId,
          {
            Id: 'ColdStorage',
            Status: 'Enabled',
            ObjectSizeGreaterThan: String(SMALLEST_COLD_OBJECT_BYTES - 1),
            Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: props.coldStorageAfterDays }],
          },
          Aws.NO_VALUE,
        ),
      ],
    };
  }
}

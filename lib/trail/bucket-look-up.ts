import { Aws, type CfnCondition, Fn, Lazy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PARAMETERS } from '../../contract/parameters.ts';
import { cloudTrailBucketProperties, trailSampleProperties } from '../../contract/trail.ts';
import { onlyIf } from '../shared/conditional.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';

export interface BucketLookUpProps {
  readonly bucketName: string;

  /** Where the user says that it is: each empty where the stack is. */
  readonly bucketRegion: string;
  readonly bucketAccountId: string;

  /** The region that it is in, also where that is not said. */
  readonly region: string;

  /** Whether there is an existing bucket to look at. */
  readonly onlyIf: CfnCondition;

  /** `CloudOne` or `VisionOne`. */
  readonly destination: string;

  /** The key that the user names; empty to have it found. */
  readonly trailKeyArn: string;

  /** What makes the bucket be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/**
 * The look at an existing bucket that comes before everything which changes something: first at what it is, then
 * whether one of its files can be read with the permissions that follow from it.
 */
export class BucketLookUp extends Construct {
  readonly bucket: TrailbridgeCustomResource;
  /** The last of the two: what must wait for both depends on it. */
  readonly sample: TrailbridgeCustomResource;

  /** ARNs of the keys that the files are encrypted with, a list; never empty. */
  readonly keyArns: string[];

  readonly #given: CfnCondition;
  #cloudOneRegion = '';

  constructor(scope: Construct, id: string, props: BucketLookUpProps) {
    super(scope, id);
    this.#given = props.onlyIf;
    const bucketArn = arnOfBucket(props.bucketName);
    const readFiles = () => new PolicyStatement({ actions: ['s3:GetObject'], resources: [`${bucketArn}/*`] });

    this.bucket = new TrailbridgeCustomResource(this, 'CloudTrailBucket', {
      triggers: props.triggers,
      type: 'CloudTrailBucket',
      handler: 'trail/cloudtrail-bucket-handler.ts',
      description: 'Looks at the existing bucket: where it is, who writes to it, how it is encrypted.',
      permissions: [
        new PolicyStatement({
          actions: ['s3:ListBucket', 's3:GetBucketNotification', 's3:GetEncryptionConfiguration'],
          resources: [bucketArn],
        }),
        readFiles(),
        new PolicyStatement({
          actions: [
            'cloudtrail:DescribeTrails',
            'kms:ListAliases',
            's3:ListAllMyBuckets',
            'cloudformation:DescribeStacks',
            'events:ListRules',
            'events:ListRuleNamesByTarget',
          ],
          resources: ['*'],
        }),
      ],
      propertiesSchema: cloudTrailBucketProperties,
      properties: {
        BucketName: props.bucketName,
        BucketRegion: props.bucketRegion,
        BucketAccountId: props.bucketAccountId,
        Destination: props.destination as 'CloudOne',
        TrailKeyArn: props.trailKeyArn,
      },
    });
    const reason =
      'These list what there is in the account: trails, aliases, buckets, rules, stacks. They take no resource, but for the ' +
      'last, which takes none either where it is not for one known stack.';
    Validations.of(this.bucket.handler.role).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless-LambdaStarPermissions', reason },
    );

    const trailArns = this.bucket.attribute('TrailArns');
    this.keyArns = Fn.split(',', this.bucket.attribute('KeyArns'));
    this.sample = new TrailbridgeCustomResource(this, 'CloudTrailSample', {
      triggers: props.triggers,
      type: 'CloudTrailSample',
      handler: 'trail/trail-sample-handler.ts',
      description: 'Proves that a file of the existing bucket can be read and decrypted.',
      permissions: [
        // Without it S3 says "access denied" of a file that is gone.
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }),
        readFiles(),
        decryptThroughS3(this.keyArns, props.region),
        new PolicyStatement({
          actions: ['cloudtrail:GetTrailStatus'],
          resources: Fn.split(',', trailArns),
        }),
      ],
      propertiesSchema: trailSampleProperties,
      properties: {
        BucketName: props.bucketName,
        BucketRegion: props.bucketRegion,
        BucketAccountId: props.bucketAccountId,
        SampleKey: this.bucket.attribute('SampleKey'),
        TrailArns: trailArns,
        CloudOneRegion: Lazy.string({ produce: () => this.#cloudOneRegion }),
      },
    });
    for (const { handler } of [this.bucket, this.sample]) {
      acknowledgeLint(handler.role, 'W1032', 'They exist only where a bucket is named: a rule demands it.');
      Validations.of(handler.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<${PARAMETERS.existingCloudtrailBucketName}>/*]`,
        reason: 'CloudTrail names the objects, and any of them may be the newest.',
      });
    }
    onlyIf(props.onlyIf, this);
  }

  /**
   * The same Cloud One region, known only after the look. Whatever needs it so waits for the look, where there is one;
   * `DependsOn` could not say that, for it may not name what a condition leaves out.
   */
  passOn(cloudOneRegion: string): string {
    this.#cloudOneRegion = cloudOneRegion;
    return Fn.conditionIf(
      this.#given.logicalId,
      this.sample.attribute('CloudOneRegion'),
      cloudOneRegion,
    ).toString();
  }
}

/**
 * May have S3 decrypt with the keys, and nothing else with them.
 *
 * @param region of the bucket.
 */
export function decryptThroughS3(keyArns: string[], region: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: keyArns,
    conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
  });
}

export function arnOfBucket(name: string): string {
  return `arn:${Aws.PARTITION}:s3:::${name}`;
}

import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { archiveName, CODE_FOLDER, functionCodeProperties } from '../../contract/publishing.ts';
import { inlineCode } from '../shared/function-code.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import type { CodeLocation } from './code-location.ts';
import { FUNCTION_CODE_ID } from './published-synthesizer.ts';

export interface FunctionCodeProps {
  readonly location: CodeLocation;

  /** SHA-256 of each archive that the stack's functions are made of. */
  readonly archives: readonly string[];
}

const HANDLER = 'publishing/function-code-handler.ts';

/**
 * The functions' code in a published template: a bucket of the stack's own region, and the copier that fills
 * it. The copier's own code stands in the template.
 */
export class FunctionCode extends Construct {
  constructor(scope: Construct, props: FunctionCodeProps) {
    super(scope, 'Code');
    const { location, archives } = props;
    const staging = new Bucket(this, 'Staging', {
      // S3's own keys: what it holds is published.
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // Emptied by the copier when the stack goes.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(staging).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds published code that is copied there once; CloudTrail tells who changed it.',
    });

    const published = `arn:${Aws.PARTITION}:s3:::${location.bucket}/${location.prefix}${CODE_FOLDER}`;
    const copier = new TrailbridgeCustomResource(this, FUNCTION_CODE_ID, {
      type: 'FunctionCode',
      handler: HANDLER,
      code: inlineCode(HANDLER),
      description: "Copies the functions' code from where it was published into this region.",
      timeout: Duration.minutes(5),
      permissions: [
        new PolicyStatement({
          actions: ['s3:GetObject'],
          resources: archives.map((sha256) => published + archiveName(sha256)),
        }),
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [staging.bucketArn] }),
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          resources: [staging.arnForObjects('*')],
        }),
      ],
      propertiesSchema: functionCodeProperties,
      properties: {
        SourceBucket: location.bucket,
        SourcePrefix: location.prefix,
        SourceRegion: location.region,
        StagingBucket: staging.bucketName,
        Archives: [...archives],
      },
    });
    // No object is put there before the bucket insists on TLS.
    copier.resource.node.addDependency(staging.policy as IConstruct);
    const logicalId = staging.stack.getLogicalId(staging.node.defaultChild as CfnBucket);
    Validations.of(copier.handler.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'The archives of the version before are deleted too, whose names this template does not know.',
    });
  }
}

import { CfnStack, SecretValue } from 'aws-cdk-lib';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { VENDOR_CLIENT_LOGICAL_ID } from '../../contract/vendor-client.ts';
import type { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';

export interface VendorClientProps {
  /** Knows the template and the parameters, and puts the token into its secret. */
  readonly cloudTrailToken: TrailbridgeCustomResource;

  /** Secret with the CloudTrail service's token. */
  readonly serviceToken: CfnSecret;

  /** The bucket that CloudTrail writes to. */
  readonly bucketName: string;
}

/**
 * The vendor's own CloudTrail client, as a nested stack: it forwards in our forwarder's place, with its own bucket
 * notification, its own copy of the token and its own rotation of it.
 *
 * Source of the parameters: the vendor's published onboarding solution.
 */
export class VendorClient extends Construct {
  readonly stack: CfnStack;

  constructor(scope: Construct, id: string, props: VendorClientProps) {
    super(scope, id);
    const { cloudTrailToken, serviceToken } = props;
    // CloudFormation resolves it when it deploys the nested stack, so the token stands in no template, attribute or
    // output of ours. The version's id has a new token handed on: CloudFormation looks again only at a reference
    // that has changed (User Guide, "Get a secret or secret value from Secrets Manager").
    const token = SecretValue.secretsManager(serviceToken.ref, {
      versionId: cloudTrailToken.attribute('TokenVersionId'),
    });
    this.stack = new CfnStack(this, 'Stack', {
      templateUrl: cloudTrailToken.attribute('TemplateUrl'),
      parameters: {
        ExistingCloudtrailBucketName: props.bucketName,
        // A reference, not the token: unwrapping it is how it gets into the template.
        ServiceToken: token.unsafeUnwrap(),
        ServiceURL: cloudTrailToken.attribute('ServiceUrl'),
        S3BucketName: cloudTrailToken.attribute('S3BucketName'),
        APIVersion: cloudTrailToken.attribute('ApiVersion'),
      },
    });
    this.stack.overrideLogicalId(VENDOR_CLIENT_LOGICAL_ID);
  }
}

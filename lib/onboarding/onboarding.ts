import { Aws, type CfnCondition, CfnStack, Fn, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type CfnParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ForwardingDestination } from '../../contract/forwarding.ts';
import { UNMARKED } from '../../contract/mark.ts';
import {
  cloudAccountProperties,
  cloudOneAccountProperties,
  cloudOneEnvironment,
  cloudTrailTokenEnvironment,
  cloudTrailTokenProperties,
  visionOneConnectionEnvironment,
  visionOneConnectionProperties,
  workloadSecurityConnectorProperties,
  workloadSecurityExternalIdProperties,
} from '../../contract/onboarding.ts';
import { onlyIf } from '../shared/conditional.ts';
import type { GivenSecret } from '../shared/given-secret.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret, writeSecret } from '../shared/trailbridge-function.ts';
import type { BucketLookUp } from '../trail/bucket-look-up.ts';
import { TokenRotation } from './token-rotation.ts';
import { VisionOneEnrolment } from './vision-one-enrolment.ts';
import { WorkloadSecurityRole } from './workload-security-role.ts';

export interface OnboardingProps {
  /** The look at the existing bucket, before which nothing is registered. */
  readonly lookUp: BucketLookUp;

  /** Encrypts the stack's own secrets. */
  readonly key: IKey;

  /** Keys that decrypt secrets: the stack's own, and that of the user's own secrets, if any. */
  readonly secretKeyArns: readonly string[];

  readonly cloudOneApiKey: GivenSecret;
  readonly visionOneServiceToken: GivenSecret;
  readonly visionOneApiKey: GivenSecret;
  readonly visionOneApiKeyGiven: CfnCondition;
  readonly visionOneRegion: string;
  readonly visionOneIngestToken: GivenSecret;

  readonly forwardingDestination: string;

  /** Which records are not forwarded, as the user gave it. */
  readonly forwardingFilter: string;

  /** Whether our own forwarder sends to Cloud One's CloudTrail service, and so has its token renewed. */
  readonly forwardToCloudOne: CfnCondition;

  /** Whether a token of that service is needed: by our forwarder, or to hand it on to the vendor's client. */
  readonly withCloudTrailToken: CfnCondition;

  /** URL of the vendor's account template, or empty for the vendor's own in this region. */
  readonly accountTemplateUrl: string;
  readonly accountTemplateUrlGiven: CfnCondition;

  readonly workloadSecurityAccountId: string;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  /** What makes every registration be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/**
 * Registers the AWS account with Trend Cloud One and Vision One.
 *
 * Everything hangs on the account look-up, which refuses a wrong AWS region before anything is registered.
 */
export class Onboarding extends Construct {
  readonly account: TrailbridgeCustomResource;
  readonly visionOneConnection: TrailbridgeCustomResource;
  readonly cloudTrailToken: TrailbridgeCustomResource;

  /** Receives the CloudTrail service's token; empty until `cloudTrailToken` has run. */
  readonly serviceToken: CfnSecret;
  readonly tokenRotation: TokenRotation;

  /** Known only when the bucket, where there is one, has been looked at. */
  private readonly cloudOneRegion: string;

  constructor(scope: Construct, id: string, props: OnboardingProps) {
    super(scope, id);
    const { key, onVendorDeleteFailure, triggers } = props;
    const environment = { CLOUD_ONE_API_KEY_SECRET_ARN: props.cloudOneApiKey.arn };
    const readApiKeyAnd = (...secretArns: string[]) =>
      readSecret([props.cloudOneApiKey.resource, ...secretArns], props.secretKeyArns);
    const readApiKey = () => readApiKeyAnd();

    this.account = new TrailbridgeCustomResource(this, 'CloudOneAccount', {
      triggers,
      type: 'CloudOneAccount',
      handler: 'onboarding/cloud-one-account-handler.ts',
      description:
        'Looks up the Cloud One account and region that the API key belongs to, and tries the secrets.',
      environmentSchema: cloudOneEnvironment,
      environment,
      permissions: readApiKeyAnd(
        props.visionOneServiceToken.foreignResource,
        props.visionOneApiKey.foreignResource,
        props.visionOneIngestToken.foreignResource,
      ),
      propertiesSchema: cloudOneAccountProperties,
      properties: {
        AwsRegion: Aws.REGION,
        ForwardingDestination: props.forwardingDestination as ForwardingDestination,
        ForwardingFilter: props.forwardingFilter,
        CloudOneApiKeySecretArn: props.cloudOneApiKey.foreignArn,
        VisionOneServiceTokenSecretArn: props.visionOneServiceToken.foreignArn,
        VisionOneApiKeySecretArn: props.visionOneApiKey.foreignArn,
        VisionOneIngestTokenSecretArn: props.visionOneIngestToken.foreignArn,
      },
    });
    this.cloudOneRegion = props.lookUp.passOn(this.account.attribute('Region'));
    const { cloudOneRegion } = this;

    const connectionMark = new StringParameter(this, 'VisionOneConnectionMark', {
      description: 'How far Trailbridge got with connecting the Cloud One account to Vision One.',
      // Named, so that its ARN does not hang on how CloudFormation makes names up.
      parameterName: `/trailbridge/${Aws.STACK_NAME}/vision-one-connection`,
      simpleName: false,
      stringValue: UNMARKED,
    });
    (connectionMark.node.defaultChild as CfnParameter).overrideLogicalId('VisionOneConnectionMark');
    const enrolment = new VisionOneEnrolment(this, 'VisionOneEnrolment', {
      ...props,
      cloudOneRegion,
      connectionMark,
    });
    this.visionOneConnection = new TrailbridgeCustomResource(this, 'VisionOneConnection', {
      triggers: { ...triggers, EnrolmentTokenId: enrolment.tokenId },
      type: 'VisionOneConnection',
      handler: 'onboarding/vision-one-connection-handler.ts',
      description: 'Enrols the Cloud One account in Vision One.',
      environmentSchema: visionOneConnectionEnvironment,
      environment: {
        ...environment,
        VISION_ONE_SERVICE_TOKEN_SECRET_ARN: props.visionOneServiceToken.arn,
        VISION_ONE_ENROLMENT_SECRET_ARN: enrolment.secretArn,
        CONNECTION_MARK_PARAMETER: connectionMark.parameterName,
      },
      permissions: [
        ...readApiKeyAnd(props.visionOneServiceToken.resource, enrolment.secretResource),
        new PolicyStatement({
          actions: ['ssm:GetParameter', 'ssm:PutParameter'],
          resources: [connectionMark.parameterArn],
        }),
      ],
      propertiesSchema: visionOneConnectionProperties,
      properties: { CloudOneRegion: cloudOneRegion },
      onVendorDeleteFailure,
    });

    const externalId = new TrailbridgeCustomResource(this, 'WorkloadSecurityExternalId', {
      triggers,
      type: 'WorkloadSecurityExternalId',
      handler: 'onboarding/workload-security-external-id-handler.ts',
      description: 'Asks Workload Security for the external id of its cross-account role.',
      environmentSchema: cloudOneEnvironment,
      environment,
      permissions: readApiKey(),
      propertiesSchema: workloadSecurityExternalIdProperties,
      properties: { CloudOneRegion: cloudOneRegion },
    });
    const workloadSecurityRole = new WorkloadSecurityRole(this, 'WorkloadSecurityRole', {
      trustedAccountId: props.workloadSecurityAccountId,
      externalId: externalId.attribute('ExternalId'),
    });
    new TrailbridgeCustomResource(this, 'WorkloadSecurityConnector', {
      triggers,
      type: 'WorkloadSecurityConnector',
      handler: 'onboarding/workload-security-connector-handler.ts',
      description: 'Registers the AWS account with Workload Security.',
      environmentSchema: cloudOneEnvironment,
      environment,
      permissions: readApiKey(),
      propertiesSchema: workloadSecurityConnectorProperties,
      properties: {
        CloudOneRegion: cloudOneRegion,
        AwsAccountId: Aws.ACCOUNT_ID,
        RoleArn: workloadSecurityRole.role.roleArn,
        DisplayName: Aws.ACCOUNT_ID,
      },
      onVendorDeleteFailure,
    });

    const accountStack = this.vendorAccountStack(props);
    new TrailbridgeCustomResource(this, 'CloudAccount', {
      triggers,
      type: 'CloudAccount',
      handler: 'onboarding/cloud-account-handler.ts',
      description: 'Registers the AWS account with Cloud One.',
      environmentSchema: cloudOneEnvironment,
      environment,
      permissions: readApiKey(),
      propertiesSchema: cloudAccountProperties,
      properties: {
        CloudOneRegion: cloudOneRegion,
        AwsAccountId: Aws.ACCOUNT_ID,
        RoleArn: accountStack.getAtt('Outputs.CloudOneRoleArn').toString(),
        Alias: Aws.ACCOUNT_ID,
      },
      onVendorDeleteFailure,
    });

    this.serviceToken = new CfnSecret(this, 'ServiceToken', {
      description: "Token of Cloud One's CloudTrail service, written by the custom resource CloudTrailToken.",
      kmsKeyId: key.keyArn,
    });
    this.serviceToken.overrideLogicalId('ServiceToken');
    this.cloudTrailToken = new TrailbridgeCustomResource(this, 'CloudTrailToken', {
      triggers,
      type: 'CloudTrailToken',
      handler: 'onboarding/cloudtrail-token-handler.ts',
      description: "Obtains the token and the URL of Cloud One's CloudTrail service.",
      environmentSchema: cloudTrailTokenEnvironment,
      environment: { ...environment, SERVICE_TOKEN_SECRET_ARN: this.serviceToken.ref },
      permissions: [...readApiKey(), ...writeSecret(this.serviceToken.ref, key)],
      propertiesSchema: cloudTrailTokenProperties,
      properties: {
        CloudOneRegion: cloudOneRegion,
        AwsAccountId: Aws.ACCOUNT_ID,
        AwsRegion: Aws.REGION,
        ForwardingDestination: props.forwardingDestination as ForwardingDestination,
      },
    });
    this.tokenRotation = new TokenRotation(this, 'TokenRotation', {
      key,
      secretKeyArns: props.secretKeyArns,
      cloudOneApiKey: props.cloudOneApiKey,
      serviceToken: this.serviceToken,
      cloudTrailToken: this.cloudTrailToken,
      cloudOneRegion,
    });
    onlyIf(props.withCloudTrailToken, this.serviceToken);
    onlyIf(props.withCloudTrailToken, this.cloudTrailToken);
    // The vendor's client renews its token itself.
    onlyIf(props.forwardToCloudOne, this.tokenRotation);
  }

  /**
   * The vendor's own account stack: an OIDC provider, and the role that Cloud One assumes with it.
   *
   * Its address and parameters are those of the vendor's published onboarding solution.
   */
  private vendorAccountStack(props: OnboardingProps): CfnStack {
    const { cloudOneRegion } = this;
    const stack = new CfnStack(this, 'AccountStack', {
      templateUrl: Fn.conditionIf(
        props.accountTemplateUrlGiven.logicalId,
        props.accountTemplateUrl,
        `https://cloud-one-cloud-accounts-${Aws.REGION}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}/templates/aws/cloud-account-management-role.template`,
      ).toString(),
      parameters: {
        CloudOneRegion: cloudOneRegion,
        CloudOneAccountID: this.account.attribute('AccountId'),
        CloudOneOIDCProviderURL: `cloudaccounts.${cloudOneRegion}.cloudone.trendmicro.com`,
      },
    });
    // Short, for the vendor's template may build names from it, and is not published. The vendor's own onboarding
    // solution deploys it two levels deep, below names of 86 characters, so it does not limit ours to eight.
    stack.overrideLogicalId('C1');
    Validations.of(stack).acknowledge({
      id: 'CloudFormation-Validate::W1030',
      reason: "The parameter may be empty; then the condition puts the vendor's own URL in its place.",
    });
    return stack;
  }
}

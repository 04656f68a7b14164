import { Aws, type CfnCondition, Fn, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import {
  visionOneEnrolmentTokenEnvironment,
  visionOneEnrolmentTokenProperties,
} from '../../contract/onboarding.ts';
import { onlyIf } from '../shared/conditional.ts';
import type { GivenSecret } from '../shared/given-secret.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret, writeSecret } from '../shared/trailbridge-function.ts';

export interface VisionOneEnrolmentProps {
  /** Encrypts the stack's own secrets. */
  readonly key: IKey;

  /** Keys that decrypt secrets. */
  readonly secretKeyArns: readonly string[];

  readonly cloudOneApiKey: GivenSecret;
  readonly cloudOneRegion: string;

  /** The Vision One API key, the condition that it was given, and its region. */
  readonly visionOneApiKey: GivenSecret;
  readonly visionOneApiKeyGiven: CfnCondition;
  readonly visionOneRegion: string;

  /** Remembers whose the connection is: a connector in use is not deleted. */
  readonly connectionMark: IStringParameter;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  /** What makes it be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/** Generates an enrolment token with the user's Vision One API key; it exists only where that was given. */
export class VisionOneEnrolment extends Construct {
  readonly token: TrailbridgeCustomResource;

  /**
   * Physical id of the custom resource, empty where there is none. Whatever names it waits for the token, and is
   * deleted before its connector. (A plain dependency may not be on what exists under a condition.)
   */
  readonly tokenId: string;

  /** ARN of the secret with what was generated: empty where there is none, for an environment. */
  readonly secretArn: string;

  /** The same for the resources of a policy: left out where there is none. */
  readonly secretResource: string;

  constructor(scope: Construct, id: string, props: VisionOneEnrolmentProps) {
    super(scope, id);
    const secret = new CfnSecret(this, 'Secret', {
      description: 'Enrolment token of Vision One, written by the custom resource VisionOneEnrolmentToken.',
      kmsKeyId: props.key.keyArn,
    });
    secret.overrideLogicalId('VisionOneEnrolmentTokenSecret');
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'An enrolment token is used once, right after it was generated.',
    });
    this.token = new TrailbridgeCustomResource(this, 'VisionOneEnrolmentToken', {
      triggers: props.triggers,
      type: 'VisionOneEnrolmentToken',
      handler: 'onboarding/vision-one-enrolment-token-handler.ts',
      description: 'Generates an enrolment token of Vision One, and deletes its connector with the stack.',
      environmentSchema: visionOneEnrolmentTokenEnvironment,
      environment: {
        CLOUD_ONE_API_KEY_SECRET_ARN: props.cloudOneApiKey.arn,
        VISION_ONE_API_KEY_SECRET_ARN: props.visionOneApiKey.whereGiven,
        VISION_ONE_ENROLMENT_SECRET_ARN: secret.ref,
        CONNECTION_MARK_PARAMETER: props.connectionMark.parameterName,
      },
      permissions: [
        ...readSecret(
          [props.cloudOneApiKey.resource, props.visionOneApiKey.whereGiven, secret.ref],
          props.secretKeyArns,
        ),
        ...writeSecret(secret.ref, props.key),
        new PolicyStatement({
          actions: ['ssm:GetParameter'],
          resources: [props.connectionMark.parameterArn],
        }),
      ],
      propertiesSchema: visionOneEnrolmentTokenProperties,
      properties: { CloudOneRegion: props.cloudOneRegion, VisionOneRegion: props.visionOneRegion as 'us' },
      onVendorDeleteFailure: props.onVendorDeleteFailure,
    });
    onlyIf(props.visionOneApiKeyGiven, this);

    const given = props.visionOneApiKeyGiven.logicalId;
    const secretOr = (otherwise: string) => Fn.conditionIf(given, secret.ref, otherwise).toString();
    this.secretArn = secretOr('');
    this.secretResource = secretOr(Aws.NO_VALUE);
    this.tokenId = Fn.conditionIf(given, this.token.resource.ref, '').toString();
  }
}

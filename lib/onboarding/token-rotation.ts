import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnRotationSchedule, type CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { FORWARDING_METRICS } from '../../contract/metrics.ts';
import { tokenRotationEnvironment } from '../../contract/onboarding.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import type { GivenSecret } from '../shared/given-secret.ts';
import type { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret, TrailbridgeFunction, writeSecret } from '../shared/trailbridge-function.ts';

export interface TokenRotationProps {
  /** Encrypts the stack's own secrets. */
  readonly key: IKey;

  /** Keys that decrypt secrets. */
  readonly secretKeyArns: readonly string[];

  /** Secret with the Cloud One API key, which a new token is asked for with. */
  readonly cloudOneApiKey: GivenSecret;

  /** What is rotated. */
  readonly serviceToken: CfnSecret;

  /** Obtains the first token, and tells where it is sent to. */
  readonly cloudTrailToken: TrailbridgeCustomResource;

  /** Region code of the Cloud One account. */
  readonly cloudOneRegion: string;
}

/** As often as the vendor's own client, and four times in the 30 days that a token lives. */
const INTERVAL = Duration.days(7);
/** Two renewals in a row have failed; 16 days are left. */
const OLDEST_TOKEN = Duration.days(14);

/** Renews the CloudTrail service's token before it lapses, and tells when that has not happened. */
export class TokenRotation extends Construct {
  readonly schedule: CfnRotationSchedule;

  constructor(scope: Construct, id: string, props: TokenRotationProps) {
    super(scope, id);
    const { cloudTrailToken, serviceToken } = props;
    const rotator = this.rotator(props);
    rotator.function.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Aws.ACCOUNT_ID,
      sourceArn: serviceToken.ref,
    });

    this.schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: serviceToken.ref,
      rotationLambdaArn: rotator.function.functionArn,
      rotationRules: { scheduleExpression: `rate(${INTERVAL.toDays()} days)` },
      // The first token has only just been fetched.
      rotateImmediatelyOnUpdate: false,
    });
    // So the schedule comes last, and is the first to go: whatever a rotation needs outlives it.
    this.schedule.node.addDependency(
      rotator.invocationSettings,
      rotator.function.node.findChild('SecretsManager'),
      cloudTrailToken.resource,
    );

    // Told by the forwarder of the token that it uses, so that no renewal goes wrong unseen; and by the health check,
    // also where there is no file to forward, so that silence means that nobody knows.
    TrailbridgeAlarm.onLooks(this, 'TokenAge', {
      metricName: FORWARDING_METRICS.tokenAge,
      threshold: OLDEST_TOKEN.toSeconds(),
      description: "The token of Cloud One's CloudTrail service has not been renewed for two weeks.",
    });
  }

  private rotator(props: TokenRotationProps) {
    const { key, cloudOneApiKey, serviceToken, cloudTrailToken } = props;
    return new TrailbridgeFunction(this, 'Rotator', {
      serviceName: 'TokenRotation',
      handler: 'onboarding/token-rotation-handler.ts',
      description: "Renews the token of Cloud One's CloudTrail service.",
      environmentSchema: tokenRotationEnvironment,
      environment: {
        CLOUD_ONE_API_KEY_SECRET_ARN: cloudOneApiKey.arn,
        SERVICE_TOKEN_SECRET_ARN: serviceToken.ref,
        CLOUD_ONE_REGION: props.cloudOneRegion,
        STACK_ACCOUNT_ID: Aws.ACCOUNT_ID,
        STACK_REGION: Aws.REGION,
        SERVICE_URL: cloudTrailToken.attribute('ServiceUrl'),
        SERVICE_API_VERSION: cloudTrailToken.attribute('ApiVersion'),
      },
      permissions: [
        ...readSecret([cloudOneApiKey.resource, serviceToken.ref], props.secretKeyArns),
        new PolicyStatement({
          actions: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
          resources: [serviceToken.ref],
        }),
        ...writeSecret(serviceToken.ref, key),
      ],
    });
  }
}

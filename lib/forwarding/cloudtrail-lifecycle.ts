import { Aws, type CfnCondition } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cloudTrailLifecycleProperties, destinationEnvironment } from '../../contract/forwarding.ts';
import { onlyIf } from '../shared/conditional.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret } from '../shared/trailbridge-function.ts';

/** Cloud One's CloudTrail service, as the deployment was told of it. It stands only where it is forwarded to. */
export interface CloudTrailServiceAccess {
  readonly condition: CfnCondition;
  readonly url: string;
  readonly apiVersion: string;
  /** Secret with its token, and the key that decrypts it. */
  readonly tokenArn: string;
  readonly tokenKeyArn: string;
}

export interface CloudTrailLifecycleProps {
  readonly service: CloudTrailServiceAccess;

  /** What makes the service be told again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/** Tells Cloud One's CloudTrail service of the stack, where it is forwarded to, and at the end that it is gone. */
export class CloudTrailLifecycle extends TrailbridgeCustomResource<
  typeof destinationEnvironment,
  typeof cloudTrailLifecycleProperties
> {
  constructor(scope: Construct, id: string, { service, triggers }: CloudTrailLifecycleProps) {
    super(scope, id, {
      triggers,
      type: 'CloudTrailLifecycle',
      handler: 'forwarding/cloudtrail-lifecycle-handler.ts',
      description: "Tells Cloud One's CloudTrail service of this stack, and at the end that it is gone.",
      environmentSchema: destinationEnvironment,
      environment: {
        DESTINATION: 'CloudOne',
        DESTINATION_URL: service.url,
        DESTINATION_API_VERSION: service.apiVersion,
        DESTINATION_TOKEN_SECRET_ARN: service.tokenArn,
      },
      permissions: readSecret([service.tokenArn], [service.tokenKeyArn]),
      propertiesSchema: cloudTrailLifecycleProperties,
      properties: {
        DestinationUrl: service.url,
        AwsAccountId: Aws.ACCOUNT_ID,
        AwsRegion: Aws.REGION,
        StackId: Aws.STACK_ID,
      },
    });
    onlyIf(service.condition, this);
  }
}

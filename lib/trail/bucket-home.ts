import { Aws, type CfnCondition, type CfnParameter, CfnResource, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { shortStackId } from '../shared/short-stack-id.ts';

export interface BucketHomeProps {
  /** Region of the existing bucket, where the condition holds. */
  readonly region: CfnParameter;
  readonly regionGiven: CfnCondition;

  /** Account of the existing bucket, where the condition holds. */
  readonly accountId: CfnParameter;
  readonly accountGiven: CfnCondition;

  /** Whether the events of that account are to be let in. */
  readonly eventsOfAnotherAccount: CfnCondition;
}

/**
 * Where the bucket is whose files are forwarded, and what lets its events in.
 *
 * Events of another region of this account need nothing here: the relay's role may put them.
 */
export class BucketHome extends Construct {
  /** The region, also where the parameter is empty or not used. */
  readonly region: string;

  /** The account, also where the parameter is empty or not used. */
  readonly accountId: string;

  constructor(scope: Construct, id: string, props: BucketHomeProps) {
    super(scope, id);
    const given = (condition: CfnCondition, parameter: CfnParameter, otherwise: string) =>
      Fn.conditionIf(condition.logicalId, parameter.valueAsString, otherwise).toString();
    this.region = given(props.regionGiven, props.region, Aws.REGION);
    this.accountId = given(props.accountGiven, props.accountId, Aws.ACCOUNT_ID);

    // Of its own class the CDK warns for a property that is not used. The account is let in, and not one role of it:
    // the relay's role is its owner's to name. (Amazon EventBridge User Guide, "Permissions for event buses".)
    const policy = new CfnResource(this, 'LetEventsIn', {
      type: 'AWS::Events::EventBusPolicy',
      properties: {
        StatementId: `trailbridge-${shortStackId()}`,
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:${Aws.PARTITION}:iam::${props.accountId.valueAsString}:root` },
          Action: 'events:PutEvents',
          Resource: `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`,
          Condition: { StringEquals: { 'events:source': 'aws.s3', 'events:detail-type': 'Object Created' } },
        },
      },
    });
    policy.cfnOptions.condition = props.eventsOfAnotherAccount;
  }
}

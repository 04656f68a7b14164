import {
  Aws,
  CfnCondition,
  CfnOutput,
  type CfnParameter,
  Fn,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { RELAY_PARAMETERS } from '../contract/parameters.ts';
import { objectCreatedPattern } from './forwarding/object-created.ts';
import { declareParameters } from './parameters/declared.ts';
import { RELAY_GROUPS, relayDeclarations } from './parameters/relay-declarations.ts';
import { TrailbridgeAlarm } from './shared/alarm.ts';
import { AlarmTopic } from './shared/alarm-topic.ts';
import { boundEveryRole } from './shared/permissions-boundary.ts';
import { DeadLetterQueue } from './shared/queues.ts';

/**
 * Launched where a CloudTrail bucket is that the `CloudOne` stack is not: passes the events of its files on to the
 * default event bus of that stack's region and account.
 *
 * It has no function, so that it can be launched anywhere from its template alone. Whether the bucket sends events at
 * all is its owner's to see to; the `CloudOne` stack looks.
 */
export class RelayStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, {
      description:
        'Trailbridge relay: passes the events of a CloudTrail bucket on to the stack that forwards its files.',
      ...props,
    });
    const parameters = declareParameters(this, RELAY_PARAMETERS, relayDeclarations, RELAY_GROUPS);
    const given = (name: string, parameter: CfnParameter) =>
      new CfnCondition(this, name, {
        expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
      });
    const accountGiven = given('TrailbridgeAccountGiven', parameters.trailbridgeAccountId);
    const accountId = Fn.conditionIf(
      accountGiven.logicalId,
      parameters.trailbridgeAccountId.valueAsString,
      Aws.ACCOUNT_ID,
    ).toString();
    const busArn = `arn:${Aws.PARTITION}:events:${parameters.trailbridgeRegion.valueAsString}:${accountId}:event-bus/default`;

    const undeliverable = new DeadLetterQueue(this, 'DeadLetterQueue');
    TrailbridgeAlarm.onDeadLetters(
      this,
      'EventsNotRelayed',
      undeliverable,
      'EventBridge could not put an event onto the event bus of the stack that forwards.',
    );
    const rule = new Rule(this, 'Relay', {
      description:
        'CloudTrail log and Insight files that land in the bucket are told to the stack that forwards them.',
      eventPattern: objectCreatedPattern(parameters.bucketName.valueAsString),
      targets: [
        new EventBusTarget(EventBus.fromEventBusArn(this, 'EventBus', busArn), {
          role: roleThatPutsEvents(this, busArn).withoutPolicyUpdates(),
          deadLetterQueue: undeliverable,
        }),
      ],
    });

    new AlarmTopic(this, 'Alarms', {
      key: new Key(this, 'Key', {
        description: 'Encrypts the alarms of the Trailbridge relay.',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      email: parameters.alarmEmail.valueAsString,
      emailGiven: given('AlarmEmailGiven', parameters.alarmEmail),
    });
    boundEveryRole(
      this,
      parameters.permissionsBoundaryArn,
      given('PermissionsBoundaryGiven', parameters.permissionsBoundaryArn),
    );
    new CfnOutput(this, 'EventBusArn', { description: 'Where the events are passed on to.', value: busArn });
    new CfnOutput(this, 'RuleArn', { description: 'The rule that passes them on.', value: rule.ruleArn });
  }
}

/** Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention". */
function roleThatPutsEvents(stack: Stack, busArn: string): Role {
  return new Role(stack, 'Role', {
    assumedBy: new ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    description: 'Puts the events of the CloudTrail bucket onto another event bus.',
    inlinePolicies: {
      Permissions: new PolicyDocument({
        statements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [busArn] })],
      }),
    },
  });
}
